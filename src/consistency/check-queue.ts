import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { type SessionId, sessionIdSchema } from '../shared/ids.ts';
import type { QueueRecord } from '../shared/queue-event.ts';

/** SQS charges by 64 KiB, and an id has some 30 characters. */
const MAX_PURCHASES = 1000;

/** Field names are those of messages under way. */
const messageSchema = z.object({ checkout_session_ids: z.array(sessionIdSchema) });

/** The queue of purchases that wait for their check. */
export const checkQueue = (sqs: SQSClient, QueueUrl: string) => ({
  /** @param delaySeconds until their check; at most 900 */
  async send(purchases: readonly SessionId[], delaySeconds: number): Promise<void> {
    for (let i = 0; i < purchases.length; i += MAX_PURCHASES) {
      const message: z.infer<typeof messageSchema> = { checkout_session_ids: purchases.slice(i, i + MAX_PURCHASES) };
      await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), DelaySeconds: delaySeconds }),
      );
    }
  },
});
export type CheckQueue = ReturnType<typeof checkQueue>;

/** The purchases of a message, by session. @throws Error for a message that this queue does not contain */
export const purchasesIn = ({ body }: QueueRecord): readonly SessionId[] =>
  z.parse(messageSchema, JSON.parse(body)).checkout_session_ids;
