import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Env } from './faults.ts';
import { experienceOf } from './order-body.ts';
import { approveOrder, cancelUrlOf, findOrder, isOpen, returnUrlOf } from './orders.ts';
import type { Simulation } from './simulation.ts';
import type { Funding, Order } from './state.ts';
import { changeTrouble, troublePanel } from './trouble-panel.ts';

type Html = ReturnType<typeof html>;

const STYLE = `
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .4rem .5rem .4rem 0; border-bottom: 1px solid #767676; }
  th:last-child, td:last-child { text-align: right; padding-right: 0; }
  tfoot { font-weight: bold; }
  button { font: inherit; display: block; width: 100%; margin: .6rem 0; padding: .7rem; border: 2px solid #00457c; border-radius: .4rem; background: #fff; color: #00457c; cursor: pointer; }
  button.first { background: #00457c; color: #fff; }
  :focus-visible { outline: 3px solid #b35900; outline-offset: 2px; }
`;

/** What the buttons of the page mean. */
const FUNDING_BY_CHOICE: ReadonlyMap<string, Funding> = new Map([
  ['pay', 'instant'],
  ['echeck', 'pending'],
  ['declined', 'declined'],
]);

/** `/checkoutnow`: the page on which the buyer pays or does not. Without scripts, so that it works wherever a form does. */
export function checkoutPage(sim: Simulation): Hono<Env> {
  const app = new Hono<Env>().basePath('/checkoutnow');

  app.get('/', (c) => {
    const order = findOrder(sim, c.req.query('token') ?? '');
    if (!order) return unknown(c);
    return answer(c, order, 200, isOpen(order) ? openOrder(sim, order) : closedOrder(order));
  });

  app.post('/', async (c) => {
    const order = findOrder(sim, c.req.query('token') ?? '');
    if (!order) return unknown(c);
    const { choice } = await c.req.parseBody();
    const funding = FUNDING_BY_CHOICE.get(String(choice));
    if (!funding && choice !== 'cancel') return answer(c, order, 400, message('This page has no such button.'));
    if (funding && !isOpen(order)) return answer(c, order, 409, closedOrder(order));
    if (funding) approveOrder(sim, order, { funding });
    const url = funding ? returnUrlOf(order) : cancelUrlOf(order);
    return url ? c.redirect(url, 303) : answer(c, order, 200, message('The shop gave no address to go back to.'));
  });

  app.post('/trouble', async (c) => {
    const order = findOrder(sim, c.req.query('token') ?? '');
    if (!order) return unknown(c);
    await changeTrouble(sim.deliverer, await c.req.parseBody());
    return c.redirect(`/checkoutnow?token=${order.id}`, 303);
  });

  return app;
}

function openOrder(sim: Simulation, order: Order): Html {
  const units = order.request.purchase_units;
  const items = units.flatMap((unit) => unit.items ?? []);
  const again = order.status === 'APPROVED' ? html`<p>You have agreed to pay already. You may choose anew.</p>` : '';
  return html`
    <h1>Pay ${shopOf(order)}</h1>
    ${again}
    <table>
      <caption>What you pay for</caption>
      <thead><tr><th scope="col">Item</th><th scope="col">Quantity</th><th scope="col">Price</th></tr></thead>
      <tbody>
        ${items.map(({ name, quantity, unit_amount: price }) => html`<tr><td>${name}</td><td>${quantity}</td><td>${price.value} ${price.currency_code}</td></tr>`)}
      </tbody>
      <tfoot>
        ${units.map(({ amount }) => html`<tr><th scope="row" colspan="2">Amount</th><td>${amount.value} ${amount.currency_code}</td></tr>`)}
      </tfoot>
    </table>
    <form method="post">
      <button class="first" name="choice" value="pay">Pay now</button>
      <button name="choice" value="echeck">Pay by e-check (takes days)</button>
      <button name="choice" value="declined">Have the card declined</button>
      <button name="choice" value="cancel">Cancel and return to shop</button>
    </form>
    <p>You may also just close this window: then the shop hears nothing, and the order ends by itself after three hours.</p>
    ${troublePanel(sim.deliverer, order.id)}`;
}

function closedOrder(order: Order): Html {
  const url = returnUrlOf(order);
  const done = order.status === 'COMPLETED' ? 'This order is paid.' : 'This order was called off.';
  return html`<h1>PayPal simulator</h1><p>${done}</p>${url ? html`<p><a href="${url}">Return to the shop</a></p>` : ''}`;
}

const message = (text: string): Html => html`<h1>PayPal simulator</h1><p>${text}</p>`;

const shopOf = (order: Order): string => experienceOf(order)?.brand_name ?? 'the shop';

const unknown = (c: Context<Env>) =>
  answer(
    c,
    undefined,
    404,
    message('There is no such order. It may have expired; please go back to the shop and begin again.'),
  );

function answer(c: Context<Env>, order: Order | undefined, status: 200 | 400 | 404 | 409, content: Html) {
  const nonce = randomBytes(16).toString('base64');
  // Chrome applies form-action to the redirect that answers the form, too, so the shop must be in it.
  const shop = order
    ? [returnUrlOf(order), cancelUrlOf(order)].flatMap((url) => (url ? [new URL(url).origin] : []))
    : [];
  c.header(
    'content-security-policy',
    [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      `form-action 'self' ${shop.join(' ')}`.trim(),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  );
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'no-referrer');
  c.header('cache-control', 'no-store');
  return c.html(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>PayPal simulator</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body><main>${content}</main></body>
</html>`,
    status,
  );
}
