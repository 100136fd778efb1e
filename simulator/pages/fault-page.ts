import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { resolveCapture } from '../state/captures.ts';
import { disputeCapture } from '../state/disputes.ts';
import { createEvent } from '../state/events.ts';
import { newId } from '../state/ids.ts';
import { approveOrder } from '../state/orders.ts';
import { refundCapture, reverseCapture } from '../state/refunds.ts';
import type { Order } from '../state/state.ts';
import { availableActions, deliveriesSection, deliveryList, orderList } from './fault-lists.ts';
import { applyFaultForm, faultPanel } from './fault-panel.ts';
import { sendPage, sendPart } from './page.ts';

/** `/`: everything that can go wrong with PayPal, by hand, and what the shop makes of it. */
export function faultPage(sim: Simulation): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/', (c) =>
    sendPage(c, {
      content: html`<h1>What happens at PayPal</h1>${faultPanel(sim, '/')}`,
      aside: html`
        <h2 id="orders">Orders</h2>
        <div class="wide" data-live="/trouble/orders" role="region" aria-labelledby="orders" tabindex="0">${orderList(sim)}</div>
        ${deliveriesSection(sim)}`,
    }),
  );

  app.get('/trouble/deliveries', (c) => sendPart(c, deliveryList(sim, c.req.query('order'))));
  app.get('/trouble/orders', (c) => sendPart(c, orderList(sim)));

  app.post('/trouble', async (c) => {
    const form = await c.req.parseBody();
    await applyFaultForm(sim, form);
    // Back to a page of this simulator, and nowhere else.
    const back = String(form.back);
    return c.redirect(/^\/checkoutnow\?token=\w+$/.test(back) ? back : '/', 303);
  });

  app.post('/trouble/orders/:id', async (c) => {
    const order = sim.state.orders.get(c.req.param('id'));
    const { do: wanted } = await c.req.parseBody();
    const deed = order && availableActions(sim, order).find((one) => one === wanted);
    if (!deed)
      return sendPage(c, {
        content: html`<h1>Too late</h1><p>That cannot happen to it any more. <a href="/">Back</a></p>`,
        status: 409,
      });
    await applyAction(sim, order, deed);
    return c.redirect('/', 303);
  });

  return app;
}

async function applyAction(
  sim: Simulation,
  order: Order,
  deed: ReturnType<typeof availableActions>[number],
): Promise<void> {
  const [capture] = order.captures;
  if (deed === 'forge') return sendForgedEvent(sim, order);
  if (deed === 'late') return approveOrder(sim, order, { funding: 'instant', autoCapture: true });
  if (deed === 'expire') {
    order.expired = true;
    return;
  }
  if (!capture) return;
  if (deed === 'complete' || deed === 'decline')
    resolveCapture(sim, capture, deed === 'complete' ? 'COMPLETED' : 'DECLINED');
  else if (deed === 'refund') refundCapture(sim, capture, {});
  else if (deed === 'reverse') reverseCapture(sim, capture);
  else disputeCapture(sim, capture, deed === 'dispute' ? 'OPEN' : 'RESOLVED');
}

/** Tells the shop of money that nobody paid, signed by somebody who is not PayPal. */
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
