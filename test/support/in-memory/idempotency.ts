import { IdempotencyItemAlreadyExistsError, IdempotencyItemNotFoundError } from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, type IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { marshall } from '@aws-sdk/util-dynamodb';

/** Powertools' persistence layer in memory. Like DynamoDB, it accepts only data that can be marshalled. */
export class IdempotencyInMemory extends BasePersistenceLayer {
  readonly records = new Map<string, IdempotencyRecord>();

  /** Thrown by every put while it is set. */
  failure: Error | undefined;

  protected override async _putRecord(record: IdempotencyRecord): Promise<void> {
    if (this.failure) throw this.failure;
    const found = this.records.get(record.idempotencyKey);
    if (found) throw new IdempotencyItemAlreadyExistsError('record exists', found);
    this.records.set(record.idempotencyKey, record);
  }

  protected override async _getRecord(key: string): Promise<IdempotencyRecord> {
    const found = this.records.get(key);
    if (!found) throw new IdempotencyItemNotFoundError();
    return found;
  }

  protected override async _updateRecord(record: IdempotencyRecord): Promise<void> {
    marshall({ data: record.responseData });
    this.records.set(record.idempotencyKey, record);
  }

  protected override async _deleteRecord({ idempotencyKey }: IdempotencyRecord): Promise<void> {
    this.records.delete(idempotencyKey);
  }
}
