import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

/** The latest run of a job that is run again and again. Times are ISO 8601, UTC. */
const runSchema = z.object({
  started_at: z.string(),
  /** When a run came to the end of the job's work last. */
  finished_at: z.optional(z.string()),
  /** What had been done or counted by then, in numbers. */
  figures: z._default(z.record(z.string(), z.number()), {}),
  /** Where the next run goes on, in the job's own words; absent when it begins anew. */
  cursor: z.optional(z.string()),
});
/** The latest run of a job. */
export type Run = z.infer<typeof runSchema>;

/** The only code that knows how runs lie in DynamoDB: entries of the operations table, of the kind `run`, one for each job. */
export const runRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const keyOf = (job: string) => ({ TableName: tableName, Key: { kind: 'run', id: job } });

  return {
    /** What is known of a job; undefined before its first run. */
    async get(job: string): Promise<Run | undefined> {
      const { Item } = await db.send(new GetCommand({ ...keyOf(job), ConsistentRead: true }));
      return Item && z.parse(runSchema, Item);
    },

    /** Notes that a run begins. @returns what the one before left. */
    async begin(job: string, at: Date): Promise<Run> {
      const { Attributes } = await db.send(
        new UpdateCommand({
          ...keyOf(job),
          UpdateExpression: 'SET started_at = :at',
          ExpressionAttributeValues: { ':at': at.toISOString() },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return z.parse(runSchema, Attributes);
    },

    /** Notes where the next run goes on with the work that this one did not end. Of two runs at once, the later word stands. */
    async pause(job: string, cursor: string): Promise<void> {
      await db.send(
        new UpdateCommand({
          ...keyOf(job),
          UpdateExpression: 'SET #cursor = :cursor',
          ExpressionAttributeNames: { '#cursor': 'cursor' },
          ExpressionAttributeValues: { ':cursor': cursor },
        }),
      );
    },

    /** Notes what came of the work, and where the next run goes on. */
    async finish(
      job: string,
      { at, figures, cursor }: { at: Date; figures: Readonly<Record<string, number>>; cursor: string | undefined },
    ): Promise<void> {
      await db.send(
        new UpdateCommand({
          ...keyOf(job),
          UpdateExpression: `SET finished_at = :at, figures = :figures${cursor ? ', #cursor = :cursor' : ' REMOVE #cursor'}`,
          ExpressionAttributeNames: { '#cursor': 'cursor' },
          ExpressionAttributeValues: {
            ':at': at.toISOString(),
            ':figures': figures,
            ...(cursor && { ':cursor': cursor }),
          },
        }),
      );
    },
  };
};
/** What `runRepository` makes. */
export type RunRepository = ReturnType<typeof runRepository>;
