import { type Money, moneyText, sumOf } from '../../src/shared/money.ts';
import { feeOf, formatSummaryAmount, subtract } from './amounts.ts';
import { announceCapture } from './captures.ts';
import type { StateContext } from './context.ts';
import { disputesOf } from './disputes.ts';
import { issueError, type Link } from './errors.ts';
import { newId } from './ids.ts';
import type { Capture, Refund, RefundStatus } from './state.ts';
import { formatPacificTime } from './times.ts';

export interface RefundOptions {
  /** @default - as set for the capture, or for all */
  readonly status?: RefundStatus | undefined;
  /** @default - the remaining amount of the capture */
  readonly amount?: Money | undefined;
  readonly noteToPayer?: string | undefined;
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
}

/** PayPal's limit: 180 days after the capture. */
const REFUND_TIME_LIMIT_MS = 180 * 24 * 60 * 60 * 1000;

/**
 * Refunds a capture, for the shop.
 * @throws PayPalError 422 when the capture cannot be refunded by this amount
 */
export function refundCapture(sim: StateContext, capture: Capture, options: RefundOptions): Refund {
  const left = refundableAmount(capture);
  const amount = options.amount ?? left;
  const issue = refundIssue(sim, capture, amount, left);
  if (issue) throw issueError('captures.refund', [{ issue }]);
  const status = options.status ?? capture.refundStatus ?? sim.state.refundStatus;
  const refund = addRefund(sim, capture, { ...options, amount, status, reversal: false });
  announceRefund(sim, refund);
  return refund;
}

/** Ends a pending refund, as the bank or PayPal. @returns whether it was pending */
export function resolveRefund(sim: StateContext, refund: Refund, status: Exclude<RefundStatus, 'PENDING'>): boolean {
  if (refund.status !== 'PENDING') return false;
  changeStatus(sim, refund, status);
  announceRefund(sim, refund);
  return true;
}

/**
 * Reverses a capture, as PayPal.
 * @param part - less than what is left; all of it by default
 * @returns whether so much was left
 */
export function reverseCapture(sim: StateContext, capture: Capture, part?: Money): boolean {
  if (capture.status !== 'COMPLETED' && capture.status !== 'PARTIALLY_REFUNDED') return false;
  const left = refundableAmount(capture);
  const amount = part ?? left;
  if (amount.currency !== left.currency || amount.minor <= 0 || amount.minor > left.minor) return false;
  const details = { amount, status: 'COMPLETED', reversal: true, noteToPayer: 'Payment reversed' } as const;
  announceRefund(sim, addRefund(sim, capture, details));
  return true;
}

/**
 * Returns the money of the latest reversal to the merchant, as PayPal. PayPal documents no event for it: the simulator
 * sends PAYMENT.CAPTURE.COMPLETED, or nothing.
 * @returns whether there was a reversal
 */
export function cancelReversal(sim: StateContext, capture: Capture, withEvent: boolean): boolean {
  const reversal = capture.refunds.findLast((refund) => refund.reversal && refund.status === 'COMPLETED');
  if (!reversal) return false;
  reversal.cancellation = { id: newId(), at: sim.now() };
  changeStatus(sim, reversal, 'CANCELLED');
  if (withEvent) announceCapture(sim, capture, 'COMPLETED');
  return true;
}

/** The full refund, in responses and events. */
export function refundBody({ origin }: StateContext, refund: Refund) {
  const { amount, total } = refund;
  const fee = refund.reversal ? subtract(amount, amount) : feeOf(amount);
  return {
    id: refund.id,
    amount: moneyText(amount),
    note_to_payer: refund.noteToPayer,
    seller_payable_breakdown: {
      gross_amount: moneyText(amount),
      paypal_fee: moneyText(fee),
      net_amount: moneyText(subtract(amount, fee)),
      total_refunded_amount: moneyText(total),
    },
    invoice_id: refund.invoiceId,
    custom_id: refund.customId,
    status: refund.status,
    // The only reason in PayPal's OpenAPI file.
    status_details: refund.status === 'PENDING' || refund.status === 'FAILED' ? { reason: 'ECHECK' } : undefined,
    create_time: formatPacificTime(refund.createTime),
    update_time: formatPacificTime(refund.updateTime),
    links: refundLinks(origin, refund),
  };
}

