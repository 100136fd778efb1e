import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { encodeTime } from 'ulid';
import * as z from 'zod/mini';

const auditSchema = z.object({
  /** A ULID, so that entries lie in the order of time. */
  id: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  who: z.string(),
  why: z.string(),
  /** What was wished, such as `refund`. */
  what: z.string(),
  /** The id of what it was done to. */
  target: z.string(),
  details: z.record(z.string(), z.unknown()),
});
/** Something that an operator did. */
export type AuditEntry = z.infer<typeof auditSchema>;

/** Which entries; those that fit all of it. */
export interface AuditQuery {
  readonly who?: string | undefined;
  readonly targets?: readonly string[] | undefined;
  /** ISO 8601, UTC. */
  readonly from?: string | undefined;
  /** ISO 8601, UTC. */
  readonly to?: string | undefined;
  readonly limit: number;
  /** The id of the last entry of the page before. */
  readonly after?: string | undefined;
}

/** So many entries are looked at for one page: half a megabyte or so. */
const MAX_EVALUATED = 1000;

/** The only code that knows how the audit lies in DynamoDB: entries of the operations table, of the kind `audit`. */
export const auditRepository = (db: DynamoDBDocumentClient, tableName: string) => ({
  /** Writes an entry; none is ever changed. */
  async write(entry: AuditEntry): Promise<void> {
    await db.send(new PutCommand({ TableName: tableName, Item: { kind: 'audit', ...entry } }));
  },

  /** Entries, newest first. `last` is where the next page begins, if there may be one; a page may be empty before the last. */
  async list({ who, targets, from, to, limit, after }: AuditQuery): Promise<{ entries: AuditEntry[]; last?: string }> {
    const filters = [
      ...(who === undefined ? [] : ['who = :who']),
      ...(targets ? [`target IN (${targets.map((_, i) => `:target${i}`).join(', ')})`] : []),
    ];
    const lowest = firstIdAt(from);
    // The letter after all those of a ULID.
    const highest = [to ? `${firstIdAt(to)}~` : '~', after ? highestBefore(after) : '~'].sort()[0] ?? '~';
    if (lowest > highest) return { entries: [] };
    const { Items = [], LastEvaluatedKey } = await db.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'kind = :kind AND id BETWEEN :lowest AND :highest',
        ...(filters.length > 0 && { FilterExpression: filters.join(' AND ') }),
        ExpressionAttributeValues: {
          ':kind': 'audit',
          ':lowest': lowest,
          ':highest': highest,
          ...(who !== undefined && { ':who': who }),
          ...Object.fromEntries((targets ?? []).map((target, i) => [`:target${i}`, target])),
        },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: filters.length > 0 ? MAX_EVALUATED : limit,
      }),
    );
    const entries = Items.slice(0, limit).map((item) => z.parse(auditSchema, item));
    const last = Items.length > limit ? entries.at(-1)?.id : LastEvaluatedKey?.id;
    return { entries, ...(last && { last }) };
  },
});
/** What `auditRepository` makes. */
export type AuditRepository = ReturnType<typeof auditRepository>;

/** How an entry's id of that time begins; ULIDs know no time before 1970, and neither does the audit. */
const firstIdAt = (time: string | undefined): string => encodeTime(Math.max(0, time ? Date.parse(time) : 0));

/** A text after all ids that come before this one, and before the id itself. */
const highestBefore = (id: string): string =>
  `${id.slice(0, -1)}${String.fromCharCode(id.charCodeAt(id.length - 1) - 1)}~`;
