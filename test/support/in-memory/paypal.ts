import type { CaptureResult, PayPal, RefundResult } from '../../../src/paypal/client.ts';
import { type CreatedOrder, captureFrom, orderFrom, refundFrom } from '../../../src/paypal/schema.ts';
import type { PayPalEvent } from '../../../src/paypal-webhook/event.ts';
import { type Money, sumOf } from '../../../src/shared/money.ts';
import {
  type CaptureAtPayPal,
  captureBody,
  type Funding,
  type OrderAtPayPal,
  orderBody,
  refundBody,
} from './paypal-state.ts';
import type { Gate } from './tables.ts';

/** PayPal as far as one shop's purchases go: what is true, and the events that tell of it, each with the truth of its moment. */
export function payPalInMemory(gate: Gate) {
  const orders = new Map<string, OrderAtPayPal>();
  const events: { readonly paymentId: string; readonly event: PayPalEvent }[] = [];
  const answers = new Map<string, unknown>();
  let count = 0;
  const newId = (prefix: string) => `${prefix}${++count}`;

  /** PayPal answers a request id that it has seen as it did the first time. */
  const once = <T>(requestId: string, work: () => T, keep: (answer: T) => boolean = () => true): T => {
    const known = answers.get(requestId) as T | undefined;
    const answer = known ?? work();
    if (keep(answer)) answers.set(requestId, answer);
    return answer;
  };
  const find = (id: string) => {
    const order = orders.get(id);
    return order?.gone ? undefined : order;
  };
  const byCapture = (id: string) => [...orders.values()].find(({ capture }) => capture?.id === id);
  const tell = (order: OrderAtPayPal, event_type: string, resource: object) =>
    events.push({
      paymentId: order.paymentId,
      event: { id: newId('WH-'), event_type, resource: { ...resource } },
    });

  const takeMoney = (order: OrderAtPayPal, { funding, takes }: NonNullable<OrderAtPayPal['approval']>) => {
    const status = funding === 'pending' ? 'PENDING' : funding === 'declined' ? 'DECLINED' : 'COMPLETED';
    order.capture = { id: newId('CAPTURE'), amount: takes, status, refunds: [] };
    order.status = 'COMPLETED';
    tell(order, `PAYMENT.CAPTURE.${status}`, captureBody(order, order.capture));
  };
  const giveBack = (order: OrderAtPayPal, capture: CaptureAtPayPal, amount: Money, event: string, tooLate = false) => {
    const total = sumOf([amount, ...capture.refunds.map((refund) => refund.amount)]);
    const refund = { id: newId('REFUND'), amount, total, tooLate };
    capture.refunds.push(refund);
    capture.status = total.minor === capture.amount.minor ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    tell(order, event, refundBody(capture, refund));
    return refund;
  };

  const client: PayPal = {
    createOrder: (wish, requestId) =>
      gate('paypal.createOrder', () =>
        once(requestId, (): CreatedOrder => {
          const id = newId('ORDER');
          const { payment_id: paymentId, amount } = wish;
          orders.set(id, { id, paymentId, amount, status: 'PAYER_ACTION_REQUIRED', gone: false });
          return { id, status: 'PAYER_ACTION_REQUIRED', approveUrl: `https://paypal.example/checkoutnow?token=${id}` };
        }),
      ),
    getOrder: (id) =>
      gate('paypal.getOrder', () => {
        const order = find(id);
        return order && orderFrom(orderBody(order));
      }),
    captureOrder: (id, requestId) =>
      gate('paypal.captureOrder', () =>
        once(
          requestId,
          (): CaptureResult => {
            const order = find(id);
            if (!order) return { outcome: 'gone' };
            if (order.status === 'COMPLETED') return { outcome: 'refused', issue: 'ORDER_ALREADY_CAPTURED' };
            if (order.status !== 'APPROVED' || !order.approval)
              return { outcome: 'refused', issue: 'ORDER_NOT_APPROVED' };
            const { funding } = order.approval;
            order.refused ||= funding === 'refused' || funding === 'unready';
            if (funding === 'refused') return { outcome: 'refused', issue: 'INSTRUMENT_DECLINED' };
            if (funding === 'unready') return { outcome: 'refused', issue: 'PAYER_ACTION_REQUIRED' };
            takeMoney(order, order.approval);
            return { outcome: 'order', order: orderFrom(orderBody(order)) };
          },
          ({ outcome }) => outcome === 'order',
        ),
      ),
    getCapture: (id) =>
      gate('paypal.getCapture', () => {
        const order = byCapture(id);
        return order?.capture && captureFrom(captureBody(order, order.capture));
      }),
    refundCapture: (id, requestId, amount) =>
      gate('paypal.refundCapture', () =>
        once(
          requestId,
          (): RefundResult => {
            const order = byCapture(id);
            if (!order?.capture) throw new Error(`there is no capture ${id}`);
            const { capture } = order;
            const left = leftOf(capture);
            if (order.disputed) return { outcome: 'refused', issue: 'TRANSACTION_DISPUTED' };
            if (capture.status === 'PENDING') return { outcome: 'refused', issue: 'PENDING_CAPTURE' };
            if (capture.status === 'DECLINED') return { outcome: 'refused', issue: 'REFUND_NOT_ALLOWED' };
            if (left === 0) return { outcome: 'refused', issue: 'CAPTURE_FULLY_REFUNDED' };
            if (amount && amount.currency !== capture.amount.currency)
              return { outcome: 'refused', issue: 'REFUND_CAPTURE_CURRENCY_MISMATCH' };
            if ((amount?.minor ?? left) > left) return { outcome: 'refused', issue: 'REFUND_AMOUNT_EXCEEDED' };
            const wanted = amount ?? { ...capture.amount, minor: left };
            const refund = giveBack(order, capture, wanted, 'PAYMENT.CAPTURE.REFUNDED', requestId.endsWith('-late'));
            return { outcome: 'refunded', refund: refundFrom(refundBody(capture, refund)) };
          },
          ({ outcome }) => outcome === 'refunded',
        ),
      ),
  };

  return {
    client,
    orders,
    /** All that PayPal has to tell, in the order of its happening; none is lost, for the shop's own loss is the test's business. */
    events,

    /** The buyer approves, or approves anew with another way to pay. */
    approve(id: string, funding: Funding = 'instant', takes = orders.get(id)?.amount): void {
      const order = find(id);
      if (!order || !takes || order.status === 'COMPLETED' || order.status === 'VOIDED') return;
      order.status = 'APPROVED';
      order.approval = { funding, takes };
      tell(order, 'CHECKOUT.ORDER.APPROVED', orderBody(order));
    },

    /** PayPal captures an approved order of its own accord: the event of the approval already shows the money. */
    approveAndCapture(id: string): void {
      const order = find(id);
      if (!order || order.status === 'COMPLETED' || order.status === 'VOIDED') return;
      order.approval = { funding: 'instant', takes: order.amount };
      takeMoney(order, order.approval);
      tell(order, 'CHECKOUT.ORDER.APPROVED', orderBody(order));
    },

    /** The bank answers for a pending capture. */
    endPending(id: string, status: 'COMPLETED' | 'DECLINED'): void {
      const order = orders.get(id);
      if (order?.capture?.status !== 'PENDING') return;
      order.capture.status = status;
      const name = status === 'COMPLETED' ? 'COMPLETED' : 'DENIED';
      tell(order, `PAYMENT.CAPTURE.${name}`, captureBody(order, order.capture));
    },

    /** Hours and days later: neither the order nor what was asked about it is known any more; its capture is. */
    forget(id: string): void {
      const order = orders.get(id);
      if (order) order.gone = true;
      answers.clear();
    },

    /** Somebody gives money back on PayPal's own pages: so much, or all that is left. */
    refund(id: string, minor = Number.POSITIVE_INFINITY): void {
      const order = orders.get(id);
      if (!order?.capture || !hasMoney(order.capture)) return;
      const amount = { ...order.capture.amount, minor: Math.min(minor, leftOf(order.capture)) };
      giveBack(order, order.capture, amount, 'PAYMENT.CAPTURE.REFUNDED');
    },

    /** PayPal takes back what is left. */
    reverse(id: string): void {
      const order = orders.get(id);
      if (!order?.capture || !hasMoney(order.capture)) return;
      const amount = { ...order.capture.amount, minor: leftOf(order.capture) };
      giveBack(order, order.capture, amount, 'PAYMENT.CAPTURE.REVERSED');
    },

    /** The buyer disputes the payment, or the dispute ends. */
    dispute(id: string, disputed: boolean): void {
      const order = orders.get(id);
      if (order) order.disputed = disputed;
    },

    /** An approval that was not captured comes to nothing. */
    reverseApproval(id: string): void {
      const order = find(id);
      if (order?.status !== 'APPROVED') return;
      order.status = 'VOIDED';
      tell(order, 'CHECKOUT.PAYMENT-APPROVAL.REVERSED', {
        order_id: id,
        purchase_units: [{ custom_id: order.paymentId }],
      });
    },

    /** PayPal forgets an order that was not captured. */
    expire(id: string): void {
      const order = orders.get(id);
      if (order && order.status !== 'COMPLETED') order.gone = true;
    },
  };
}

const hasMoney = ({ status }: CaptureAtPayPal) => status === 'COMPLETED' || status === 'PARTIALLY_REFUNDED';

const leftOf = ({ amount, refunds }: CaptureAtPayPal): number =>
  refunds.reduce((left, refund) => left - refund.amount.minor, amount.minor);
