import { html } from 'hono/html';
import { type Money, moneyText } from '../../src/shared/money.ts';
import type { Simulation } from '../delivery/simulation.ts';
import { disputesOf } from '../state/disputes.ts';
import type { PurchaseUnit } from '../state/order-schema.ts';
import { hasExpired } from '../state/orders.ts';
import type { Capture, Order } from '../state/state.ts';
import { availableActions } from './order-actions.ts';
import type { Html } from './page.ts';

/** Per table; the control API returns everything. */
const MAX_ROWS = 25;

/** The latest deliveries of one order or of all, with the shop's responses; updates live. */
export const deliveriesSection = (sim: Simulation, orderId?: string): Html => html`
  <h2 id="deliveries">Webhook deliveries</h2>
  <div class="wide" role="log" aria-labelledby="deliveries" tabindex="0"
    data-live="/faults/deliveries${orderId ? `?order=${orderId}` : ''}">${deliveryList(sim, orderId)}</div>`;

export function deliveryList({ deliverer }: Simulation, orderId: string | undefined): Html {
  const records = deliverer
    .records()
    .filter((record) => !orderId || record.order_id === orderId)
    .slice(-MAX_ROWS)
    .toReversed();
  if (records.length === 0) return html`<p class="soft">No deliveries yet.</p>`;
  return html`
    <table class="rows">
      <thead><tr><th scope="col">Time (UTC)</th><th scope="col">Event</th><th scope="col">Response</th></tr></thead>
      <tbody>${records.map(
        ({ at, event_type, attempt, http_status, answer, dropped }) => html`<tr>
          <td>${at.slice(11, 19)}</td>
          <td>${event_type}${attempt > 1 ? html` <span class="soft">attempt ${attempt}</span>` : ''}</td>
          <td>${dropped ? html`<span class="odd">dropped</span>` : outcomeCell(http_status, answer)}</td>
        </tr>`,
      )}</tbody>
    </table>`;
}

function outcomeCell(status: number | null, answer: unknown): Html {
  if (status === null) return html`<span class="bad">no response</span>`;
  const { status: outcome, title } = Object(answer);
  const kind = status < 300 ? 'good' : status === 503 ? 'odd' : 'bad';
  return html`<span class="${kind}">${status}</span> ${typeof outcome === 'string' ? outcome : (title ?? '')}`;
}

const amountText = ({ amount: { value, currency_code } }: PurchaseUnit): string => `${value} ${currency_code}`;

/** The latest orders, with their available actions. */
export function orderList(sim: Simulation): Html {
  const orders = [...sim.state.orders.values()].slice(-MAX_ROWS).toReversed();
  if (orders.length === 0) return html`<p class="soft">No orders yet. Buy something in the shop.</p>`;
  return html`
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">Order</th><th scope="col">Amount</th><th scope="col">Status</th><th scope="col">Actions</th>
        </tr>
      </thead>
      <tbody>${orders.map(
        (order) => html`<tr>
          <td class="nowrap"><a href="/checkoutnow?token=${order.id}"><code>${order.id}</code></a></td>
          <td class="nowrap">${order.request.purchase_units.map(amountText).join(', ')}</td>
          <td>${hasExpired(order, sim.now()) ? 'EXPIRED' : order.status}
            ${order.captures.map((capture) => captureLine(sim, capture))}</td>
          <td>${(order.captures.length > 0 ? order.captures : [undefined]).map((capture, index) =>
            actionForm(sim, order, capture, index),
          )}</td>
        </tr>`,
      )}</tbody>
    </table>`;
}

function actionForm(sim: Simulation, order: Order, capture: Capture | undefined, index: number): Html {
  return html`
    <form method="post" action="/faults/orders/${order.id}" class="few" aria-label="Capture ${index + 1} of ${order.id}">
      ${capture ? html`<input type="hidden" name="capture" value="${capture.id}">` : ''}
      ${index > 0 ? html`<span class="soft">Capture ${index + 1}:</span>` : ''}
      ${availableActions(sim, order, capture).map(
        ({ name, label }) => html`<button name="do" value="${name}">${label}</button>`,
      )}
    </form>`;
}

function captureLine({ state }: Simulation, { id, status, amount, refunds }: Capture): Html {
  const parts = [
    `capture ${status}, ${text(amount)}`,
    ...refunds.map((refund) => `${refund.reversal ? 'reversal' : 'refund'} ${refund.status}, ${text(refund.amount)}`),
    ...disputesOf(state, id).map((dispute) => `dispute ${dispute.status}`),
  ];
  return html`${parts.map((part) => html`<br>${part}`)}`;
}

function text(amount: Money): string {
  const { value, currency_code } = moneyText(amount);
  return `${value} ${currency_code}`;
}
