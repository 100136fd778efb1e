import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { experienceOf } from '../state/order-body.ts';
import { approveOrder, cancelUrlOf, findOrder, isOpen, returnUrlOf } from '../state/orders.ts';
import type { Funding, Order } from '../state/state.ts';
import { deliveriesSection } from './fault-lists.ts';
import { faultPanel } from './fault-panel.ts';
import { type Html, type Page, sendPage } from './page.ts';

const FUNDING_BY_CHOICE: ReadonlyMap<string, Funding> = new Map([
  ['pay', 'instant'],
  ['echeck', 'pending'],
  ['declined', 'declined'],
]);

/** `/checkoutnow`: the buyer's page. It works without scripts. */
export function checkoutPage(sim: Simulation): Hono<Env> {
  const app = new Hono<Env>().basePath('/checkoutnow');

  app.get('/', (c) => {
    const order = findOrder(sim, c.req.query('token') ?? '');
    if (!order) return orderNotFound(c);
    return respond(
      c,
      order,
      isOpen(order) ? { content: openOrder(order), aside: faultSidebar(sim, order) } : closedOrder(order),
    );
  });

  app.post('/', async (c) => {
    const order = findOrder(sim, c.req.query('token') ?? '');
    if (!order) return orderNotFound(c);
    const { choice } = await c.req.parseBody();
    const funding = FUNDING_BY_CHOICE.get(String(choice));
    if (!funding && choice !== 'cancel') return respond(c, order, { content: message('Unknown action.'), status: 400 });
    if (funding && !isOpen(order)) return respond(c, order, { ...closedOrder(order), status: 409 });
    if (funding) approveOrder(sim, order, { funding });
    const url = funding ? returnUrlOf(order) : cancelUrlOf(order);
    return url ? c.redirect(url, 303) : respond(c, order, { content: message('The shop has not set a return URL.') });
  });

  return app;
}

function openOrder(order: Order): Html {
  const units = order.request.purchase_units;
  const items = units.flatMap((unit) => unit.items ?? []);
  const notice =
    order.status === 'APPROVED' ? html`<p>You’ve already approved this payment. You can choose again.</p>` : '';
  return html`
    <h1>Pay ${experienceOf(order)?.brand_name ?? 'the shop'}</h1>
    ${notice}
    <table>
      <caption>Order summary</caption>
      <thead>
        <tr><th scope="col">Item</th><th scope="col">Quantity</th><th scope="col" class="number">Price</th></tr>
      </thead>
      <tbody>
        ${items.map(
          ({ name, quantity, unit_amount: price }) => html`
            <tr><td>${name}</td><td>${quantity}</td><td class="number">${price.value} ${price.currency_code}</td></tr>`,
        )}
      </tbody>
      <tfoot class="sum">
        ${units.map(
          ({ amount: { value, currency_code } }) => html`
            <tr><th scope="row" colspan="2">Total</th><td class="number">${value} ${currency_code}</td></tr>`,
        )}
      </tfoot>
    </table>
    <form method="post" class="choices">
      <button class="first" name="choice" value="pay">Pay now</button>
      <button name="choice" value="echeck">Pay by e-check (takes days)</button>
      <button name="choice" value="declined">Pay with a declined card</button>
      <button name="choice" value="cancel">Cancel and return to shop</button>
    </form>
    <p class="soft">
      You can also close this window: the shop gets no notification, and the order expires after three hours.
    </p>`;
}

const faultSidebar = (sim: Simulation, order: Order): Html => html`
  ${faultPanel(sim, `/checkoutnow?token=${order.id}`)}
  ${deliveriesSection(sim, order.id)}
  <p><a href="/">All orders and deliveries</a> (open in a new window before you pay)</p>`;

function closedOrder(order: Order): Page {
  const url = returnUrlOf(order);
  const text = order.status === 'COMPLETED' ? 'This order is paid.' : 'This order was cancelled.';
  return {
    content: html`${message(text)}${url ? html`<p><a href="${url}">Return to the shop</a></p>` : ''}`,
  };
}

const message = (text: string): Html => html`<h1>Your order</h1><p>${text}</p>`;

const orderNotFound = (c: Context<Env>) =>
  sendPage(c, {
    content: message('Order not found. It may have expired: go back to the shop and check out again.'),
    status: 404,
  });

const respond = (c: Context<Env>, order: Order, page: Page) =>
  sendPage(c, {
    ...page,
    formTargets: [returnUrlOf(order), cancelUrlOf(order)].flatMap((url) => (url ? [new URL(url).origin] : [])),
  });
