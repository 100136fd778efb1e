import { type DynamoDBDocumentClient, PutCommand, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { batchGet, conditionHolds } from '../shared/dynamo.ts';
import type { PaymentId } from '../shared/ids.ts';
import { inBatches } from '../shared/in-batches.ts';
import { startOfDay } from './days.ts';
import { type LedgerLine, ledgerLineSchema } from './ledger-line.ts';
import { type Statement, statementSchema } from './statement.ts';

/** The part of PayPal's ledger that was read, without gaps. Times are ISO 8601, UTC. */
export interface LedgerSpan {
  readonly since: string;
  /** Exclusive. */
  readonly until: string;
}

const LINE = 'ledger';
const STATEMENT = 'statement';
const CONCURRENCY = 25;

const toStatement = ({ id, ...item }: Record<string, unknown>): Statement =>
  z.parse(statementSchema, { ...item, day: id });

const lineKey = (paymentId: PaymentId, transactionId: string) => ({ kind: LINE, id: `${paymentId}/${transactionId}` });

/** The only code that accesses the items of the kinds `ledger` and `statement` in the operations table. */
export const ledgerRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const statementOf = async (end: 'first' | 'last'): Promise<Statement | undefined> => {
    const { Items = [] } = await db.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': STATEMENT },
        ScanIndexForward: end === 'first',
        ConsistentRead: true,
        Limit: 1,
      }),
    );
    return Items[0] && toStatement(Items[0]);
  };

  return {
    /** Stores lines; those that exist stay the same. */
    async putLines(lines: readonly LedgerLine[]): Promise<void> {
      await inBatches(lines, CONCURRENCY, (line) =>
        db.send(
          new PutCommand({ TableName: tableName, Item: { ...lineKey(line.payment_id, line.transaction_id), ...line } }),
        ),
      );
    },

    /** All lines of a payment. Consistent read. */
    async linesOf(paymentId: PaymentId): Promise<LedgerLine[]> {
      const pages = paginateQuery(
        { client: db },
        {
          TableName: tableName,
          KeyConditionExpression: 'kind = :kind AND begins_with(id, :payment)',
          ExpressionAttributeValues: { ':kind': LINE, ':payment': `${paymentId}/` },
          ConsistentRead: true,
        },
      );
      const lines: LedgerLine[] = [];
      for await (const { Items = [] } of pages) lines.push(...Items.map((item) => z.parse(ledgerLineSchema, item)));
      return lines;
    },

    /** The lines that exist of at most 100 distinct captures, in no order; consistent read. */
    async captureLines(
      captures: readonly { readonly payment_id: PaymentId; readonly capture_id: string }[],
    ): Promise<LedgerLine[]> {
      const items = await batchGet(db, tableName, {
        Keys: captures.map(({ payment_id, capture_id }) => lineKey(payment_id, capture_id)),
        ConsistentRead: true,
      });
      return items.map((item) => z.parse(ledgerLineSchema, item));
    },

    /** Replaces the day's statement, unless that was read to a later time. */
    async putStatement({ day, ...statement }: Statement): Promise<void> {
      await conditionHolds(
        db.send(
          new PutCommand({
            TableName: tableName,
            Item: { kind: STATEMENT, id: day, ...statement },
            ConditionExpression: 'attribute_not_exists(id) OR read_until <= :until',
            ExpressionAttributeValues: { ':until': statement.read_until },
          }),
        ),
      );
    },

    /** In order; `from` and `to` are days, inclusive. */
    async statements(from: string, to: string): Promise<Statement[]> {
      const pages = paginateQuery(
        { client: db },
        {
          TableName: tableName,
          KeyConditionExpression: 'kind = :kind AND id BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':kind': STATEMENT, ':from': from, ':to': to },
        },
      );
      const statements: Statement[] = [];
      for await (const { Items = [] } of pages) statements.push(...Items.map(toStatement));
      return statements;
    },

    /** Undefined before the first day is read. */
    async span(): Promise<LedgerSpan | undefined> {
      const [first, last] = await Promise.all([statementOf('first'), statementOf('last')]);
      return first && last && { since: startOfDay(first.day).toISOString(), until: last.read_until };
    },
  };
};
export type LedgerRepository = ReturnType<typeof ledgerRepository>;
