import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

/** How far a job that runs again and again has come. */
const runSchema = z.object({
  /** The job's name. */
  id: z.string(),
  /** ISO 8601, UTC: when the work that is being done, or was done last, began. */
  started_at: z.string(),
  /** ISO 8601, UTC: when all of it was done last; before `started_at` while it is being done once more. */
  finished_at: z.optional(z.string()),
  /** What was counted when all of it was done last; nothing before that. */
  figures: z._default(z.record(z.string(), z.number()), {}),
  /** Where the next run goes on; absent when it begins at the beginning. Only the job knows what it means. */
  cursor: z.optional(z.unknown()),
});
export type Run = z.infer<typeof runSchema>;

/** The only code that knows how runs lie in DynamoDB: entries of the operations table, of the kind `run`, one for each job. */
export const runRepository = (db: DynamoDBDocumentClient, tableName: string) => ({
  /** What is known of a job; undefined before its first run. */
  async get(id: string): Promise<Run | undefined> {
    const { Item } = await db.send(
      new GetCommand({ TableName: tableName, Key: { kind: 'run', id }, ConsistentRead: true }),
    );
    return Item && runSchema.parse(Item);
  },

  /**
   * Notes how far a job has come, in place of all that was noted before. Of two runs at once, the later word stands: a job's cursor and
   * figures belong together, so what is lost is work, not truth.
   */
  async put(run: Run): Promise<void> {
    await db.send(new PutCommand({ TableName: tableName, Item: { kind: 'run', ...run } }));
  },
});
