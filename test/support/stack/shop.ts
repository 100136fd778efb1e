import { inject } from 'vitest';
import { stockedProduct } from './aws.ts';

/*
 * The running shop as its shoppers, and PayPal as its buyers and its own people, see it: by HTTP alone.
 */

const { front_door_url, simulator_url } = inject('stack');

/** What an HTTP call was answered. */
export interface Answered<Body = Record<string, never>> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** Tests look into answers whose form is what they test. */
type Json = ReturnType<typeof JSON.parse>;

async function call(
  origin: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered<Json>> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(new URL(path, origin), {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(text !== undefined && { body: text as string }),
  });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer && jsonOr(answer) };
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Calls the shop's API. */
export const shop = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  call(front_door_url, method, path, body, headers);

/** Calls PayPal's simulator; a call that is refused fails the test. */
export async function payPal(method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await call(simulator_url, method, path, body);
  if (answer.status >= 400)
    throw new Error(`${method} ${path} at the simulator: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A purchase up to where the buyer is sent to PayPal. */
export interface Purchase {
  readonly sku: string;
  readonly sessionId: string;
  readonly paymentId: string;
  readonly paypalOrderId: string;
}

/** What is bought. */
interface Wanted {
  /** @default - a product of its own */
  readonly sku?: string;
  /** @default 1 */
  readonly quantity?: number;
}

/** Lets a shopper check out and go to PayPal. */
export async function beginPurchase({ sku, quantity = 1 }: Wanted = {}): Promise<Purchase> {
  const product = sku ?? (await stockedProduct(10));
  const session = await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku: product, quantity }] });
  if (session.status !== 201) throw new Error(`no session: ${JSON.stringify(session.body)}`);
  const payment = await shop('POST', '/api/v1/payments', { checkout_session_id: session.body.checkout_session_id });
  if (payment.status !== 201) throw new Error(`no payment: ${JSON.stringify(payment.body)}`);
  return {
    sku: product,
    sessionId: session.body.checkout_session_id,
    paymentId: payment.body.payment_id,
    paypalOrderId: payment.body.paypal_order_id,
  };
}

/** The buyer clicks at PayPal. */
export const approve = (orderId: string, options: Record<string, unknown> = {}) =>
  payPal('POST', `/_sim/orders/${orderId}/approve`, { funding: 'instant', ...options });

/** PayPal takes the money of a purchase though the shop did not ask for it, and tells it of that alone. */
export async function captureAtPayPal({ paypalOrderId }: Purchase): Promise<void> {
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(paypalOrderId);
  await payPal('PUT', '/_sim/delivery', { drop: false });
  await payPal('POST', `/_sim/orders/${paypalOrderId}/capture`);
}

/** PayPal's event that a purchase was approved, which it has made whether or not the shop was told. */
export async function approvalOf({
  paypalOrderId,
}: Purchase): Promise<{ readonly id: string; readonly event_type: string; readonly resource: object }> {
  const { events } = await payPal('GET', '/_sim/state');
  const found = Object.values<Json>(events).find(
    ({ event_type, resource }) => event_type === 'CHECKOUT.ORDER.APPROVED' && resource.id === paypalOrderId,
  );
  if (!found) throw new Error(`PayPal has no event that ${paypalOrderId} was approved`);
  return found;
}

/** Asks until the answer is as wanted. Fails after some seconds, with the last answer. */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, seconds = 20): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s; at last it was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The payment as its shopper sees it. */
export const paymentOf = async ({ paymentId }: Pick<Purchase, 'paymentId'>): Promise<Json> =>
  (await shop('GET', `/api/v1/payments/${paymentId}`)).body;

/** The payment once all that had to follow from its status has been done. */
export const settledPayment = (purchase: Pick<Purchase, 'paymentId'>, status: string) =>
  until(
    () => paymentOf(purchase),
    (payment) => payment.status === status && payment.settled,
  );

/** A purchase that was paid, once all that had to follow has been done. */
export async function paidPurchase(wanted?: Wanted): Promise<Purchase & { readonly orderId: string }> {
  const purchase = await beginPurchase(wanted);
  await approve(purchase.paypalOrderId);
  const { order } = await settledPayment(purchase, 'captured');
  return { ...purchase, orderId: order.order_id };
}

/** A purchase for which PayPal took another amount, in EUR, than 19.99. */
export async function purchaseUnderReview(value: string): Promise<Purchase> {
  const purchase = await beginPurchase();
  await approve(purchase.paypalOrderId, { capture_amount: { currency_code: 'EUR', value } });
  await until(
    () => paymentOf(purchase),
    ({ status }) => status === 'review',
  );
  return purchase;
}

/** The buyer comes back by the cancel link, and all that had to follow has been done. */
export async function cancel(purchase: Purchase): Promise<void> {
  await shop('POST', `/api/v1/payments/${purchase.paymentId}/cancel`, { token: purchase.paypalOrderId });
  await settledPayment(purchase, 'cancelled');
}

/** The session as its shopper sees it. */
export const sessionOf = async ({ sessionId }: Pick<Purchase, 'sessionId'>): Promise<Json> =>
  (await shop('GET', `/api/v1/checkout-sessions/${sessionId}`)).body;

/** What PayPal captured for a purchase; undefined when nothing. */
export async function captureOf({ paypalOrderId }: Pick<Purchase, 'paypalOrderId'>): Promise<Json> {
  const { captures } = await payPal('GET', '/_sim/state');
  const found = Object.entries<Json>(captures).find(([, capture]) => capture.order_id === paypalOrderId);
  return found && { ...found[1], id: found[0] };
}
