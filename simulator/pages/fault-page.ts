import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { deliveriesSection, deliveryList, orderList } from './fault-lists.ts';
import { applyFaultForm, faultPanel } from './fault-panel.ts';
import { availableActions } from './order-actions.ts';
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
    const { do: requested, capture: captureId } = await c.req.parseBody();
    const capture = order?.captures.find(({ id }) => id === captureId) ?? order?.captures[0];
    const action = order && availableActions(sim, order, capture).find(({ name }) => name === requested);
    if (!action)
      return sendPage(c, {
        content: html`<h1>Action not available</h1><p>The order’s status has changed. <a href="/">Back</a></p>`,
        status: 409,
      });
    await action.run();
    return c.redirect('/', 303);
  });

  return app;
}
