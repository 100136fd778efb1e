import { PAYMENT_MINUTES } from '../checkout/hold-minutes.ts';
import type { Session } from '../checkout/session.ts';
import type { SessionRepository } from '../checkout/session-repository.ts';
import type { CreateOrder } from '../paypal/order-body.ts';
import type { CreatedOrder } from '../paypal/schema.ts';
import { paymentIdOf, type SessionId } from '../shared/ids.ts';
import { dueAfter } from './apply-evidence.ts';
import { newPayment, type Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';

export type BeginPaymentResult =
  | { readonly outcome: 'begun' | 'already_begun'; readonly payment: Payment }
  /** The session is completed, failed or expired. */
  | { readonly outcome: 'session_over'; readonly session: Session }
  | { readonly outcome: 'unknown_session' };

export interface BeginPaymentDeps {
  readonly sessions: Pick<SessionRepository, 'get' | 'beginPayment'>;
  readonly payments: Pick<PaymentRepository, 'get' | 'create' | 'attachOrder'>;
  readonly createOrder: (order: CreateOrder, requestId: string) => Promise<CreatedOrder>;
  /** Origin of the storefront, without trailing slash. */
  readonly storefrontOrigin: string;
  readonly now: () => Date;
  /** Reconciliation checks a payment this long after its last evidence. */
  readonly dueAfterSeconds: number;
}

/**
 * Creates the payment of a session and its PayPal order. The order's id is stored before the buyer gets it, because
 * PayPal's first event may arrive before the buyer returns. Idempotent: with the same request id, PayPal
 * returns the order of an earlier call.
 * @throws PayPalUnavailable when PayPal does not respond; the call may be repeated.
 */
export async function beginPayment(deps: BeginPaymentDeps, id: SessionId): Promise<BeginPaymentResult> {
  const { sessions, payments, createOrder, storefrontOrigin, now, dueAfterSeconds } = deps;
  const paymentId = paymentIdOf(id);
  const session = await sessions.get(id);
  if (!session) return { outcome: 'unknown_session' };
  if (session.status === 'open') {
    const at = now();
    if (new Date(session.expires_at) <= at) return { outcome: 'session_over', session };
    const begun = await sessions.beginPayment(id, new Date(at.getTime() + PAYMENT_MINUTES * 60_000));
    if (!begun.changed && begun.session?.status !== 'payment_pending')
      return { outcome: 'session_over', session: begun.session ?? session };
  } else if (session.status !== 'payment_pending') {
    return { outcome: 'session_over', session };
  }

  const began = now();
  const payment = await payments.create(
    newPayment({ payment_id: paymentId, checkout_session_id: id }, session.amount, began.toISOString()),
    dueAfter(dueAfterSeconds, began),
  );
  if (payment.paypal_order_id) return { outcome: 'already_begun', payment };

  const query = `checkout_session_id=${id}`;
  const order = await createOrder(
    {
      payment_id: paymentId,
      items: session.items,
      amount: session.amount,
      return_url: `${storefrontOrigin}/checkout/success?${query}`,
      cancel_url: `${storefrontOrigin}/checkout/failure?${query}`,
    },
    `order-${paymentId}`,
  );
  const attached = await payments.attachOrder(paymentId, order.id, order.approveUrl, now());
  if ('moved' in attached) return { outcome: 'begun', payment: attached.moved };
  // A concurrent call attached its order first.
  if (attached.found) return { outcome: 'already_begun', payment: attached.found };
  throw new Error(`${paymentId} was deleted while its PayPal order was created`);
}
