import { html } from 'hono/html';
import { moneyText } from '../../src/shared/money.ts';
import type { Simulation } from '../delivery/simulation.ts';
import { hasExpired, isOpen } from '../state/orders.ts';
import type { Capture, Order } from '../state/state.ts';
import type { Html } from './page.ts';

/** Nobody reads more of them; the control API has them all. */
const MAX_ROWS = 25;

/** The latest deliveries and what the shop answered, of one order or of all; the list keeps itself up to date. */
export const deliveriesSection = (sim: Simulation, orderId?: string): Html => html`
  <h2 id="deliveries">Deliveries, and the shop's answers</h2>
  <div class="wide" role="log" aria-labelledby="deliveries" tabindex="0" data-live="/trouble/deliveries${orderId ? `?order=${orderId}` : ''}">${deliveryList(sim, orderId)}</div>`;

/** The list alone. */
export function deliveryList({ deliverer }: Simulation, orderId: string | undefined): Html {
  const records = deliverer
    .records()
    .filter((record) => !orderId || record.order_id === orderId)
    .slice(-MAX_ROWS)
    .toReversed();
  if (records.length === 0) return html`<p class="soft">None yet.</p>`;
  return html`
    <table class="rows">
      <thead><tr><th scope="col">Time</th><th scope="col">Event</th><th scope="col">Answer</th></tr></thead>
      <tbody>${records.map(
        ({ at, event_type, attempt, http_status, answer, dropped }) => html`<tr>
          <td>${at.slice(11, 19)}</td>
          <td>${event_type}${attempt > 1 ? html` <span class="soft">try ${attempt}</span>` : ''}</td>
          <td>${dropped ? html`<span class="odd">lost on purpose</span>` : outcomeCell(http_status, answer)}</td>
        </tr>`,
      )}</tbody>
    </table>`;
}

function outcomeCell(status: number | null, answer: unknown): Html {
  if (status === null) return html`<span class="bad">no answer</span>`;
  const { status: said, title } = Object(answer);
  const kind = status < 300 ? 'good' : status === 503 ? 'odd' : 'bad';
  return html`<span class="${kind}">${status}</span> ${typeof said === 'string' ? said : (title ?? '')}`;
}

/** What can be done to an order from outside the shop, by the button's value. */
type OrderAction = 'forge' | 'late' | 'expire' | 'complete' | 'decline' | 'refund' | 'reverse' | 'dispute' | 'resolve';

const ACTION_LABELS: Readonly<Record<OrderAction, string>> = {
  forge: 'Forge a payment',
  late: 'Take the money anyway',
  expire: 'Let it expire',
  complete: 'The bank pays',
  decline: 'The bank refuses',
  refund: 'Refund at PayPal',
  reverse: 'PayPal takes it back',
  dispute: 'The buyer complains',
  resolve: 'The complaint is settled',
};

/** The latest orders, with what can be done to each. */
export function orderList(sim: Simulation): Html {
  const orders = [...sim.state.orders.values()].slice(-MAX_ROWS).toReversed();
  if (orders.length === 0) return html`<p class="soft">None yet. Buy something in the shop.</p>`;
  return html`
    <table class="rows">
      <thead><tr><th scope="col">Order</th><th scope="col">Amount</th><th scope="col">Status</th><th scope="col">What can happen to it</th></tr></thead>
      <tbody>${orders.map(
        (order) => html`<tr>
          <td><a href="/checkoutnow?token=${order.id}"><code>${order.id}</code></a></td>
          <td>${order.request.purchase_units.map(({ amount }) => `${amount.value} ${amount.currency_code}`).join(', ')}</td>
          <td>${hasExpired(order, sim.now()) ? 'EXPIRED' : order.status}${order.captures.map(captureLine)}</td>
          <td><form method="post" action="/trouble/orders/${order.id}" class="few">
            ${availableActions(sim, order).map((deed) => html`<button name="do" value="${deed}">${ACTION_LABELS[deed]}</button>`)}
          </form></td>
        </tr>`,
      )}</tbody>
    </table>`;
}

function captureLine({ status, amount, dispute }: Capture): Html {
  const { value, currency_code } = moneyText(amount);
  return html`<br>capture ${status}, ${value} ${currency_code}${dispute ? `, dispute ${dispute.status}` : ''}`;
}

/** What can happen to an order as it is now. */
export function availableActions(sim: Simulation, order: Order): OrderAction[] {
  const [capture] = order.captures;
  if (!capture) return isOpen(order) && !hasExpired(order, sim.now()) ? ['forge', 'late', 'expire'] : ['forge'];
  const complain = capture.dispute?.status === 'OPEN' ? 'resolve' : 'dispute';
  switch (capture.status) {
    case 'PENDING':
      return ['complete', 'decline'];
    case 'COMPLETED':
    case 'PARTIALLY_REFUNDED':
      return ['refund', 'reverse', complain];
    default:
      return ['forge'];
  }
}
