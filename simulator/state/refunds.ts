import { type Money, moneyText, sumOf } from '../../src/shared/money.ts';
import { feeOf, formatSummaryAmount, subtract } from './amounts.ts';
import type { StateContext } from './context.ts';
import { issueError, type Link } from './errors.ts';
import { newId } from './ids.ts';
import type { Capture, Refund } from './state.ts';
import { formatPacificTime } from './times.ts';

export interface RefundOptions {
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
  const refund = addRefund(sim, capture, { ...options, amount, reversal: false });
  announceRefund(sim, refund);
  return refund;
}

/** Reverses the remaining amount of a capture, as PayPal. @returns whether there was any */
export function reverseCapture(sim: StateContext, capture: Capture): boolean {
  if (capture.status !== 'COMPLETED' && capture.status !== 'PARTIALLY_REFUNDED') return false;
  const amount = refundableAmount(capture);
  announceRefund(sim, addRefund(sim, capture, { amount, reversal: true, noteToPayer: 'Payment reversed' }));
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
    status: 'COMPLETED',
    create_time: formatPacificTime(refund.createTime),
    update_time: formatPacificTime(refund.createTime),
    links: refundLinks(origin, refund),
  };
}

/** A refund with `Prefer: return=minimal`. */
export const minimalRefund = ({ origin }: StateContext, refund: Refund) => ({
  id: refund.id,
  status: 'COMPLETED',
  links: refundLinks(origin, refund),
});

const refundLinks = (origin: string, { id, capture }: Refund): Link[] => [
  { href: `${origin}/v2/payments/refunds/${id}`, rel: 'self', method: 'GET' },
  { href: `${origin}/v2/payments/captures/${capture.id}`, rel: 'up', method: 'GET' },
];

const refundedAmount = ({ amount, refunds }: Capture): Money =>
  sumOf([{ ...amount, minor: 0 }, ...refunds.map((refund) => refund.amount)]);

const refundableAmount = (capture: Capture): Money => subtract(capture.amount, refundedAmount(capture));

function refundIssue(sim: StateContext, capture: Capture, amount: Money, left: Money): string | undefined {
  if (capture.status === 'PENDING') return 'PENDING_CAPTURE';
  if (capture.status === 'DECLINED') return 'REFUND_NOT_ALLOWED';
  if (capture.status === 'REFUNDED') return 'CAPTURE_FULLY_REFUNDED';
  if (sim.now().getTime() - capture.createTime.getTime() > REFUND_TIME_LIMIT_MS) return 'REFUND_TIME_LIMIT_EXCEEDED';
  if (amount.currency !== capture.amount.currency) return 'REFUND_CAPTURE_CURRENCY_MISMATCH';
  if (amount.minor <= 0) return 'CANNOT_BE_ZERO_OR_NEGATIVE';
  if (amount.minor > left.minor) return 'REFUND_AMOUNT_EXCEEDED';
  if (amount.minor < left.minor && capture.dispute?.status === 'OPEN') return 'TRANSACTION_DISPUTED';
  return undefined;
}

function addRefund(
  sim: StateContext,
  capture: Capture,
  details: RefundOptions & Pick<Refund, 'amount' | 'reversal'>,
): Refund {
  const now = sim.now();
  const total = sumOf([refundedAmount(capture), details.amount]);
  const refund: Refund = { ...details, id: newId(), capture, total, createTime: now };
  capture.refunds.push(refund);
  capture.status = total.minor === capture.amount.minor ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  capture.updateTime = now;
  sim.state.refunds.set(refund.id, refund);
  return refund;
}

function announceRefund(sim: StateContext, refund: Refund): void {
  const { id, capture, amount, reversal } = refund;
  sim.announce({
    type: reversal ? 'PAYMENT.CAPTURE.REVERSED' : 'PAYMENT.CAPTURE.REFUNDED',
    summary: `A ${formatSummaryAmount(amount)} capture payment was ${reversal ? 'reversed' : 'refunded'}`,
    resource: refundBody(sim, refund),
    orderId: capture.order.id,
    transactionIds: [id, capture.id],
  });
}
