import { Hono } from 'hono';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { issueError, notFound } from '../state/errors.ts';
import { minimalCapturedOrder, minimalOrder, orderBody } from '../state/order-body.ts';
import { captureOrder, createOrder, findOrder, updateOrder } from '../state/orders.ts';
import { jsonBody, wantsRepresentation } from './json-body.ts';
import { mockResponse } from './mock-response.ts';
import { patchedRequest } from './order-patch.ts';
import { parseOrderRequest } from './order-request.ts';

/** `/v2/checkout/orders`: create, get, update, capture; authorize is refused. */
export function ordersApi(sim: Simulation): Hono<Env> {
  const app = new Hono<Env>().basePath('/v2/checkout/orders');

  app.post('/', mockResponse('orders.create'), async (c) => {
    const request = parseOrderRequest(await jsonBody(c));
    if (request.payment_source && !c.req.header('PayPal-Request-Id')) {
      throw issueError('orders.create', [{ issue: 'PAYPAL_REQUEST_ID_REQUIRED' }]);
    }
    const order = createOrder(sim, request);
    return c.json(wantsRepresentation(c) ? orderBody(sim, order) : minimalOrder(sim, order), 201);
  });

  app.get('/:id', mockResponse('orders.get'), (c) => {
    const order = findOrder(sim, c.req.param('id'));
    if (!order) throw notFound('orders.get');
    return c.json(orderBody(sim, order));
  });

  app.patch('/:id', mockResponse('orders.patch'), async (c) => {
    const body = await jsonBody(c);
    const order = findOrder(sim, c.req.param('id'));
    if (!order) throw notFound('orders.patch');
    if (order.status === 'COMPLETED' || order.status === 'VOIDED') {
      throw issueError('orders.patch', [{ issue: 'ORDER_ALREADY_COMPLETED' }]);
    }
    // "Updates an order with a CREATED or APPROVED status" (PayPal's OpenAPI file): only those link to `update`.
    if (order.status === 'PAYER_ACTION_REQUIRED') throw issueError('orders.patch', [{ issue: 'NOT_PATCHABLE' }]);
    updateOrder(sim, order, patchedRequest(order.request, body));
    return c.body(null, 204);
  });

  app.post('/:id/authorize', mockResponse('orders.authorize'), async (c) => {
    await jsonBody(c);
    if (!findOrder(sim, c.req.param('id'))) throw notFound('orders.authorize');
    // The simulator has no orders with intent AUTHORIZE.
    throw issueError('orders.authorize', [{ issue: 'ACTION_DOES_NOT_MATCH_INTENT' }]);
  });

  app.post('/:id/capture', mockResponse('orders.capture'), async (c) => {
    await jsonBody(c);
    const order = findOrder(sim, c.req.param('id'));
    if (!order) throw notFound('orders.capture');
    captureOrder(sim, order);
    return c.json(wantsRepresentation(c) ? orderBody(sim, order) : minimalCapturedOrder(sim, order), 201);
  });

  return app;
}
