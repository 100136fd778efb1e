import type { CaptureResult, PayPal, RefundResult } from '../../../src/paypal/client.ts';
import { type CreatedOrder, captureFrom, orderFrom, refundFrom } from '../../../src/paypal/schema.ts';
import type { PayPalEvent } from '../../../src/paypal-webhook/event.ts';
import type { Money } from '../../../src/shared/money.ts';
import {
  type CaptureAtPayPal,
  captureBody,
  capturesOf,
  type Funding,
  hasMoney,
  type OrderAtPayPal,
  orderBody,
  type RefundAtPayPal,
  refundBody,
  totalWith,
} from './paypal-state.ts';
import type { Gate } from './tables.ts';

/** An order that is not captured lives this long. */
const ORDER_LIFE_MS = 6 * 3_600_000;

const HIDDEN_MS = 3_600_000;

/** An event of PayPal, and the payment that it is about. */
export interface PayPalsEvent {
  readonly paymentId: string;
  readonly event: PayPalEvent;
  /** The refund or reversal that it announces. */
  readonly refundId?: string;
}

type NewRefund = Pick<RefundAtPayPal, 'isReversal'> & Partial<Pick<RefundAtPayPal, 'status' | 'hidden' | 'tooLate'>>;

/** PayPal's orders, and its events, each with a snapshot of its resource. */
export function payPalInMemory(gate: Gate, start: Date) {
  const orders = new Map<string, OrderAtPayPal>();
  const events: PayPalsEvent[] = [];
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
  const isOver = ({ capture, createdAt }: OrderAtPayPal) =>
    !capture && now().getTime() - createdAt.getTime() > ORDER_LIFE_MS;
  const isHidden = ({ hiddenUntil }: OrderAtPayPal) => hiddenUntil !== undefined && now() < hiddenUntil;
  const find = (id: string) => {
    const order = orders.get(id);
    return !order || order.gone || isHidden(order) || isOver(order) ? undefined : order;
  };
  const findCapture = (id: string) => {
    for (const order of orders.values()) {
      const capture = capturesOf(order).find((one) => one.id === id);
      if (capture) return { order, capture };
    }
    return undefined;
  };
  const findRefund = (id: string) => {
    for (const order of orders.values())
      for (const capture of capturesOf(order)) {
        const refund = capture.refunds.find((one) => one.id === id);
        if (refund) return { order, capture, refund };
      }
    return undefined;
  };
  const announce = (
    { paymentId }: OrderAtPayPal,
    event_type: string,
    resource: object,
    about: Partial<PayPalsEvent> = {},
  ) =>
    events.push({
      paymentId,
      event: { id: newId('WH-'), event_type, create_time: now().toISOString(), resource: { ...resource } },
      ...about,
    });

  const newCapture = (
    { approvals }: OrderAtPayPal,
    status: CaptureAtPayPal['status'],
    amount: Money,
  ): CaptureAtPayPal => ({ id: newId('CAPTURE'), amount, status, refunds: [], createdAt: now(), approval: approvals });
  const capture = (order: OrderAtPayPal, { funding, takes }: NonNullable<OrderAtPayPal['approval']>) => {
    const status = funding === 'pending' ? 'PENDING' : funding === 'declined' ? 'DECLINED' : 'COMPLETED';
    order.capture = newCapture(order, status, takes);
    order.status = 'COMPLETED';
    announce(order, `PAYMENT.CAPTURE.${status}`, captureBody(order, order.capture));
  };
  const announceRefund = (order: OrderAtPayPal, capture: CaptureAtPayPal, refund: RefundAtPayPal) =>
    announce(
      order,
      `PAYMENT.CAPTURE.${refund.isReversal ? 'REVERSED' : 'REFUNDED'}`,
      // A reversal's event says that it is complete.
      refundBody(capture, refund),
      { refundId: refund.id },
    );
  const addRefund = (
    capture: CaptureAtPayPal,
    minor: number | undefined,
    { status = 'COMPLETED', tooLate = false, ...kind }: NewRefund,
  ) => {
    const rest = refundableMinor(capture);
    const amount = { ...capture.amount, minor: Math.min(minor ?? rest, rest) };
    const refund: RefundAtPayPal = {
      id: newId('REFUND'),
      amount,
      total: totalWith(capture, amount),
      status,
      tooLate,
      ...kind,
    };
    capture.refunds.push(refund);
    return refund;
  };

  const refuse = (issue: string): CaptureResult => {
    elapsed += 1;
    return { outcome: 'rejected', issue };
  };
  /** Time passes with each approval after a refusal, so that the two differ. */
  const approveOrder = (order: OrderAtPayPal, approval: NonNullable<OrderAtPayPal['approval']>) => {
    elapsed += Number(elapsed > 0);
    order.updatedAt = now().toISOString();
    order.approvals += 1;
    order.status = 'APPROVED';
    order.approval = approval;
  };
  const findApprovable = (id: string) => {
    const order = find(id);
    return order && order.status !== 'COMPLETED' && order.status !== 'VOIDED' ? order : undefined;
  };

  const client: PayPal = {
    createOrder: (request, requestId) =>
      gate('paypal.createOrder', () =>
        once(requestId, (): CreatedOrder => {
          const id = newId('ORDER');
          const { payment_id: paymentId, amount } = request;
          orders.set(id, {
            id,
            paymentId,
            amount,
            createdAt: now(),
            status: 'PAYER_ACTION_REQUIRED',
            gone: false,
            approvals: 0,
            reversalsCancelled: 0,
          });
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
            const issue = ISSUES[funding];
            const isAccepted =
              funding === 'refused once' && order.refusedApproval === order.approvals && order.cardWorks;
            if (issue && !isAccepted) {
              order.refusedApproval = order.approvals;
              order.cardWorks = false;
              return refuse(issue);
            }
            capture(order, order.approval);
            return { outcome: 'order', order: orderFrom(orderBody(order)) };
          },
          ({ outcome }) => outcome === 'order',
        ),
      ),
    getCapture: (id) =>
      gate('paypal.getCapture', () => {
        const found = findCapture(id);
        return found && captureFrom(captureBody(found.order, found.capture));
      }),
    getRefund: (id) =>
      gate('paypal.getRefund', () => {
        const found = findRefund(id);
        return found && refundFrom(refundBody(found.capture, found.refund));
      }),
    refundCapture: (id, requestId, amount) =>
      gate('paypal.refundCapture', () =>
        once(
          requestId,
          (): RefundResult => {
            const found = findCapture(id);
            if (!found) throw new Error(`unknown capture ${id}`);
            const { order, capture } = found;
            const refundable = refundableMinor(capture);
            if (order.disputed) return { outcome: 'rejected', issue: 'TRANSACTION_DISPUTED' };
            if (capture.status === 'PENDING') return { outcome: 'rejected', issue: 'PENDING_CAPTURE' };
            if (capture.status === 'DECLINED') return { outcome: 'rejected', issue: 'REFUND_NOT_ALLOWED' };
            if (refundable === 0) return { outcome: 'rejected', issue: 'CAPTURE_FULLY_REFUNDED' };
            if (amount && amount.currency !== capture.amount.currency)
              return { outcome: 'rejected', issue: 'REFUND_CAPTURE_CURRENCY_MISMATCH' };
            if ((amount?.minor ?? refundable) > refundable)
              return { outcome: 'rejected', issue: 'REFUND_AMOUNT_EXCEEDED' };
            const refund = addRefund(capture, amount?.minor, {
              isReversal: false,
              status: order.slowRefunds ? 'PENDING' : 'COMPLETED',
              tooLate: requestId.endsWith('-late'),
            });
            announceRefund(order, capture, refund);
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
    findRefund,

    /** From now on, banks accept the cards that they have refused once. */
    endRefusals(): void {
      for (const order of orders.values()) order.cardWorks = true;
    },

    /** Time passes. */
    advance(ms: number): void {
      elapsed += ms;
    },

    /** Approves, or approves again with another funding. */
    approve(id: string, funding: Funding = 'instant', takes = orders.get(id)?.amount, recipient = 'Ada'): void {
      const order = findApprovable(id);
      if (!order || !takes) return;
      approveOrder(order, { funding, takes, recipient });
      announce(order, 'CHECKOUT.ORDER.APPROVED', orderBody(order));
    },

    /**
     * PayPal captures immediately: the APPROVED event already has the completed order.
     * @param afterDeclined the order also has a capture that was declined before
     */
    approveAndCapture(id: string, { afterDeclined = false, recipient = 'Ada' } = {}): void {
      const order = findApprovable(id);
      if (!order) return;
      approveOrder(order, { funding: 'instant', takes: order.amount, recipient });
      if (afterDeclined) order.declinedCapture = newCapture(order, 'DECLINED', order.amount);
      capture(order, order.approval as NonNullable<OrderAtPayPal['approval']>);
      announce(order, 'CHECKOUT.ORDER.APPROVED', orderBody(order));
    },

    /** Captures a captured order a second time; not one that was disputed. */
    captureAgain(id: string): void {
      const order = orders.get(id);
      if (!hasMoney(order?.capture) || order.extraCapture || order.disputed !== undefined) return;
      order.extraCapture = newCapture(order, 'COMPLETED', order.capture.amount);
      announce(order, 'PAYMENT.CAPTURE.COMPLETED', captureBody(order, order.extraCapture));
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

    /** PayPal does not find the order for an hour. */
    hide(id: string): void {
      const order = orders.get(id);
      if (order) order.hiddenUntil = new Date(now().getTime() + HIDDEN_MS);
    },

    /** PayPal finds the order again. */
    show(id: string): void {
      delete orders.get(id)?.hiddenUntil;
    },

    /** Refunds on PayPal's own pages, by default the remaining amount. */
    refund(
      id: string,
      minor?: number,
      { status = 'COMPLETED' as RefundAtPayPal['status'], ofExtra = false } = {},
    ): void {
      const order = orders.get(id);
      const capture = ofExtra ? order?.extraCapture : order?.capture;
      if (!order || order.disputed || !hasMoney(capture) || refundableMinor(capture) === 0) return;
      announceRefund(order, capture, addRefund(capture, minor, { isReversal: false, status }));
    },

    /** A pending refund ends, perhaps without an event. */
    endRefund(id: string, status: 'COMPLETED' | 'FAILED' | 'CANCELLED', { silent = false } = {}): void {
      const order = orders.get(id);
      const capture = order?.capture;
      const refund = capture?.refunds.find((one) => one.status === 'PENDING');
      if (!order || !capture || !refund) return;
      // A refund that fails after a late payment was refunded needs an operator.
      if (status !== 'COMPLETED' && capture.refunds.some(({ tooLate }) => tooLate)) return;
      if (status === 'COMPLETED') refund.total = totalWith(capture, refund.amount);
      refund.status = status;
      if (!silent) announceRefund(order, capture, refund);
    },

    /** PayPal reverses the capture, by default the remaining amount, for good. */
    reverse(id: string, minor?: number): void {
      const order = orders.get(id);
      if (!order || order.disputed || !hasMoney(order.capture) || refundableMinor(order.capture) === 0) return;
      announceRefund(order, order.capture, addRefund(order.capture, minor, { isReversal: true }));
    },

    /** PayPal cancels its latest reversal, and announces the capture again, later than its first event. */
    cancelReversal(id: string): void {
      const order = orders.get(id);
      const { refunds = [] } = order?.capture ?? {};
      const reversal = refunds.findLast((refund) => refund.isReversal);
      if (!order?.capture || !reversal || order.disputed) return;
      elapsed += 90_000;
      refunds.splice(refunds.indexOf(reversal), 1);
      order.reversalsCancelled += 1;
      announce(order, 'PAYMENT.CAPTURE.COMPLETED', captureBody(order, order.capture));
    },

    /** Opens or closes a dispute. */
    dispute(id: string, disputed: boolean): void {
      const order = orders.get(id);
      if (order) order.disputed = disputed;
    },

    /** Opens a dispute about an order with one capture, and reverses an amount until it ends. */
    openDispute(id: string, reversedMinor: number): void {
      const order = orders.get(id);
      if (!order || order.disputed || order.extraCapture) return;
      if (!hasMoney(order.capture) || refundableMinor(order.capture) === 0) return;
      order.disputed = true;
      if (reversedMinor === 0) return;
      const reversal = addRefund(order.capture, reversedMinor, { isReversal: true, hidden: true });
      announceRefund(order, order.capture, reversal);
    },

    /**
     * Ends a dispute. If the seller has lost it, the reversal stands, or the disputed amount is taken without an event.
     */
    resolveDispute(id: string, sellerLost: boolean, minor?: number): void {
      const order = orders.get(id);
      if (!order?.disputed || !order.capture) return;
      order.disputed = false;
      const { refunds } = order.capture;
      const reversal = refunds.find(({ hidden }) => hidden);
      if (sellerLost && reversal) delete reversal.hidden;
      else if (reversal) {
        refunds.splice(refunds.indexOf(reversal), 1);
        order.reversalsCancelled += 1;
      } else if (sellerLost && refundableMinor(order.capture) > 0)
        addRefund(order.capture, minor, { isReversal: true });
      announce(order, 'CUSTOMER.DISPUTE.RESOLVED', {
        dispute_id: newId('PP-D-'),
        status: 'RESOLVED',
        create_time: now().toISOString(),
        disputed_transactions: [{ seller_transaction_id: order.capture.id }],
        dispute_outcome: { outcome_code: sellerLost ? 'RESOLVED_BUYER_FAVOUR' : 'RESOLVED_SELLER_FAVOUR' },
      });
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

/** Why PayPal rejects a capture with this funding. */
const ISSUES: { readonly [One in Funding]?: string } = {
  refused: 'INSTRUMENT_DECLINED',
  'refused once': 'INSTRUMENT_DECLINED',
  restricted: 'PAYEE_ACCOUNT_RESTRICTED',
  unready: 'PAYER_ACTION_REQUIRED',
};

/** Pending refunds count. */
const refundableMinor = ({ amount, refunds }: CaptureAtPayPal): number =>
  refunds.reduce(
    (rest, refund) => rest - (refund.status === 'FAILED' || refund.status === 'CANCELLED' ? 0 : refund.amount.minor),
    amount.minor,
  );
