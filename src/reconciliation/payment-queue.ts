import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { paymentIdSchema } from '../shared/ids.ts';
import type { QueueRecord } from '../shared/queue-event.ts';
import type { PaymentCheck } from './check-payments.ts';

/** The maximum of SQS. */
const BATCH_SIZE = 10;

const messageSchema = z.object({
  payment_id: paymentIdSchema,
  /** ISO 8601, UTC. */
  as_of: z.iso.datetime(),
});

/** The queue of payments that the workers reconcile. */
export const paymentQueue = (sqs: SQSClient, QueueUrl: string) => ({
  /** @throws Error when SQS rejects a message */
  async send(checks: readonly PaymentCheck[]): Promise<void> {
    const batches = Array.from({ length: Math.ceil(checks.length / BATCH_SIZE) }, (_, i) =>
      checks.slice(i * BATCH_SIZE, (i + 1) * BATCH_SIZE),
    );
    await Promise.all(
      batches.map(async (batch) => {
        const { Failed = [] } = await sqs.send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: batch.map(({ paymentId, asOf }) => ({
              Id: paymentId,
              MessageBody: JSON.stringify({
                payment_id: paymentId,
                as_of: asOf.toISOString(),
              } satisfies z.infer<typeof messageSchema>),
            })),
          }),
        );
        const [first] = Failed;
        if (first) throw new Error(`SQS rejected ${Failed.length} of ${batch.length} payments: ${first.Code}`);
      }),
    );
  },
});
export type PaymentQueue = ReturnType<typeof paymentQueue>;

/** @throws Error for a message that this queue does not contain */
export function toPaymentCheck({ body }: QueueRecord): PaymentCheck {
  const { payment_id, as_of } = z.parse(messageSchema, JSON.parse(body));
  return { paymentId: payment_id, asOf: new Date(as_of) };
}
