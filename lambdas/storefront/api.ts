import { ParameterValidationError, Router } from '@aws-lambda-powertools/event-handler/http';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { type OpenSessionDeps, openSession } from '../checkout/open-session.ts';
import type { SessionRepository } from '../checkout/session-repository.ts';
import type { OrderRepository } from '../fulfillment/order-repository.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { type BeginPaymentDeps, beginPayment } from '../payments/begin-payment.ts';
import { cancelPayment } from '../payments/cancel-payment.ts';
import { type CaptureDeps, capturePayment } from '../payments/capture-payment.ts';
import type { Payment } from '../payments/payment.ts';
import { type Answer, bytesOf, parseBody, problemAnswer, toResult } from '../shared/http.ts';
import type { idempotencyKeys } from '../shared/idempotency-key.ts';
import { isOrderId, isPaymentId, isSessionId, orderIdOf, type PaymentId } from '../shared/ids.ts';
import { logger } from '../shared/logger.ts';
import { Problem } from '../shared/problem.ts';
import { problemOf } from '../shared/problem-of.ts';
import { orderAnswer, paymentAnswer, productAnswer, sessionAnswer } from './answers.ts';
import { cancelRequest, captureRequest, checkoutRequest, paymentRequest } from './requests.ts';

export interface StorefrontDeps
  extends Omit<OpenSessionDeps, 'stock' | 'sessions'>,
    Omit<BeginPaymentDeps, 'sessions' | 'payments'>,
    Omit<CaptureDeps, 'payments'> {
  readonly stock: OpenSessionDeps['stock'] & Pick<StockRepository, 'products'>;
  readonly sessions: SessionRepository;
  readonly payments: BeginPaymentDeps['payments'];
  readonly orders: Pick<OrderRepository, 'get'>;
  readonly once: ReturnType<typeof idempotencyKeys>;
  readonly version: string;
}

interface Call {
  readonly event: APIGatewayProxyEventV2;
  readonly params: Readonly<Record<string, string>>;
}

/** What other functions answer beside this one, which is asked about it only when the method is another. */
const ANSWERED_ELSEWHERE = [
  ['GET', '/api/v1/payments'],
  ['GET', '/api/v1/payments/:id'],
  ['GET', '/api/v1/openapi.json'],
] as const;

