import { Hono } from 'hono';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { issueError, notFound } from '../state/errors.ts';
import { minimalCapturedOrder, minimalOrder, orderBody } from '../state/order-body.ts';
import { captureOrder, createOrder, findOrder } from '../state/orders.ts';
import { jsonBody, wantsRepresentation } from './json-body.ts';
import { mockResponse } from './mock-response.ts';
import { parseOrderRequest } from './order-request.ts';

/** `/v2/checkout/orders`: create, get, capture. */
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

  app.post('/:id/capture', mockResponse('orders.capture'), async (c) => {
    await jsonBody(c);
    const order = findOrder(sim, c.req.param('id'));
    if (!order) throw notFound('orders.capture');
    captureOrder(sim, order);
    return c.json(wantsRepresentation(c) ? orderBody(sim, order) : minimalCapturedOrder(sim, order), 201);
  });

  return app;
}
