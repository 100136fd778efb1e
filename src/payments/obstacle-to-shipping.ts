import type { PaymentStatus } from '../shared/settlement.ts';

/**
 * Why the goods of a payment must not leave, for operators; undefined when they may. The order follows its payment a
 * little later: the payment decides.
 */
export function obstacleToShipping(status: PaymentStatus, pendingRefunds: number): string | undefined {
  if (status !== 'captured' && status !== 'partially_refunded') return `the payment is ${status}`;
  return pendingRefunds > 0 ? 'a refund is pending at PayPal' : undefined;
}
