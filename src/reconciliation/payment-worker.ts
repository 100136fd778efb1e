import type { QueueRecord } from '../shared/queue-event.ts';
import {
  type CheckPaymentsDeps,
  checkPayments,
  type PaymentCheck,
  type PaymentChecksResult,
} from './check-payments.ts';
import { toPaymentCheck } from './payment-queue.ts';
import type { Limits } from './process-batch.ts';
import { MAX_RECEIVES } from './queue-times.ts';

/** `failed`: message ids that SQS delivers again, or moves to the dead-letter queue. */
export interface QueuedChecksResult extends Omit<PaymentChecksResult, 'left'> {
  readonly failed: readonly string[];
}

/**
 * Reconciles the payments of a batch of messages. A payment that fails by itself is left to its own schedule; one that
 * lacked time or a dependency is delivered again, `MAX_RECEIVES` times in all. Idempotent, as SQS delivers at least
 * once.
 */
export async function checkQueuedPayments(
  deps: CheckPaymentsDeps,
  records: readonly QueueRecord[],
  limits: Omit<Limits, 'maxItems'>,
): Promise<QueuedChecksResult> {
  const checks = new Map<QueueRecord, PaymentCheck>();
  for (const record of records) {
    try {
      checks.set(record, toPaymentCheck(record));
    } catch (error) {
      limits.onError(record.messageId, error as Error);
    }
  }
  const { left, ...result } = await checkPayments(deps, [...checks.values()], limits);
  const isAgain = (record: QueueRecord) => {
    const check = checks.get(record);
    return !check || (left.has(check.paymentId) && record.attributes.ApproximateReceiveCount < MAX_RECEIVES);
  };
  return { ...result, failed: records.filter(isAgain).map(({ messageId }) => messageId) };
}
