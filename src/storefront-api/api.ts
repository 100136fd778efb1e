import { openSession } from '../checkout/open-session.ts';
import { releaseSession } from '../checkout/release-session.ts';
import type { SessionRepository } from '../checkout/session-repository.ts';
import type { OrderRepository } from '../fulfillment/order-repository.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { type BeginPaymentDeps, beginPayment } from '../payments/begin-payment.ts';
import { cancelPayment } from '../payments/cancel-payment.ts';
import { type CaptureDeps, captureOnReturn } from '../payments/capture-payment.ts';
import type { Payment } from '../payments/payment.ts';
import { type ReplaceSessionDeps, replaceSession } from '../payments/replace-session.ts';
import type { idempotencyKeys } from '../shared/http/idempotency-key.ts';
import { invalidRequest, Problem } from '../shared/http/problem.ts';
import { parseBody } from '../shared/http/request.ts';
import { type Api, createPublicApi } from '../shared/http/router.ts';
import { isOrderId, isPaymentId, isSessionId, orderIdOf } from '../shared/ids.ts';
import { cancelRequest, checkoutRequest, emptyRequest, paymentRequest } from './requests.ts';
import { toOrderResponse, toPaymentResponse, toProductResponse, toSessionResponse } from './responses.ts';

export interface StorefrontDeps
  extends Omit<ReplaceSessionDeps, 'stock' | 'sessions' | 'payments'>,
    Omit<BeginPaymentDeps, 'sessions' | 'payments'>,
    Omit<CaptureDeps, 'payments'> {
  readonly stock: ReplaceSessionDeps['stock'] & Pick<StockRepository, 'products'>;
  readonly sessions: ReplaceSessionDeps['sessions'] & Pick<SessionRepository, 'beginPayment'>;
  readonly payments: BeginPaymentDeps['payments'];
  readonly orders: Pick<OrderRepository, 'get'>;
  readonly once: ReturnType<typeof idempotencyKeys>;
  readonly version: string;
}

/** Served by other functions; any other method on these paths arrives here. */
const OTHER_FUNCTIONS_ROUTES = [
  ['GET', '/api/v1/payments'],
  ['GET', '/api/v1/payments/:id'],
  ['GET', '/api/v1/openapi.json'],
] as const;

