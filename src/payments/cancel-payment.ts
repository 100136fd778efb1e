import type { PaymentId } from '../shared/ids.ts';
import type { EvidenceApplier } from './apply-evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';
import { isPaid } from './transitions.ts';

/** What the buyer's cancelling led to. */
export type CancelPaymentResult =
  | { readonly outcome: 'done'; readonly payment: Payment }
  /** Money has come: it is too late to cancel. */
  | { readonly outcome: 'paid'; readonly payment: Payment }
  /** The token does not belong to this payment. */
  | { readonly outcome: 'wrong_token' }
  | { readonly outcome: 'unknown_payment' };

/**
 * The buyer came back by PayPal's cancel link, of which PayPal sends no event. Anybody can call this, so the PayPal order's id, which
 * PayPal adds to the link as `token`, must be known.
 */
export async function cancelPayment(
  {
    payments,
    evidenceApplier,
  }: { readonly payments: Pick<PaymentRepository, 'get'>; readonly evidenceApplier: EvidenceApplier },
  id: PaymentId,
  token: string,
): Promise<CancelPaymentResult> {
  const payment = await payments.get(id);
  if (!payment) return { outcome: 'unknown_payment' };
  if (token !== payment.paypal_order_id) return { outcome: 'wrong_token' };
  const settled = await evidenceApplier.apply(
    id,
    { kind: 'cancelled', source: 'buyer', paypalOrderId: token },
    payment,
  );
  if (!('payment' in settled)) return { outcome: 'unknown_payment' };
  return { outcome: isPaid(settled.payment.status) ? 'paid' : 'done', payment: settled.payment };
}
