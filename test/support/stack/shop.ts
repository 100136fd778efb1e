import { inject } from 'vitest';
import { stockedProduct } from './aws.ts';

/*
 * The running shop as its shoppers, and PayPal as its buyers and its own people, see it: by HTTP alone.
 */

const { front_door_url, simulator_url } = inject('stack');

export interface ApiResponse<Body = Record<string, never>> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** Untyped: the form of the body is what tests check. */
type Json = ReturnType<typeof JSON.parse>;

async function call(
  origin: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ApiResponse<Json>> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(new URL(path, origin), {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(text !== undefined && { body: text as string }),
  });
  const content = await response.text();
  return { status: response.status, headers: response.headers, body: content && jsonOr(content) };
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

/** Calls PayPal's simulator. @throws Error for a 4xx or 5xx response. */
export async function payPal(method: string, path: string, body?: unknown): Promise<Json> {
  const response = await call(simulator_url, method, path, body);
  if (response.status >= 400)
    throw new Error(`${method} ${path} at the simulator: ${response.status} ${JSON.stringify(response.body)}`);
  return response.body;
}

/** A purchase whose buyer is at PayPal. */
export interface Purchase {
  readonly sku: string;
  readonly sessionId: string;
  readonly paymentId: string;
  readonly paypalOrderId: string;
}

interface Wanted {
  /** @default - a product of its own */
  readonly sku?: string;
  /** @default 1 */
  readonly quantity?: number;
}

/** Checks out and creates the payment. */
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

/** Approves an order as the buyer at PayPal. */
export const approve = (orderId: string, options: Record<string, unknown> = {}) =>
  payPal('POST', `/_sim/orders/${orderId}/approve`, { funding: 'instant', ...options });

/** Captures an order at PayPal without the shop; only the capture event is delivered. */
export async function captureAtPayPal({ paypalOrderId }: Purchase): Promise<void> {
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(paypalOrderId);
  await payPal('PUT', '/_sim/delivery', { drop: false });
  await payPal('POST', `/_sim/orders/${paypalOrderId}/capture`);
}

/** PayPal's approval event of a purchase, delivered or not. */
export async function approvalOf({
  paypalOrderId,
}: Purchase): Promise<{ readonly id: string; readonly event_type: string; readonly resource: object }> {
  const { events } = await payPal('GET', '/_sim/state');
  const found = Object.values<Json>(events).find(
    ({ event_type, resource }) => event_type === 'CHECKOUT.ORDER.APPROVED' && resource.id === paypalOrderId,
  );
  if (!found) throw new Error(`PayPal has no approval event of ${paypalOrderId}`);
  return found;
}

/** Polls until the result matches. @throws Error with the last result after some seconds. */
export async function until<T>(read: () => Promise<T>, matches: (result: T) => boolean, seconds = 20): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const result = await read();
    if (matches(result)) return result;
    if (Date.now() > deadline) throw new Error(`no match within ${seconds} s, last result: ${JSON.stringify(result)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The payment, from the storefront API. */
export const paymentOf = async ({ paymentId }: Pick<Purchase, 'paymentId'>): Promise<Json> =>
  (await shop('GET', `/api/v1/payments/${paymentId}`)).body;

/** Waits until the payment has a status and its settlements succeeded. */
export const completedPayment = (purchase: Pick<Purchase, 'paymentId'>, status: string) =>
  until(
    () => paymentOf(purchase),
    (payment) => payment.status === status && payment.settled,
  );

/** A captured purchase with its order. */
export async function paidPurchase(wanted?: Wanted): Promise<Purchase & { readonly orderId: string }> {
  const purchase = await beginPurchase(wanted);
  await approve(purchase.paypalOrderId);
  const { order } = await completedPayment(purchase, 'captured');
  return { ...purchase, orderId: order.order_id };
}

/** A purchase whose captured amount, in EUR, differs from 19.99. */
export async function purchaseUnderReview(value: string): Promise<Purchase> {
  const purchase = await beginPurchase();
  await approve(purchase.paypalOrderId, { capture_amount: { currency_code: 'EUR', value } });
  await until(
    () => paymentOf(purchase),
    ({ status }) => status === 'review',
  );
  return purchase;
}

/** Cancels as a buyer who returns by the cancel link, and waits for the settlement. */
export async function cancel(purchase: Purchase): Promise<void> {
  await shop('POST', `/api/v1/payments/${purchase.paymentId}/cancel`, { token: purchase.paypalOrderId });
  await completedPayment(purchase, 'cancelled');
}

/** The checkout session, from the storefront API. */
export const sessionOf = async ({ sessionId }: Pick<Purchase, 'sessionId'>): Promise<Json> =>
  (await shop('GET', `/api/v1/checkout-sessions/${sessionId}`)).body;

/** The capture of a purchase at PayPal; undefined when there is none. */
export async function captureOf({ paypalOrderId }: Pick<Purchase, 'paypalOrderId'>): Promise<Json> {
  const { captures } = await payPal('GET', '/_sim/state');
  const found = Object.entries<Json>(captures).find(([, capture]) => capture.order_id === paypalOrderId);
  return found && { ...found[1], id: found[0] };
}