/** The storefront API, described in docs/openapi.yaml. */
export function storefrontApi(deps: StorefrontDeps): Api {
  const api = createPublicApi({ once: deps.once, otherFunctionsRoutes: OTHER_FUNCTIONS_ROUTES });

  api.get('/api/v1/health', async () => ({ status: 200, body: { status: 'ok', version: deps.version } }));

  api.get('/api/v1/products', async () => {
    const products = await deps.stock.products();
    return {
      status: 200,
      body: { products: products.map(toProductResponse).sort((a, b) => a.sku.localeCompare(b.sku)) },
    };
  });

  api.post('/api/v1/checkout-sessions', async ({ event }) => {
    const { items, replaces } = parseBody(checkoutRequest, event);
    const opened =
      replaces === undefined
        ? await openSession(deps, items)
        : isSessionId(replaces)
          ? await replaceSession(deps, replaces, items)
          : ({ outcome: 'unknown_session' } as const);
    switch (opened.outcome) {
      case 'opened':
        return { status: 201, body: toSessionResponse(opened.session) };
      case 'unknown_product':
        throw new Problem('unknown-product', `unknown SKU: ${opened.skus.join(', ')}`, { skus: opened.skus });
      case 'above_limit':
        throw invalidRequest(
          opened.lines.map(({ line, sku, max }) => ({
            field: `items.${line}.quantity`,
            detail: `must be at most ${max} of ${sku}`,
          })),
        );
      case 'mixed_currencies':
        throw invalidRequest([{ field: 'items', detail: 'must have one currency' }]);
      case 'not_payable':
        throw new Problem('not-payable', 'remove these items: PayPal does not accept them', { items: opened.problems });
      case 'out_of_stock':
        throw new Problem('out-of-stock', 'reduce the quantity of these items, or remove them', {
          items: opened.items,
        });
      case 'payment_decided':
        throw new Problem('payment-decided', 'omit replaces: the money of that session has arrived or is on its way', {
          payment_id: opened.payment_id,
        });
      case 'unknown_session':
        throw invalidRequest([{ field: 'replaces', detail: 'checkout session not found' }]);
    }
  });

  api.get('/api/v1/checkout-sessions/:id', async ({ params: { id = '' } }) => {
    const session = isSessionId(id) ? await deps.sessions.get(id) : undefined;
    if (!session) throw unknownSession(id);
    return { status: 200, body: toSessionResponse(session) };
  });

  api.post('/api/v1/checkout-sessions/:id/release', async ({ event, params: { id = '' } }) => {
    if (event.body) parseBody(emptyRequest, event);
    const released = isSessionId(id) ? await releaseSession(deps, id) : ({ outcome: 'unknown_session' } as const);
    switch (released.outcome) {
      case 'released':
        return { status: 200, body: toSessionResponse(released.session) };
      case 'payment_begun':
        throw new Problem('payment-begun', 'cancel the payment instead', {
          payment_id: released.session.payment_id,
          session_status: released.session.status,
        });
      case 'unknown_session':
        throw unknownSession(id);
    }
  });

  api.post('/api/v1/payments', async ({ event }) => {
    const { checkout_session_id: id } = parseBody(paymentRequest, event);
    const begun = isSessionId(id) ? await beginPayment(deps, id) : ({ outcome: 'unknown_session' } as const);
    switch (begun.outcome) {
      case 'begun':
        return { status: 201, body: toPaymentResponse(begun.payment, undefined) };
      case 'already_begun':
        return { status: 200, body: toPaymentResponse(begun.payment, await orderOf(begun.payment)) };
      case 'session_over':
        throw new Problem('session-over', 'create a new checkout session', { session_status: begun.session.status });
      case 'unknown_session':
        throw unknownSession(id);
    }
  });

  api.post('/api/v1/payments/:id/capture', async ({ event, params: { id = '' } }) => {
    if (event.body) parseBody(emptyRequest, event);
    const captured = isPaymentId(id) ? await captureOnReturn(deps, id) : ({ outcome: 'unknown_payment' } as const);
    switch (captured.outcome) {
      case 'done':
      case 'outdated':
        return { status: 200, body: toPaymentResponse(captured.payment, await orderOf(captured.payment)) };
      case 'not_approved':
        throw new Problem('not-approved', 'redirect the buyer to approve_url first', {
          approve_url: captured.payment.approve_url,
        });
      case 'declined':
        throw new Problem('payment-declined', 'redirect the buyer to approve_url to choose another payment method', {
          approve_url: captured.payment.approve_url,
          issue: captured.issue,
        });
      case 'refused':
        throw new Problem('payment-refused', 'the shop cannot take this payment at the moment; nothing was charged', {
          issue: captured.issue,
        });
      case 'unknown_payment':
        throw unknownPayment(id);
    }
  });

  api.post('/api/v1/payments/:id/cancel', async ({ event, params: { id = '' } }) => {
    const { token } = parseBody(cancelRequest, event);
    const cancelled = isPaymentId(id)
      ? await cancelPayment(deps, id, token)
      : ({ outcome: 'unknown_payment' } as const);
    switch (cancelled.outcome) {
      case 'done':
        return { status: 200, body: toPaymentResponse(cancelled.payment, undefined) };
      case 'paid':
        throw new Problem('already-captured', 'a captured payment can be refunded, not cancelled');
      case 'wrong_token':
        throw new Problem('wrong-token', 'expected the token that PayPal adds to the cancel URL');
      case 'unknown_payment':
        throw unknownPayment(id);
    }
  });

  api.get('/api/v1/orders/:id', async ({ params: { id = '' } }) => {
    const order = isOrderId(id) ? await deps.orders.get(id) : undefined;
    if (!order) throw new Problem('unknown-order', `order ${id} not found`);
    return { status: 200, body: toOrderResponse(order) };
  });

  const orderOf = (payment: Payment) => deps.orders.get(orderIdOf(payment.payment_id));
  const unknownSession = (id: string) => new Problem('unknown-session', `checkout session ${id} not found`);
  const unknownPayment = (id: string) => new Problem('unknown-payment', `payment ${id} not found`);

  return api;
}
