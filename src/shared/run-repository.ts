import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

/** The latest run of a scheduled job. Times are ISO 8601, UTC. */
const runSchema = z.object({
  started_at: z.string(),
  /** When a run last finished the job's work. */
  finished_at: z.optional(z.string()),
  /** The counts of the last finished run. */
  figures: z._default(z.record(z.string(), z.number()), {}),
  /** Where the next run continues, in the job's own format; absent: at the start. */
  cursor: z.optional(z.string()),
});
export type Run = z.infer<typeof runSchema>;

/** The only code that accesses the items of kind `run` in the operations table, one per job. */
export const runRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const keyOf = (job: string) => ({ TableName: tableName, Key: { kind: 'run', id: job } });

  return {
    /** Undefined before the job's first run. */
    async get(job: string): Promise<Run | undefined> {
      const { Item } = await db.send(new GetCommand({ ...keyOf(job), ConsistentRead: true }));
      return Item && z.parse(runSchema, Item);
    },

    /** Records the start of a run. @returns the state that the previous run left */
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

    /** Sets where the next run continues unfinished work. Last write wins between concurrent runs. */
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

    /** Records the counts of a finished run, and where the next one continues. */
    async finish(
      job: string,
      { at, figures, cursor }: { at: Date; figures: Readonly<Record<string, number>>; cursor: string | undefined },
    ): Promise<void> {
      await db.send(
        new UpdateCommand({
          ...keyOf(job),
          UpdateExpression: cursor
            ? 'SET finished_at = :at, figures = :figures, #cursor = :cursor'
            : 'SET finished_at = :at, figures = :figures REMOVE #cursor',
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
export type RunRepository = ReturnType<typeof runRepository>;
