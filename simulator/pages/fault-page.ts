import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { resolveCapture } from '../state/captures.ts';
import { changeDispute, disputesOf, openDispute } from '../state/disputes.ts';
import { createEvent } from '../state/events.ts';
import { newId } from '../state/ids.ts';
import { approveOrder } from '../state/orders.ts';
import { refundCapture, reverseCapture } from '../state/refunds.ts';
import type { Order } from '../state/state.ts';
import { availableActions, deliveriesSection, deliveryList, orderList } from './fault-lists.ts';
import { applyFaultForm, faultPanel } from './fault-panel.ts';
import { sendFragment, sendPage } from './page.ts';

/** `/` and `/faults`: the fault injection form, all orders, and the shop's responses to deliveries. */
export function faultPage(sim: Simulation): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/', (c) =>
    sendPage(c, {
      content: html`<h1>Control panel</h1>${faultPanel(sim, '/')}`,
      aside: html`
        <h2 id="orders">Orders</h2>
        <div class="wide" data-live="/faults/orders" role="region" aria-labelledby="orders" tabindex="0">
          ${orderList(sim)}
        </div>
        ${deliveriesSection(sim)}`,
    }),
  );

  app.get('/faults/deliveries', (c) => sendFragment(c, deliveryList(sim, c.req.query('order'))));
  app.get('/faults/orders', (c) => sendFragment(c, orderList(sim)));

  app.post('/faults', async (c) => {
    const form = await c.req.parseBody();
    await applyFaultForm(sim, form);
    // No open redirect: only to the simulator's own pages.
    const back = String(form.back);
    return c.redirect(/^\/checkoutnow\?token=\w+$/.test(back) ? back : '/', 303);
  });

  app.post('/faults/orders/:id', async (c) => {
    const order = sim.state.orders.get(c.req.param('id'));
    const { do: requested } = await c.req.parseBody();
    const action = order && availableActions(sim, order).find((name) => name === requested);
    if (!action)
      return sendPage(c, {
        content: html`<h1>Action not available</h1><p>The order’s status has changed. <a href="/">Back</a></p>`,
        status: 409,
      });
    await applyAction(sim, order, action);
    return c.redirect('/', 303);
  });

  return app;
}

async function applyAction(
  sim: Simulation,
  order: Order,
  action: ReturnType<typeof availableActions>[number],
): Promise<void> {
  const [capture] = order.captures;
  if (action === 'forge') return sendForgedEvent(sim, order);
  if (action === 'late') return approveOrder(sim, order, { funding: 'instant', autoCapture: true });
  if (action === 'expire') {
    order.expired = true;
    return;
  }
  if (!capture) return;
  if (action === 'complete' || action === 'decline')
    resolveCapture(sim, capture, action === 'complete' ? 'COMPLETED' : 'DECLINED');
  else if (action === 'refund') refundCapture(sim, capture, {});
  else if (action === 'reverse') reverseCapture(sim, capture);
  else if (action === 'dispute') openDispute(sim, { sellerTransactionIds: [capture.id] });
  else {
    const open = disputesOf(sim.state, capture.id).findLast(({ status }) => status !== 'RESOLVED');
    const outcome = { code: 'RESOLVED_SELLER_FAVOUR' } as const;
    if (open) changeDispute(sim, open, { status: 'RESOLVED', outcome });
  }
}

/** Sends PAYMENT.CAPTURE.COMPLETED for money that was never paid, signed with the untrusted certificate. */
async function sendForgedEvent(sim: Simulation, order: Order): Promise<void> {
  const [unit] = order.request.purchase_units;
  const id = newId();
  const event = createEvent(sim.origin, sim.now(), {
    type: 'PAYMENT.CAPTURE.COMPLETED',
    summary: 'A forged event',
    resource: {
      id,
      status: 'COMPLETED',
      amount: unit?.amount,
      custom_id: unit?.custom_id,
      supplementary_data: { related_ids: { order_id: order.id } },
    },
    orderId: order.id,
    transactionIds: [id],
  });
  const options = { signature: 'wrong-cert', retry: false } as const;
  await Promise.all([...sim.state.webhooks.keys()].map((webhook) => sim.deliverer.sendNow(event, webhook, options)));
}
