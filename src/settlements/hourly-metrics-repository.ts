import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { conditionHolds } from '../shared/dynamo.ts';

/** What was counted in one hour. */
export interface HourlyMetrics {
  /** Such as `2026-11-24T08`, UTC. */
  readonly hour: string;
  /** By name: counters such as `settled.captured`, and of times, in milliseconds, `capture_to_order.count`, `….sum` and `….max`. */
  readonly counters: Readonly<Record<string, number>>;
}

/** More hours at once than anybody draws: a month. */
const MOST_HOURS = 31 * 24;

const KIND = 'hour';
const hourOf = (at: Date) => at.toISOString().slice(0, 13);
const itemSchema = z.pipe(
  z.looseObject({ id: z.string() }),
  z.transform(({ id, kind: _, ...counters }) => ({
    hour: id,
    counters: z.parse(z.record(z.string(), z.number()), counters),
  })),
);

/** The only code that knows how the hours' counters lie in DynamoDB: entries of the operations table, of the kind `hour`. */
export const hourlyMetricsRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const keyOf = (at: Date) => ({ kind: KIND, id: hourOf(at) });

  return {
    /** Adds to an hour's counters, and takes down times in milliseconds. A write whose answer was lost may count twice. */
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
     * The hours from one time to another, both included, in their order; those in which nothing was counted are left out.
     * @throws RangeError for more than 31 days.
     */
    async between(from: Date, to: Date): Promise<HourlyMetrics[]> {
      if (to.getTime() - from.getTime() > MOST_HOURS * 3_600_000) throw new RangeError(`more than ${MOST_HOURS} hours`);
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
/** What `hourRepository` makes. */
export type HourlyMetricsRepository = ReturnType<typeof hourlyMetricsRepository>;
