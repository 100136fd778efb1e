import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { captureResponse } from '../state/captures.ts';
import { disputeBody, disputesOf } from '../state/disputes.ts';
import { operationOf, statusOf } from '../state/errors.ts';
import type { Fault } from '../state/faults.ts';
import { orderBody } from '../state/order-body.ts';
import { hasExpired } from '../state/orders.ts';
import { refundBody } from '../state/refunds.ts';
import { type Capture, clearState } from '../state/state.ts';
import type { Tokens } from '../state/tokens.ts';
import { parseControlBody } from './input.ts';

/** More requests than there are until `for_ms` is over. */
const UNLIMITED = 1_000_000;

const faultSchema = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path: z.string().check(z.startsWith('/')),
    times: z.optional(z.int().check(z.minimum(1))),
    for_ms: z.exactOptional(z.int().check(z.minimum(1))),
    status: z.optional(z.int().check(z.minimum(400), z.maximum(599))),
    retry_after: z.optional(z.int().check(z.minimum(0))),
    issue: z.optional(z.string()),
    timeout: z.optional(z.boolean()),
    reset: z.optional(z.boolean()),
    malformed: z.optional(z.boolean()),
    latency_ms: z.optional(z.int().check(z.minimum(0), z.maximum(600_000))),
    after: z.optional(z.boolean()),
  })
  .check(
    z.refine((fault) => hasEffect(fault), {
      path: ['status'],
      error: 'a fault requires status, issue, timeout, reset, malformed or latency_ms',
    }),
    z.refine((fault) => isListed(fault), {
      path: ['issue'],
      error: 'PayPal does not list this issue, or not with this status, for the operation',
    }),
  );
const faultsSchema = z.strictObject({
  faults: z.array(
    z.pipe(
      faultSchema,
      z.transform(({ times, ...fault }): Fault => ({ ...fault, times: times ?? (fault.for_ms ? UNLIMITED : 1) })),
    ),
  ),
});
const emptySchema = z.strictObject({});

/** `/_sim/faults`, `/_sim/tokens/revoke`, `/_sim/state`, `/_sim/reset`. */
export function stateControl(sim: Simulation, tokens: Tokens): Hono<Env> {
  const { state, faults, deliverer } = sim;
  const app = new Hono<Env>().basePath('/_sim');

  app.put('/faults', async (c) => {
    faults.replace((await parseControlBody(c, faultsSchema)).faults);
    return c.json({ faults: faults.list() });
  });

  app.post('/tokens/revoke', async (c) => {
    await parseControlBody(c, emptySchema);
    tokens.revoke();
    return c.json({});
  });

  app.get('/state', (c) => c.json(describeState(sim)));

  app.post('/reset', async (c) => {
    await parseControlBody(c, emptySchema);
    deliverer.reset();
    faults.replace([]);
    clearState(state);
    return c.json({});
  });

  return app;
}

type RequestedFault = Omit<Fault, 'times'>;

const hasEffect = ({ status, issue, timeout, reset, malformed, latency_ms }: RequestedFault): boolean =>
  [status, issue, timeout, reset, malformed, latency_ms].some(Boolean);

function isListed({ method, path, status, issue }: RequestedFault): boolean {
  if (!issue) return true;
  const operation = operationOf(method, path);
  const listed = operation && statusOf(operation, issue);
  return listed !== undefined && (status ?? listed) === listed;
}

/** The whole state in PayPal's own formats, plus fields that PayPal does not expose. */
function describeState(sim: Simulation) {
  const { orders, captures, refunds, disputes, webhooks, events } = sim.state;
  const now = sim.now();
  return {
    orders: mapValues(orders, (order) => ({
      ...orderBody(sim, order),
      funding: order.approval?.funding ?? null,
      expired: hasExpired(order, now),
    })),
    captures: mapValues(captures, (capture) => ({
      ...captureResponse(sim, capture),
      order_id: capture.order.id,
      dispute: latestDispute(sim, capture),
    })),
    refunds: mapValues(refunds, (refund) => ({ ...refundBody(sim, refund), capture_id: refund.capture.id })),
    disputes: mapValues(disputes, (dispute) => disputeBody(sim, dispute)),
    webhooks: mapValues(webhooks, ({ id, url, eventTypes }) => ({ id, url, event_types: eventTypes })),
    events: mapValues(events, ({ body }) => JSON.parse(body.toString())),
    delivery: {
      ...sim.deliverer.settings(),
      held: sim.deliverer.heldCount(),
      pending: sim.deliverer.pendingCount(),
    },
    faults: sim.faults.list(),
    refund_status: sim.state.refundStatus,
    reporting: sim.state.reporting,
    event_list: sim.state.eventList,
    shapes: sim.state.shapes,
  };
}

function latestDispute({ state }: Simulation, capture: Capture) {
  const dispute = disputesOf(state, capture.id).at(-1);
  return dispute ? { dispute_id: dispute.id, status: dispute.status } : null;
}

const mapValues = <Item>(items: ReadonlyMap<string, Item>, show: (item: Item) => object): Record<string, object> =>
  Object.fromEntries([...items].map(([id, item]) => [id, show(item)]));
