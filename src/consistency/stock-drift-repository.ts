import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { type Counters, countersSchema } from '../inventory/product.ts';
import { writtenOrExisting } from '../shared/dynamo.ts';

const KIND = 'stock-drift';

/** What a product's counters differ by, and the change that it includes last. */
const driftSchema = z.extend(countersSchema, { sequence: z.string() });
export type Drift = z.infer<typeof driftSchema>;

/** Sequence numbers have up to 40 digits, more than a number of DynamoDB; as text they are compared by their digits. */
const comparable = (sequence: string) => sequence.padStart(40, '0');

/** The only code that accesses the items of kind `stock-drift` in the operations table, one per product with a drift. */
export const stockDriftRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  /** Applies a change once; one that is applied already changes nothing. @returns the drift after it */
  const apply = async (
    sku: string,
    sequence: string,
    { ConditionExpression, ExpressionAttributeValues, ...input }: Partial<UpdateCommandInput>,
  ): Promise<Drift | undefined> => {
    const result = await writtenOrExisting(
      db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { kind: KIND, id: sku },
          ...input,
          ConditionExpression,
          ExpressionAttributeNames: { '#sequence': 'sequence' },
          ExpressionAttributeValues: { ...ExpressionAttributeValues, ':sequence': comparable(sequence) },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    const item = 'written' in result ? result.written.Attributes : result.found;
    return item && z.parse(driftSchema, item);
  };

  return {
    add: (sku: string, { available, reserved, sold }: Counters, sequence: string): Promise<Drift | undefined> =>
      apply(sku, sequence, {
        UpdateExpression: 'SET #sequence = :sequence ADD available :available, reserved :reserved, sold :sold',
        ConditionExpression: 'attribute_not_exists(#sequence) OR #sequence < :sequence',
        ExpressionAttributeValues: { ':available': available, ':reserved': reserved, ':sold': sold },
      }),

    /** @returns undefined for a product that never had one */
    reset: (sku: string, sequence: string): Promise<Drift | undefined> =>
      apply(sku, sequence, {
        UpdateExpression: 'SET #sequence = :sequence, available = :none, reserved = :none, sold = :none',
        ConditionExpression: '#sequence < :sequence',
        ExpressionAttributeValues: { ':none': 0 },
      }),
  };
};
export type StockDriftRepository = ReturnType<typeof stockDriftRepository>;
