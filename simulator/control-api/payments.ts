import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { captureResponse, resolveCapture } from '../state/captures.ts';
import { orderBody } from '../state/order-body.ts';
import { shippingSchema } from '../state/order-schema.ts';
import {
  approveOrder,
  cancelUrlOf,
  captureAgain,
  captureOrder,
  changeBuyer,
  isOpen,
  returnUrlOf,
  reverseApproval,
} from '../state/orders.ts';
import { cancelReversal, refundBody, refundCapture, resolveRefund, reverseCapture } from '../state/refunds.ts';
import { type Order, REFUND_STATUSES } from '../state/state.ts';
import { amountSchema, ControlError, parseControlBody, requireCapture, requireOrder, stateConflict } from './input.ts';

const nameSchema = z.string().check(z.minLength(1), z.maxLength(140));
const buyerSchema = z.strictObject({
  shipping: z.optional(shippingSchema),
  payer: z.optional(
    z.strictObject({
      name: z.exactOptional(z.strictObject({ given_name: nameSchema, surname: nameSchema })),
      email_address: z.exactOptional(z.email()),
      payer_id: z.exactOptional(z.string().check(z.regex(/^[2-9A-HJ-NP-Z]{13}$/))),
      address: z.exactOptional(z.strictObject({ country_code: z.string().check(z.regex(/^([A-Z]{2}|C2)$/)) })),
    }),
  ),
});
const approveSchema = z.extend(buyerSchema, {
  funding: z._default(z.enum(['instant', 'pending', 'declined']), 'instant'),
  auto_capture: z.optional(z.boolean()),
  capture_amount: z.optional(amountSchema),
});
const refundSchema = z.strictObject({
  amount: z.optional(amountSchema),
  // A refund by PayPal itself does not depend on the setting for the shop's refunds.
  status: z._default(z.enum(REFUND_STATUSES), 'COMPLETED'),
});
const reversalSchema = z.strictObject({ amount: z.optional(amountSchema) });
const againSchema = z.strictObject({ amount: z.optional(amountSchema) });
const cancelReversalSchema = z.strictObject({ event: z._default(z.boolean(), true) });
const captureSchema = z.strictObject({ refunds: z.enum(REFUND_STATUSES) });
const emptySchema = z.strictObject({});

/** `/_sim/orders` and `/_sim/captures`: actions of buyers, banks and PayPal. */
export function paymentControl(sim: Simulation): Hono<Env> {
  const app = new Hono<Env>().basePath('/_sim');

  app.post('/orders/:id/approve', async (c) => {
    const { funding, auto_capture, capture_amount, ...buyer } = await parseControlBody(c, approveSchema);
    const order = requireOrder(sim, c.req.param('id'));
    if (!isOpen(order)) throw stateConflict('the order cannot be approved', order.status);
    applyBuyer(order, buyer);
    approveOrder(sim, order, { funding, autoCapture: auto_capture, captureAmount: capture_amount });
    return c.json({ redirect_url: returnUrlOf(order) ?? null });
  });

  app.put('/orders/:id', async (c) => {
    const buyer = await parseControlBody(c, buyerSchema);
    const order = requireOrder(sim, c.req.param('id'));
    applyBuyer(order, buyer);
    return c.json(orderBody(sim, order));
  });

  function applyBuyer(order: Order, { shipping = order.buyer.shipping, payer }: z.infer<typeof buyerSchema>): void {
    changeBuyer(sim, order, { shipping, payer: { ...order.buyer.payer, ...payer } });
  }

  app.post('/orders/:id/cancel', async (c) => {
    await parseControlBody(c, emptySchema);
    return c.json({ redirect_url: cancelUrlOf(requireOrder(sim, c.req.param('id'))) ?? null });
  });

  app.post('/orders/:id/expire', async (c) => {
    await parseControlBody(c, emptySchema);
    const order = requireOrder(sim, c.req.param('id'));
    if (order.status === 'COMPLETED') throw stateConflict('a captured order cannot expire', order.status);
    order.expired = true;
    return c.json({});
  });

  app.post('/orders/:id/reverse-approval', async (c) => {
    await parseControlBody(c, emptySchema);
    const order = requireOrder(sim, c.req.param('id'));
    if (order.status !== 'APPROVED') throw stateConflict('the order is not approved', order.status);
    reverseApproval(sim, order);
    return c.json(orderBody(sim, order));
  });

  app.post('/orders/:id/capture', async (c) => {
    await parseControlBody(c, emptySchema);
    const order = requireOrder(sim, c.req.param('id'));
    captureOrder(sim, order);
    return c.json(orderBody(sim, order));
  });

  app.post('/orders/:id/capture-again', async (c) => {
    const { amount } = await parseControlBody(c, againSchema);
    const order = requireOrder(sim, c.req.param('id'));
    const capture = captureAgain(sim, order, amount);
    if (!capture) throw stateConflict('the order is not captured', order.status);
    return c.json(captureResponse(sim, capture));
  });

  for (const [action, status] of [
    ['complete', 'COMPLETED'],
    ['decline', 'DECLINED'],
  ] as const) {
    app.post(`/captures/:id/${action}`, async (c) => {
      await parseControlBody(c, emptySchema);
      const capture = requireCapture(sim, c.req.param('id'));
      if (!resolveCapture(sim, capture, status)) throw stateConflict('the capture is not pending', capture.status);
      return c.json(captureResponse(sim, capture));
    });
  }

  app.post('/captures/:id/refund', async (c) => {
    const options = await parseControlBody(c, refundSchema);
    const capture = requireCapture(sim, c.req.param('id'));
    return c.json(refundBody(sim, refundCapture(sim, capture, options)));
  });

  app.put('/captures/:id', async (c) => {
    const { refunds } = await parseControlBody(c, captureSchema);
    const capture = requireCapture(sim, c.req.param('id'));
    capture.refundStatus = refunds;
    return c.json(captureResponse(sim, capture));
  });

  app.put('/refunds', async (c) => {
    const { refunds } = await parseControlBody(c, captureSchema);
    sim.state.refundStatus = refunds;
    return c.json({ refunds });
  });

  for (const [action, status] of [
    ['complete', 'COMPLETED'],
    ['fail', 'FAILED'],
    ['cancel', 'CANCELLED'],
  ] as const) {
    app.post(`/refunds/:id/${action}`, async (c) => {
      await parseControlBody(c, emptySchema);
      const refund = sim.state.refunds.get(c.req.param('id'));
      if (!refund) throw new ControlError(404, `refund ${c.req.param('id')} not found`);
      if (!resolveRefund(sim, refund, status)) throw stateConflict('the refund is not pending', refund.status);
      return c.json(refundBody(sim, refund));
    });
  }

  app.post('/captures/:id/reverse', async (c) => {
    const { amount } = await parseControlBody(c, reversalSchema);
    const capture = requireCapture(sim, c.req.param('id'));
    if (!reverseCapture(sim, capture, amount)) throw stateConflict('not so much is left to reverse', capture.status);
    return c.json(captureResponse(sim, capture));
  });

  app.post('/captures/:id/cancel-reversal', async (c) => {
    const { event } = await parseControlBody(c, cancelReversalSchema);
    const capture = requireCapture(sim, c.req.param('id'));
    if (!cancelReversal(sim, capture, event)) throw stateConflict('nothing was reversed', capture.status);
    return c.json(captureResponse(sim, capture));
  });

  return app;
}
