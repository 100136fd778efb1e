import type { PaymentId } from '../shared/ids.ts';
import type { EvidenceApplier } from './apply-evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';
import { isPaid } from './transitions.ts';

export type CancelPaymentResult =
  | { readonly outcome: 'done'; readonly payment: Payment }
  /** Already captured: too late to cancel. */
  | { readonly outcome: 'paid'; readonly payment: Payment }
  /** The token is not this payment's PayPal order id. */
  | { readonly outcome: 'wrong_token' }
  | { readonly outcome: 'unknown_payment' };

/**
 * Cancels a payment whose buyer returned through PayPal's cancel link: PayPal sends no event for it. The call is
 * public, so it requires the PayPal order id, which PayPal adds to the link as `token`. The buyer reads that nothing
 * was charged, so PayPal is asked first: the buyer may have approved in another window, and the shop may have captured.
 * @throws PayPalUnavailable when PayPal does not respond; the call may be repeated.
 */
export async function cancelPayment(
  {
    payments,
    evidenceApplier,
  }: { readonly payments: Pick<PaymentRepository, 'get'>; readonly evidenceApplier: EvidenceApplier },
  id: PaymentId,
  token: string,
): Promise<CancelPaymentResult> {
  const found = await payments.get(id);
  if (!found) return { outcome: 'unknown_payment' };
  if (token !== found.paypal_order_id) return { outcome: 'wrong_token' };
  const payment = await cancelForBuyer(evidenceApplier, found);
  return { outcome: isPaid(payment.status) ? 'paid' : 'done', payment };
}

/**
 * Asks PayPal, then cancels the payment unless its money is there or on its way. Its PayPal order may not exist yet: a
 * buyer who approves it later has approved a cancelled payment.
 * @throws PayPalUnavailable when PayPal does not respond; the call may be repeated.
 */
export async function cancelForBuyer(evidenceApplier: EvidenceApplier, found: Payment): Promise<Payment> {
  const { payment_id, paypal_order_id, status } = found;
  const asked = paypal_order_id && !isPaid(status) && (await evidenceApplier.refreshForCertain(found, 'buyer'));
  const payment = asked && 'payment' in asked ? asked.payment : found;
  const cancelled = { kind: 'cancelled', source: 'buyer', paypalOrderId: paypal_order_id } as const;
  const result = await evidenceApplier.apply(payment_id, cancelled, payment);
  return 'payment' in result ? result.payment : payment;
}
