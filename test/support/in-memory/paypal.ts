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

/** PayPal's orders, and its events, each with a snapshot of its resource. */
export function payPalInMemory(gate: Gate, start: Date) {
  const orders = new Map<string, OrderAtPayPal>();
  const events: { readonly paymentId: string; readonly event: PayPalEvent }[] = [];
  const responses = new Map<string, unknown>();
  let count = 0;
  /** Milliseconds: time passes with each rejected capture, and with each approval after one. */
  let elapsed = 0;
  const now = () => new Date(start.getTime() + elapsed);
  const newId = (prefix: string) => `${prefix}${++count}`;

  /** Returns the stored response to a known request id. */
  const once = <T>(requestId: string, process: () => T, isStored: (response: T) => boolean = () => true): T => {
    const known = responses.get(requestId) as T | undefined;
    const response = known ?? process();
    if (isStored(response)) responses.set(requestId, response);
    return response;
  };
  const find = (id: string) => {
    const order = orders.get(id);
    return order?.gone ? undefined : order;
  };
  const byCapture = (id: string) => [...orders.values()].find(({ capture }) => capture?.id === id);
  const announce = (order: OrderAtPayPal, event_type: string, resource: object) =>
    events.push({
      paymentId: order.paymentId,
      event: { id: newId('WH-'), event_type, create_time: now().toISOString(), resource: { ...resource } },
    });

  const capture = (order: OrderAtPayPal, { funding, takes }: NonNullable<OrderAtPayPal['approval']>) => {
    const status = funding === 'pending' ? 'PENDING' : funding === 'declined' ? 'DECLINED' : 'COMPLETED';
    order.capture = { id: newId('CAPTURE'), amount: takes, status, refunds: [] };
    order.status = 'COMPLETED';
    announce(order, `PAYMENT.CAPTURE.${status}`, captureBody(order, order.capture));
  };
  const addRefund = (order: OrderAtPayPal, capture: CaptureAtPayPal, amount: Money, event: string, tooLate = false) => {
    const total = sumOf([amount, ...capture.refunds.map((refund) => refund.amount)]);
    const refund = { id: newId('REFUND'), amount, total, tooLate };
    capture.refunds.push(refund);
    capture.status = total.minor === capture.amount.minor ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    announce(order, event, refundBody(capture, refund));
    return refund;
  };

  const refuse = (issue: string): CaptureResult => {
    elapsed += 1;
    return { outcome: 'rejected', issue };
  };

  const client: PayPal = {
    createOrder: (request, requestId) =>
      gate('paypal.createOrder', () =>
        once(requestId, (): CreatedOrder => {
          const id = newId('ORDER');
          const { payment_id: paymentId, amount } = request;
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
            if (order.status === 'COMPLETED') return { outcome: 'rejected', issue: 'ORDER_ALREADY_CAPTURED' };
            if (order.status !== 'APPROVED' || !order.approval) return refuse('ORDER_NOT_APPROVED');
            const { funding } = order.approval;
            order.refused ||= funding === 'refused' || funding === 'unready' || funding === 'restricted';
            if (funding === 'refused') return refuse('INSTRUMENT_DECLINED');
            if (funding === 'restricted') return refuse('PAYEE_ACCOUNT_RESTRICTED');
            if (funding === 'unready') return refuse('PAYER_ACTION_REQUIRED');
            capture(order, order.approval);
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
    getRefund: (id) =>
      gate('paypal.getRefund', () => {
        const captures = [...orders.values()].flatMap(({ capture }) => capture ?? []);
        const capture = captures.find(({ refunds }) => refunds.some((refund) => refund.id === id));
        const refund = capture?.refunds.find((one) => one.id === id);
        return capture && refund && refundFrom(refundBody(capture, refund));
      }),
    refundCapture: (id, requestId, amount) =>
      gate('paypal.refundCapture', () =>
        once(
          requestId,
          (): RefundResult => {
            const order = byCapture(id);
            if (!order?.capture) throw new Error(`unknown capture ${id}`);
            const { capture } = order;
            const refundable = refundableMinor(capture);
            if (order.disputed) return { outcome: 'rejected', issue: 'TRANSACTION_DISPUTED' };
            if (capture.status === 'PENDING') return { outcome: 'rejected', issue: 'PENDING_CAPTURE' };
            if (capture.status === 'DECLINED') return { outcome: 'rejected', issue: 'REFUND_NOT_ALLOWED' };
            if (refundable === 0) return { outcome: 'rejected', issue: 'CAPTURE_FULLY_REFUNDED' };
            if (amount && amount.currency !== capture.amount.currency)
              return { outcome: 'rejected', issue: 'REFUND_CAPTURE_CURRENCY_MISMATCH' };
            if ((amount?.minor ?? refundable) > refundable)
              return { outcome: 'rejected', issue: 'REFUND_AMOUNT_EXCEEDED' };
            const refunded = amount ?? { ...capture.amount, minor: refundable };
            const refund = addRefund(order, capture, refunded, 'PAYMENT.CAPTURE.REFUNDED', requestId.endsWith('-late'));
            return { outcome: 'refunded', refund: refundFrom(refundBody(capture, refund)) };
          },
          ({ outcome }) => outcome === 'refunded',
        ),
      ),
  };

  return {
    client,
    /** PayPal's time, and the shop's. */
    now,
    orders,
    /** All events, oldest first. Tests decide which of them are delivered. */
    events,

    /** Time passes. */
    advance(ms: number): void {
      elapsed += ms;
    },

    /** Approves, or approves again with another funding. */
    approve(id: string, funding: Funding = 'instant', takes = orders.get(id)?.amount): void {
      const order = find(id);
      if (!order || !takes || order.status === 'COMPLETED' || order.status === 'VOIDED') return;
      elapsed += Number(elapsed > 0);
      order.updatedAt = now().toISOString();
      order.status = 'APPROVED';
      order.approval = { funding, takes };
      announce(order, 'CHECKOUT.ORDER.APPROVED', orderBody(order));
    },

    /** PayPal captures immediately: the APPROVED event already has the completed order. */
    approveAndCapture(id: string): void {
      const order = find(id);
      if (!order || order.status === 'COMPLETED' || order.status === 'VOIDED') return;
      order.approval = { funding: 'instant', takes: order.amount };
      capture(order, order.approval);
      announce(order, 'CHECKOUT.ORDER.APPROVED', orderBody(order));
    },

    /** The bank completes or declines a pending capture. */
    endPending(id: string, status: 'COMPLETED' | 'DECLINED'): void {
      const order = orders.get(id);
      if (order?.capture?.status !== 'PENDING') return;
      order.capture.status = status;
      const name = status === 'COMPLETED' ? 'COMPLETED' : 'DENIED';
      announce(order, `PAYMENT.CAPTURE.${name}`, captureBody(order, order.capture));
    },

    /** Days later: the order and all request ids have expired, but the capture still exists. */
    forget(id: string): void {
      const order = orders.get(id);
      if (order) order.gone = true;
      responses.clear();
    },

    /** Refunds on PayPal's own pages, by default the remaining amount. */
    refund(id: string, minor = Number.POSITIVE_INFINITY): void {
      const order = orders.get(id);
      if (!order?.capture || !hasMoney(order.capture)) return;
      const amount = { ...order.capture.amount, minor: Math.min(minor, refundableMinor(order.capture)) };
      addRefund(order, order.capture, amount, 'PAYMENT.CAPTURE.REFUNDED');
    },

    /** PayPal reverses the remaining amount of the capture. */
    reverse(id: string): void {
      const order = orders.get(id);
      if (!order?.capture || !hasMoney(order.capture)) return;
      const amount = { ...order.capture.amount, minor: refundableMinor(order.capture) };
      addRefund(order, order.capture, amount, 'PAYMENT.CAPTURE.REVERSED');
    },

    /** Opens or closes a dispute. */
    dispute(id: string, disputed: boolean): void {
      const order = orders.get(id);
      if (order) order.disputed = disputed;
    },

    /** Voids an approved order that was not captured. */
    reverseApproval(id: string): void {
      const order = find(id);
      if (order?.status !== 'APPROVED') return;
      order.status = 'VOIDED';
      announce(order, 'CHECKOUT.PAYMENT-APPROVAL.REVERSED', {
        order_id: id,
        purchase_units: [{ custom_id: order.paymentId }],
      });
    },

    /** Expires an order that was not captured. */
    expire(id: string): void {
      const order = orders.get(id);
      if (order && order.status !== 'COMPLETED') order.gone = true;
    },
  };
}

const hasMoney = ({ status }: CaptureAtPayPal) => status === 'COMPLETED' || status === 'PARTIALLY_REFUNDED';

const refundableMinor = ({ amount, refunds }: CaptureAtPayPal): number =>
  refunds.reduce((rest, refund) => rest - refund.amount.minor, amount.minor);
