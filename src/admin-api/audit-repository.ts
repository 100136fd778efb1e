import { isDeepStrictEqual } from 'node:util';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { encodeTime } from 'ulid';
import * as z from 'zod/mini';
import { writtenOrExisting } from '../shared/dynamo.ts';

const auditSchema = z.object({
  /** A ULID: entries sort by time. */
  id: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  who: z.string(),
  why: z.string(),
  /** The action, such as `refund`. */
  what: z.string(),
  /** The id of the object of the action. */
  target: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof auditSchema>;

/** Matches the entries that meet all conditions. */
export interface AuditQuery {
  readonly who?: string | undefined;
  readonly targets?: readonly string[] | undefined;
  /** An action to leave out. */
  readonly except?: string | undefined;
  /** ISO 8601, UTC. */
  readonly from?: string | undefined;
  /** ISO 8601, UTC. */
  readonly to?: string | undefined;
  readonly limit: number;
  /** The id of the last entry of the previous page. */
  readonly after?: string | undefined;
}

/** Entries evaluated for one page, about half a megabyte. */
const MAX_EVALUATED = 1000;

export interface AuditTables {
  readonly audit: string;
  /** Has the entries of version 0.1, which is older than the table `audit`. */
  readonly operations: string;
}

/** The only code that accesses the table `audit`, and the items of kind `audit` in the operations table. */
export const auditRepository = (db: DynamoDBDocumentClient, tables: AuditTables) => {
  async function listIn(
    tableName: string,
    { who, targets, except, from, to, limit, after }: AuditQuery,
  ): Promise<{ entries: AuditEntry[]; last?: string }> {
    const filters = [
      ...(who === undefined ? [] : ['who = :who']),
      ...(targets ? [`target IN (${targets.map((_, i) => `:target${i}`).join(', ')})`] : []),
      ...(except === undefined ? [] : ['what <> :except']),
    ];
    const lowest = firstIdAt(from);
    // `~` sorts after every character of a ULID.
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
          ...(except !== undefined && { ':except': except }),
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
  }

  return {
    /** Appends an entry. @throws Error when there is another entry with the id: entries are never changed. */
    async write(entry: AuditEntry): Promise<void> {
      const result = await writtenOrExisting(
        db.send(
          new PutCommand({
            TableName: tables.audit,
            Item: { kind: 'audit', ...entry },
            ConditionExpression: 'attribute_not_exists(id)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if ('written' in result) return;
      // A retry of the SDK finds the entry that an attempt without response has written.
      const { data } = z.safeParse(auditSchema, result.found);
      if (!isDeepStrictEqual(data, JSON.parse(JSON.stringify(entry))))
        throw new Error(`audit entry ${entry.id} exists already`);
    },

    /** Newest first. `last`: the id that the next page starts after. A page may be empty without being the last. */
    async list(query: AuditQuery): Promise<{ entries: AuditEntry[]; last?: string }> {
      const newer = await listIn(tables.audit, query);
      const room = query.limit - newer.entries.length;
      if (newer.last !== undefined) return newer;
      if (room === 0) return { ...newer, last: newer.entries.at(-1)?.id ?? '' };
      const older = await listIn(tables.operations, { ...query, limit: room });
      return { ...older, entries: [...newer.entries, ...older.entries] };
    },
  };
};
export type AuditRepository = ReturnType<typeof auditRepository>;

/** The prefix of ids of that time; ULIDs start at 1970. */
const firstIdAt = (time: string | undefined): string => encodeTime(Math.max(0, time ? Date.parse(time) : 0));

/** Sorts after every smaller id and before the id itself. */
const highestBefore = (id: string): string =>
  `${id.slice(0, -1)}${String.fromCharCode(id.charCodeAt(id.length - 1) - 1)}~`;
