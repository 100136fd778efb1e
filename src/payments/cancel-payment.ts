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
  const asked = isPaid(found.status) ? undefined : await evidenceApplier.refreshForCertain(found, 'buyer');
  const payment = asked && 'payment' in asked ? asked.payment : found;
  const result = await evidenceApplier.apply(id, { kind: 'cancelled', source: 'buyer', paypalOrderId: token }, payment);
  if (!('payment' in result)) return { outcome: 'unknown_payment' };
  return { outcome: isPaid(result.payment.status) ? 'paid' : 'done', payment: result.payment };
}
