import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { experienceOf } from '../state/order-body.ts';
import { approveOrder, cancelUrlOf, findOrder, isOpen, returnUrlOf } from '../state/orders.ts';
import type { Funding, Order } from '../state/state.ts';
import { deliveriesSection } from './fault-lists.ts';
import { faultPanel } from './fault-panel.ts';
import { type Html, type Page, sendPage } from './page.ts';

/** What the buttons of the page mean. */
const FUNDING_BY_CHOICE: ReadonlyMap<string, Funding> = new Map([
  ['pay', 'instant'],
  ['echeck', 'pending'],
  ['declined', 'declined'],
]);

/** `/checkoutnow`: the page on which the buyer pays or does not. It works without scripts, so wherever a form does. */
export function checkoutPage(sim: Simulation): Hono<Env> {
  const app = new Hono<Env>().basePath('/checkoutnow');

  app.get('/', (c) => {
    const order = findOrder(sim, c.req.query('token') ?? '');
    if (!order) return orderNotFound(c);
    return answer(
      c,
      order,
      isOpen(order) ? { content: openOrder(order), aside: faultSidebar(sim, order) } : closed(order),
    );
  });

  app.post('/', async (c) => {
    const order = findOrder(sim, c.req.query('token') ?? '');
    if (!order) return orderNotFound(c);
    const { choice } = await c.req.parseBody();
    const funding = FUNDING_BY_CHOICE.get(String(choice));
    if (!funding && choice !== 'cancel')
      return answer(c, order, { content: message('This page has no such button.'), status: 400 });
    if (funding && !isOpen(order)) return answer(c, order, { ...closed(order), status: 409 });
    if (funding) approveOrder(sim, order, { funding });
    const url = funding ? returnUrlOf(order) : cancelUrlOf(order);
    return url
      ? c.redirect(url, 303)
      : answer(c, order, { content: message('The shop gave no address to go back to.') });
  });

  return app;
}

function openOrder(order: Order): Html {
  const units = order.request.purchase_units;
  const items = units.flatMap((unit) => unit.items ?? []);
  const again = order.status === 'APPROVED' ? html`<p>You have agreed to pay already. You may choose anew.</p>` : '';
  return html`
    <h1>Pay ${experienceOf(order)?.brand_name ?? 'the shop'}</h1>
    ${again}
    <table>
      <caption>What you pay for</caption>
      <thead><tr><th scope="col">Item</th><th scope="col">Quantity</th><th scope="col" class="number">Price</th></tr></thead>
      <tbody>
        ${items.map(({ name, quantity, unit_amount: price }) => html`<tr><td>${name}</td><td>${quantity}</td><td class="number">${price.value} ${price.currency_code}</td></tr>`)}
      </tbody>
      <tfoot class="sum">
        ${units.map(({ amount }) => html`<tr><th scope="row" colspan="2">Amount</th><td class="number">${amount.value} ${amount.currency_code}</td></tr>`)}
      </tfoot>
    </table>
    <form method="post" class="choices">
      <button class="first" name="choice" value="pay">Pay now</button>
      <button name="choice" value="echeck">Pay by e-check (takes days)</button>
      <button name="choice" value="declined">Have the card declined</button>
      <button name="choice" value="cancel">Cancel and return to shop</button>
    </form>
    <p class="soft">You may also just close this window: then the shop hears nothing, and the order ends by itself after three hours.</p>`;
}

const faultSidebar = (sim: Simulation, order: Order): Html => html`
  ${faultPanel(sim, `/checkoutnow?token=${order.id}`)}
  ${deliveriesSection(sim, order.id)}
  <p><a href="/">All orders and deliveries</a>: open it in a window of its own before you pay.</p>`;

function closed(order: Order): Page {
  const url = returnUrlOf(order);
  const done = order.status === 'COMPLETED' ? 'This order is paid.' : 'This order was called off.';
  return {
    content: html`${message(done)}${url ? html`<p><a href="${url}">Return to the shop</a></p>` : ''}`,
  };
}

const message = (text: string): Html => html`<h1>Your order</h1><p>${text}</p>`;

const orderNotFound = (c: Context<Env>) =>
  sendPage(c, {
    content: message('There is no such order. It may have expired; please go back to the shop and begin again.'),
    status: 404,
  });

const answer = (c: Context<Env>, order: Order, page: Page) =>
  sendPage(c, {
    ...page,
    formTargets: [returnUrlOf(order), cancelUrlOf(order)].flatMap((url) => (url ? [new URL(url).origin] : [])),
  });
