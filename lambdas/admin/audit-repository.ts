import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';

/** Something that an operator did. */
export interface AuditEntry {
  /** A ULID, so that entries lie in the order of time. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly who: string;
  readonly why: string;
  /** What was wished, such as `refund`. */
  readonly what: string;
  /** The id of what it was done to. */
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The only code that knows how the audit lies in DynamoDB: entries of the operations table, of the kind `audit`. */
export const auditRepository = (db: DynamoDBDocumentClient, tableName: string) => ({
  /** Writes an entry; none is ever changed. It is written before the deed, so that no deed goes without. */
  async write(entry: AuditEntry): Promise<void> {
    await db.send(new PutCommand({ TableName: tableName, Item: { kind: 'audit', ...entry } }));
  },
});
export type AuditRepository = ReturnType<typeof auditRepository>;