/** A refund with `Prefer: return=minimal`. */
export const minimalRefund = ({ origin }: StateContext, refund: Refund) => ({
  id: refund.id,
  status: refund.status,
  links: refundLinks(origin, refund),
});

const refundLinks = (origin: string, { id, capture }: Refund): Link[] => [
  { href: `${origin}/v2/payments/refunds/${id}`, rel: 'self', method: 'GET' },
  { href: `${origin}/v2/payments/captures/${capture.id}`, rel: 'up', method: 'GET' },
];

const amountIn = ({ amount, refunds }: Capture, statuses: readonly RefundStatus[]): Money =>
  sumOf([
    { ...amount, minor: 0 },
    ...refunds.filter(({ status }) => statuses.includes(status)).map((refund) => refund.amount),
  ]);

/**
 * "The total amount refunded from the original capture to date" (PayPal's OpenAPI file). It does not say whether a
 * pending refund counts; here only money that went back does.
 */
const refundedAmount = (capture: Capture): Money => amountIn(capture, ['COMPLETED']);

/** What is pending cannot be refunded again; PayPal does not document it. */
export const refundableAmount = (capture: Capture): Money =>
  subtract(capture.amount, amountIn(capture, ['COMPLETED', 'PENDING']));

function refundIssue(sim: StateContext, capture: Capture, amount: Money, left: Money): string | undefined {
  if (capture.status === 'PENDING') return 'PENDING_CAPTURE';
  if (capture.status === 'DECLINED') return 'REFUND_NOT_ALLOWED';
  if (left.minor === 0) return 'CAPTURE_FULLY_REFUNDED';
  if (sim.now().getTime() - capture.createTime.getTime() > REFUND_TIME_LIMIT_MS) return 'REFUND_TIME_LIMIT_EXCEEDED';
  if (amount.currency !== capture.amount.currency) return 'REFUND_CAPTURE_CURRENCY_MISMATCH';
  if (amount.minor <= 0) return 'CANNOT_BE_ZERO_OR_NEGATIVE';
  if (amount.minor > left.minor) return 'REFUND_AMOUNT_EXCEEDED';
  if (amount.minor < left.minor && disputesOf(sim.state, capture.id).some(({ status }) => status !== 'RESOLVED')) {
    return 'TRANSACTION_DISPUTED';
  }
  return undefined;
}

function addRefund(
  sim: StateContext,
  capture: Capture,
  details: RefundOptions & Pick<Refund, 'amount' | 'status' | 'reversal'>,
): Refund {
  const now = sim.now();
  const total = refundedAmount(capture);
  const times = { createTime: now, updateTime: now };
  const refund: Refund = { ...details, status: 'PENDING', id: newId(), capture, total, ...times };
  capture.refunds.push(refund);
  sim.state.refunds.set(refund.id, refund);
  changeStatus(sim, refund, details.status);
  return refund;
}

/** The capture is REFUNDED or PARTIALLY_REFUNDED by what went back, and COMPLETED when that is nothing. */
function changeStatus(sim: StateContext, refund: Refund, status: RefundStatus): void {
  const { capture } = refund;
  const before = refundedAmount(capture).minor;
  refund.status = status;
  refund.updateTime = sim.now();
  refund.total = refundedAmount(capture);
  const back = refund.total.minor;
  if (back === before) return;
  capture.status = back === 0 ? 'COMPLETED' : back < capture.amount.minor ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
  capture.updateTime = refund.updateTime;
}

/**
 * Shops report PAYMENT.CAPTURE.REFUNDED with every status; newer lists of event names have PAYMENT.REFUND.PENDING and
 * FAILED. PayPal does not say when it sends which, so both are sent.
 */
function announceRefund(sim: StateContext, refund: Refund): void {
  const { id, capture, amount, reversal, status } = refund;
  const what = formatSummaryAmount(amount);
  const draft = {
    resource: refundBody(sim, refund),
    orderId: capture.order.id,
    transactionIds: [id, capture.id],
  };
  if (status === 'PENDING' || status === 'FAILED') {
    sim.announce({
      ...draft,
      type: `PAYMENT.REFUND.${status}`,
      summary: `A ${what} refund is ${status.toLowerCase()}`,
    });
  }
  sim.announce({
    ...draft,
    type: reversal ? 'PAYMENT.CAPTURE.REVERSED' : 'PAYMENT.CAPTURE.REFUNDED',
    summary: `A ${what} capture payment was ${reversal ? 'reversed' : 'refunded'}`,
  });
}
