import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { conditionHolds } from '../shared/dynamo.ts';

export interface HourlyMetrics {
  /** Such as `2026-11-24T08`, UTC. */
  readonly hour: string;
  /**
   * Counters such as `settled.captured`, and for durations in milliseconds `capture_to_order.count`, `….sum` and
   * `….max`.
   */
  readonly counters: Readonly<Record<string, number>>;
}

/** A month: the longest range of the dashboard. */
const MAX_HOURS = 31 * 24;

const KIND = 'hour';
const hourOf = (at: Date) => at.toISOString().slice(0, 13);
const itemSchema = z.pipe(
  z.looseObject({ id: z.string() }),
  z.transform(({ id, kind: _, ...counters }) => ({
    hour: id,
    counters: z.parse(z.record(z.string(), z.number()), counters),
  })),
);

/** The only code that accesses the items of kind `hour` in the operations table. */
export const hourlyMetricsRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const keyOf = (at: Date) => ({ kind: KIND, id: hourOf(at) });

  return {
    /** Adds counts and durations in milliseconds to an hour. Not idempotent: a retried write may count twice. */
    async add(
      at: Date,
      counts: Readonly<Record<string, number>>,
      times: Readonly<Record<string, number>> = {},
    ): Promise<void> {
      const added = Object.entries({
        ...counts,
        ...Object.fromEntries(
          Object.entries(times).flatMap(([name, milliseconds]) => [
            [`${name}.count`, 1],
            [`${name}.sum`, milliseconds],
          ]),
        ),
      });
      await db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keyOf(at),
          UpdateExpression: `ADD ${added.map((_, i) => `#name${i} :by${i}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(added.map(([name], i) => [`#name${i}`, name])),
          ExpressionAttributeValues: Object.fromEntries(added.map(([, by], i) => [`:by${i}`, by])),
        }),
      );
      await Promise.all(
        Object.entries(times).map(([name, milliseconds]) => raise(keyOf(at), `${name}.max`, milliseconds)),
      );
    },

    /**
     * The hours from `from` to `to`, inclusive and in order; hours without counts are missing.
     * @throws RangeError for more than 31 days.
     */
    async between(from: Date, to: Date): Promise<HourlyMetrics[]> {
      if (to.getTime() - from.getTime() > MAX_HOURS * 3_600_000) throw new RangeError(`more than ${MAX_HOURS} hours`);
      const pages = paginateQuery(
        { client: db },
        {
          TableName: tableName,
          KeyConditionExpression: 'kind = :kind AND id BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':kind': KIND, ':from': hourOf(from), ':to': hourOf(to) },
        },
      );
      const hours: HourlyMetrics[] = [];
      for await (const { Items = [] } of pages) hours.push(...Items.map((item) => itemSchema.parse(item)));
      return hours;
    },
  };

  async function raise(Key: { kind: string; id: string }, name: string, to: number): Promise<void> {
    await conditionHolds(
      db.send(
        new UpdateCommand({
          TableName: tableName,
          Key,
          UpdateExpression: 'SET #name = :to',
          ConditionExpression: 'attribute_not_exists(#name) OR #name < :to',
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':to': to },
        }),
      ),
    );
  }
};
export type HourlyMetricsRepository = ReturnType<typeof hourlyMetricsRepository>;
