import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { JobName } from './job.ts';

/** The latest run of one job of what heals. Times are ISO 8601, UTC. */
const runSchema = z.object({
  started_at: z.string(),
  /** Of the latest run that came to its end. */
  finished_at: z.optional(z.string()),
  /** What that run did, in numbers. */
  figures: z.optional(z.record(z.string(), z.number())),
  /** Where the next run goes on, in the job's own words; absent when it begins anew. */
  cursor: z.optional(z.string()),
});
export type LatestRun = z.infer<typeof runSchema>;

/** The only code that knows how runs lie in DynamoDB: entries of the operations table, of the kind `run`, one for each job. */
export const runRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const keyOf = (job: JobName) => ({ TableName: tableName, Key: { kind: 'run', id: job } });

  return {
    /** Notes that a run begins. @returns what the one before left. */
    async begin(job: JobName, at: Date): Promise<LatestRun> {
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

    /** Notes what a run did, and where the next one goes on. */
    async finish(
      job: JobName,
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
export type RunRepository = ReturnType<typeof runRepository>;