/** The storefront's API: calls and problems are described in docs/openapi.yaml. */
export function storefrontApi(deps: StorefrontDeps) {
  const router = new Router({ logger });
  const routes: (readonly [method: 'GET' | 'POST', path: string])[] = [...ANSWERED_ELSEWHERE];

  const get = (path: `/${string}`, work: (call: Call) => Promise<Answer>) => {
    routes.push(['GET', path]);
    router.get(path, async ({ event, params }) =>
      toResult(await work({ event: event as APIGatewayProxyEventV2, params })),
    );
  };
  const post = (path: `/${string}`, work: (call: Call) => Promise<Answer>) => {
    routes.push(['POST', path]);
    router.post(path, async ({ event: anyEvent, context, params }) => {
      const event = anyEvent as APIGatewayProxyEventV2;
      const request = {
        key: event.headers['idempotency-key'],
        operation: `POST ${event.rawPath}`,
        body: bytesOf(event).toString('utf8'),
        context,
      };
      return toResult(await deps.once(request, () => work({ event, params })));
    });
  };

  get('/api/v1/health', async () => ({ status: 200, body: { status: 'ok', version: deps.version } }));

  get('/api/v1/products', async () => {
    const products = await deps.stock.products();
    return { status: 200, body: { products: products.map(productAnswer).sort((a, b) => a.sku.localeCompare(b.sku)) } };
  });

  post('/api/v1/checkout-sessions', async ({ event }) => {
    const { items } = parseBody(checkoutRequest, event);
    const opened = await openSession(deps, items);
    switch (opened.outcome) {
      case 'opened':
        return { status: 201, body: sessionAnswer(opened.session) };
      case 'unknown_product':
        throw new Problem('unknown-product', `the shop has no ${opened.skus.join(', ')}`, { skus: opened.skus });
      case 'mixed_currencies':
        throw new Problem('invalid-request', 'all products of a session must have prices in one currency', {
          errors: [{ field: 'items', detail: 'more than one currency' }],
        });
      case 'out_of_stock':
        throw new Problem('out-of-stock', 'take fewer pieces, or leave these products out', { items: opened.items });
    }
  });

  get('/api/v1/checkout-sessions/:id', async ({ params: { id = '' } }) => {
    const session = isSessionId(id) ? await deps.sessions.get(id) : undefined;
    if (!session) throw new Problem('unknown-session', `there is no checkout session ${id}`);
    return { status: 200, body: sessionAnswer(session) };
  });

  post('/api/v1/payments', async ({ event }) => {
    const { checkout_session_id: id } = parseBody(paymentRequest, event);
    const begun = isSessionId(id) ? await beginPayment(deps, id) : ({ outcome: 'unknown_session' } as const);
    switch (begun.outcome) {
      case 'begun':
        return { status: 201, body: paymentAnswer(begun.payment, undefined) };
      case 'begun_before':
        return { status: 200, body: paymentAnswer(begun.payment, await orderOf(begun.payment)) };
      case 'session_over':
        throw new Problem('session-over', 'open a new checkout session', { session_status: begun.session.status });
      case 'unknown_session':
        throw new Problem('unknown-session', `there is no checkout session ${id}`);
    }
  });

  post('/api/v1/payments/:id/capture', async ({ event, params: { id = '' } }) => {
    if (event.body) parseBody(captureRequest, event);
    const captured = isPaymentId(id)
      ? await capturePayment(deps, id, 'return')
      : ({ outcome: 'unknown_payment' } as const);
    switch (captured.outcome) {
      case 'done':
        return { status: 200, body: paymentAnswer(captured.payment, await orderOf(captured.payment)) };
      case 'not_approved':
        throw new Problem('not-approved', 'send the buyer to approve_url first', {
          approve_url: captured.payment.approve_url,
        });
      case 'declined':
        throw new Problem('payment-declined', 'send the buyer back to approve_url to choose another way to pay', {
          approve_url: captured.payment.approve_url,
          issue: captured.issue,
        });
      case 'unknown_payment':
        throw unknownPayment(id);
    }
  });

  post('/api/v1/payments/:id/cancel', async ({ event, params: { id = '' } }) => {
    const { token } = parseBody(cancelRequest, event);
    const cancelled = isPaymentId(id)
      ? await cancelPayment(deps, id as PaymentId, token)
      : ({ outcome: 'unknown_payment' } as const);
    switch (cancelled.outcome) {
      case 'done':
        return { status: 200, body: paymentAnswer(cancelled.payment, undefined) };
      case 'paid':
        throw new Problem('already-captured', 'the payment can be refunded, but not cancelled');
      case 'wrong_token':
        throw new Problem('wrong-token', 'send the token that PayPal added to the cancel link');
      case 'unknown_payment':
        throw unknownPayment(id);
    }
  });

  get('/api/v1/orders/:id', async ({ params: { id = '' } }) => {
    const order = isOrderId(id) ? await deps.orders.get(id) : undefined;
    if (!order) throw new Problem('unknown-order', `there is no order ${id}`);
    return { status: 200, body: orderAnswer(order) };
  });

  const orderOf = (payment: Payment) => deps.orders.get(orderIdOf(payment.payment_id));
  const unknownPayment = (id: string) => new Problem('unknown-payment', `there is no payment ${id}`);

  const refuse = async (problem: Problem) => toResult(problemAnswer(problem));
  const nothingHere = () => refuse(new Problem('not-found', SEE));
  router.errorHandler(Error, (error) => refuse(problemOf(error)));
  // An id in a path that cannot be decoded, or is blank.
  router.errorHandler([URIError, ParameterValidationError], nothingHere);
  router.notFound(async (_, { event }) => {
    const { rawPath } = event as APIGatewayProxyEventV2;
    const methods = routes.filter(([, path]) => isPathLike(path, rawPath)).map(([method]) => method);
    if (methods.length === 0) return nothingHere();
    const { headers, ...answer } = problemAnswer(new Problem('method-not-allowed', SEE));
    return toResult({ ...answer, headers: { ...headers, allow: methods.join(', ') } });
  });

  return {
    /** Answers one call. */
    resolve: (event: APIGatewayProxyEventV2, context: Context) => router.resolve(withoutIdleBody(event), context),
  };
}

const SEE = 'see /api/v1/openapi.json for what there is';

/** Whether a path is one of those that a route such as `/api/v1/orders/:id` takes. */
function isPathLike(route: string, path: string): boolean {
  const parts = path.split('/');
  const wanted = route.split('/');
  return wanted.length === parts.length && wanted.every((part, i) => part.startsWith(':') || part === parts[i]);
}

/** The router makes a web `Request` of the event, which cannot be made of a GET or HEAD with a body. */
function withoutIdleBody(event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 {
  const { body, ...rest } = event;
  const { method } = event.requestContext.http;
  return body !== undefined && (method === 'GET' || method === 'HEAD') ? rest : event;
}
