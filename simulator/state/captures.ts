import { moneyText } from '../../src/shared/money.ts';
import { feeOf, formatSummaryAmount, subtract } from './amounts.ts';
import { MERCHANT } from './buyer.ts';
import type { StateContext } from './context.ts';
import type { Link } from './errors.ts';
import { newId } from './ids.ts';
import type { Capture, Order } from './state.ts';
import { formatTime } from './times.ts';

/** Captures one purchase unit; a capture is pending for an e-check. */
export function createCapture(
  sim: StateContext,
  order: Order,
  unitIndex: number,
  { amount, status }: Pick<Capture, 'amount'> & { readonly status: 'PENDING' | 'COMPLETED' },
): Capture {
  const unit = order.request.purchase_units[unitIndex];
  const now = sim.now();
  const capture: Capture = {
    id: newId(),
    order,
    unitIndex,
    customId: unit?.custom_id,
    invoiceId: unit?.invoice_id,
    amount,
    createTime: now,
    updateTime: now,
    status,
    refunds: [],
  };
  sim.state.captures.set(capture.id, capture);
  return capture;
}

/** A capture as part of an order. */
export function captureBody({ origin }: StateContext, capture: Capture) {
  const self = `${origin}/v2/payments/captures/${capture.id}`;
  const links: Link[] = [
    { href: self, rel: 'self', method: 'GET' },
    { href: `${self}/refund`, rel: 'refund', method: 'POST' },
    { href: `${origin}/v2/checkout/orders/${capture.order.id}`, rel: 'up', method: 'GET' },
  ];
  return {
    id: capture.id,
    status: capture.status,
    status_details: capture.status === 'PENDING' ? { reason: 'ECHECK' } : undefined,
    amount: moneyText(capture.amount),
    final_capture: capture.status !== 'DECLINED',
    disbursement_mode: 'INSTANT',
    seller_protection:
      capture.status === 'PENDING'
        ? { status: 'NOT_ELIGIBLE' }
        : { status: 'ELIGIBLE', dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'] },
    seller_receivable_breakdown: receivableBreakdown(capture),
    invoice_id: capture.invoiceId,
    custom_id: capture.customId,
    links,
    create_time: formatTime(capture.createTime),
    update_time: formatTime(capture.updateTime),
  };
}

/** A capture as the resource of an event: it names its order. */
const eventResource = (sim: StateContext, capture: Capture) => ({
  ...captureBody(sim, capture),
  supplementary_data: { related_ids: { order_id: capture.order.id } },
});

/** The response of `GET /v2/payments/captures/{id}`. */
export const captureResponse = (sim: StateContext, capture: Capture) => ({
  ...eventResource(sim, capture),
  payee: MERCHANT,
});

/**
 * "Not available for transactions that are in pending state" (PayPal's OpenAPI); a declined capture has no fee
 * (recorded).
 */
function receivableBreakdown({ status, amount }: Capture) {
  if (status === 'PENDING') return undefined;
  if (status === 'DECLINED') return { gross_amount: moneyText(amount), net_amount: moneyText(amount) };
  const fee = feeOf(amount);
  return {
    gross_amount: moneyText(amount),
    paypal_fee: moneyText(fee),
    net_amount: moneyText(subtract(amount, fee)),
  };
}

/** Events by status. PayPal has both DECLINED and DENIED for one status; a failed e-check is DENIED. */
const EVENTS = {
  PENDING: { type: 'PAYMENT.CAPTURE.PENDING', summary: (amount: string) => `Payment pending for ${amount}` },
  COMPLETED: { type: 'PAYMENT.CAPTURE.COMPLETED', summary: (amount: string) => `Payment completed for ${amount}` },
  DECLINED: {
    type: 'PAYMENT.CAPTURE.DENIED',
    summary: (amount: string) => `A payment capture for ${amount} was declined.`,
  },
} as const;

/** Sends the event for a capture's initial status, or for the status that ended PENDING. */
export function announceCapture(sim: StateContext, capture: Capture, status: keyof typeof EVENTS): void {
  const { type, summary } = EVENTS[status];
  sim.announce({
    type,
    summary: summary(formatSummaryAmount(capture.amount)),
    resource: eventResource(sim, capture),
    orderId: capture.order.id,
    transactionIds: [capture.id, capture.order.id],
  });
}

/** Completes or declines a pending capture. @returns whether it was pending */
export function resolveCapture(sim: StateContext, capture: Capture, status: 'COMPLETED' | 'DECLINED'): boolean {
  if (capture.status !== 'PENDING') return false;
  capture.status = status;
  capture.updateTime = sim.now();
  announceCapture(sim, capture, status);
  return true;
}
