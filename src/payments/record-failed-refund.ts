import type { PaymentId } from '../shared/ids.ts';
import { logger } from '../shared/logger.ts';
import { measure } from '../shared/metrics.ts';
import type { FailedRefundStatus } from './evidence.ts';

export interface FailedRefund {
  readonly payment_id: PaymentId;
  /** PayPal's. */
  readonly refund_id: string;
  readonly status: FailedRefundStatus;
}

/** Measures and logs a refund that PayPal or the bank did not complete: the buyer still waits for the money. */
export function recordFailedRefund({ payment_id, refund_id, status }: FailedRefund): void {
  measure('RefundFailed');
  logger.warn('REFUND_FAILED', { payment_id, refund_id, status });
}
