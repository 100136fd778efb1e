import { sameMoney } from '../shared/money.ts';
import type { Outcome, PaymentStatus } from '../shared/settlement.ts';
import { type Evidence, type EvidenceKind, isFailedRefund, moneyOf } from './evidence.ts';
import type { Payment } from './payment.ts';

/** Waits for the buyer or a bank. */
const IN_PROGRESS = ['created', 'approved', 'capture_pending'] as const;
/** Given up. A later status of these supersedes an earlier one. */
const GIVEN_UP = ['expired', 'cancelled', 'failed'] as const;
/** Captured, and not under review. */
export const ACCEPTED = ['captured', 'partially_refunded', 'refunded', 'reversed'] as const;
/** Captured. */
const PAID = [...ACCEPTED, 'review'] as const;
/** Captured, and all of it is with the buyer again. */
const RETURNED = ['refunded', 'reversed'] as const;
/** Captured, and not refunded in full. */
const KEEPS_MONEY = ['captured', 'partially_refunded', 'review'] as const;

/** What must hold besides the status. Each guard is a predicate here and a condition in `conditions.ts`. */
export type Guard =
  | 'on time'
  | 'current attempt'
  | 'new approval'
  | 'old approval'
  | 'late'
  | 'amount matches'
  | 'amount differs'
  | 'same capture'
  | 'own capture'
  | 'new extra capture'
  | 'extra capture'
  | 'increases extra total'
  | 'own currency'
  | 'increases total'
  | 'does not increase total'
  | 'partial'
  | 'full'
  | 'new refund'
  | 'known refund'
  | 'ends a pending refund'
  | 'not known as failed'
  | 'known as failed'
  | 'current total'
  | 'new reversal'
  | 'old reversal'
  | 'decreases total'
  | 'does not decrease total';

/** A no-op writes nothing, so its guards need no DynamoDB condition. */
export type NoOpGuard = Guard | 'extra currency' | 'not announced again';

/** Evidence of this kind moves a payment from one of these statuses to that one, and requests this settlement. */
export interface Transition {
  readonly evidence: EvidenceKind;
  readonly from: readonly PaymentStatus[];
  readonly guards?: readonly Guard[];
  /**
   * Allowed only for PayPal's current view, just fetched; a delivery may be old, or forged by one who has seen another.
   */
  readonly authoritative?: true;
  /** `unchanged`: only the record of refunds or captures changes. */
  readonly to: PaymentStatus | 'unchanged';
  readonly settlement?: Outcome;
}

/**
 * All allowed transitions. The first of each kind of evidence is the most common one: it is written without reading the
 * payment first. A test holds docs/payment-states.md to this table.
 */
export const TRANSITIONS: readonly Transition[] = [
  { evidence: 'approved', from: ['created'], guards: ['new approval'], to: 'approved', settlement: 'approved' },
  // Once only: a buyer who was declined for lack of stock must not be charged when stock returns.
  {
    evidence: 'approved',
    from: GIVEN_UP,
    guards: ['on time', 'new approval'],
    authoritative: true,
    to: 'approved',
    settlement: 'approved_late',
  },

  { evidence: 'capture_pending', from: ['created', 'approved'], to: 'capture_pending' },
  { evidence: 'capture_pending', from: GIVEN_UP, authoritative: true, to: 'capture_pending' },
  { evidence: 'already_captured', from: ['created', 'approved'], to: 'capture_pending' },

  // PayPal's signature covers a CRC-32 of the body, which anybody who has seen one delivery can forge: goods are
  // promised only after PayPal has confirmed the capture.
  {
    evidence: 'captured',
    from: IN_PROGRESS,
    guards: ['on time', 'amount matches'],
    authoritative: true,
    to: 'captured',
    settlement: 'captured',
  },
  {
    evidence: 'captured',
    from: IN_PROGRESS,
    guards: ['late', 'amount matches'],
    authoritative: true,
    to: 'captured',
    settlement: 'captured_late',
  },
  {
    evidence: 'captured',
    from: GIVEN_UP,
    guards: ['amount matches'],
    authoritative: true,
    to: 'captured',
    settlement: 'captured_late',
  },
  { evidence: 'captured', from: IN_PROGRESS, guards: ['amount differs'], authoritative: true, to: 'review' },
  { evidence: 'captured', from: GIVEN_UP, guards: ['amount differs'], authoritative: true, to: 'review' },
  { evidence: 'captured', from: PAID, guards: ['new extra capture'], authoritative: true, to: 'unchanged' },

  // Another capture of the order may have succeeded: the stock must not be released before PayPal is asked.
  {
    evidence: 'capture_failed',
    from: IN_PROGRESS,
    guards: ['same capture'],
    authoritative: true,
    to: 'failed',
    settlement: 'released',
  },
  { evidence: 'capture_failed', from: ['expired', 'cancelled'], to: 'failed', settlement: 'released' },

  { evidence: 'cancelled', from: ['created'], to: 'cancelled', settlement: 'released' },
  {
    evidence: 'cancelled',
    from: ['approved', 'capture_pending'],
    authoritative: true,
    to: 'cancelled',
    settlement: 'released',
  },
  { evidence: 'cancelled', from: ['expired'], to: 'cancelled', settlement: 'released' },

  // The buyer returns to PayPal and approves again, or leaves.
  { evidence: 'instrument_declined', from: ['created', 'approved'], guards: ['current attempt'], to: 'created' },
  { evidence: 'not_approved', from: ['approved'], guards: ['current attempt'], to: 'created' },

  { evidence: 'accepted', from: ['review'], guards: ['on time'], to: 'captured', settlement: 'captured' },
  { evidence: 'accepted', from: ['review'], guards: ['late'], to: 'captured', settlement: 'captured_late' },

  { evidence: 'declined', from: ['approved'], guards: ['late'], to: 'cancelled', settlement: 'released' },

  // Not from `capture_pending`: money may be on its way.
  {
    evidence: 'expired',
    from: ['created', 'approved'],
    guards: ['on time'],
    authoritative: true,
    to: 'expired',
    settlement: 'released',
  },
  // A late payment ends as cancelled, not expired: its session may be cancelled already, and sessions follow these
  // statuses in one direction only.
  {
    evidence: 'expired',
    from: ['created', 'approved'],
    guards: ['late'],
    authoritative: true,
    to: 'cancelled',
    settlement: 'released',
  },

  {
    evidence: 'refunded',
    from: ['captured', 'partially_refunded'],
    guards: ['own capture', 'own currency', 'current total', 'increases total', 'partial'],
    to: 'partially_refunded',
    settlement: 'refunded',
  },
  {
    evidence: 'refunded',
    from: ['review'],
    guards: ['own capture', 'own currency', 'current total', 'increases total', 'partial'],
    to: 'review',
  },
  {
    evidence: 'refunded',
    from: KEEPS_MONEY,
    guards: ['own capture', 'own currency', 'current total', 'full'],
    to: 'refunded',
    settlement: 'refunded',
  },
  {
    evidence: 'refunded',
    from: PAID,
    guards: ['own capture', 'own currency', 'does not increase total', 'ends a pending refund'],
    to: 'unchanged',
  },
  { evidence: 'refunded', from: PAID, guards: ['extra capture', 'increases extra total'], to: 'unchanged' },

  {
    evidence: 'reversed',
    from: ['captured', 'partially_refunded'],
    guards: ['own capture', 'new reversal', 'own currency', 'increases total', 'partial'],
    to: 'partially_refunded',
    settlement: 'refunded',
  },
  {
    evidence: 'reversed',
    from: ['review'],
    guards: ['own capture', 'new reversal', 'own currency', 'increases total', 'partial'],
    to: 'review',
  },
  {
    evidence: 'reversed',
    from: [...KEEPS_MONEY, 'refunded'],
    guards: ['own capture', 'new reversal', 'own currency', 'full'],
    to: 'reversed',
    settlement: 'refunded',
  },
  { evidence: 'reversed', from: PAID, guards: ['extra capture', 'increases extra total'], to: 'unchanged' },

  {
    evidence: 'refund_pending',
    // PayPal may have cancelled the reversal.
    from: PAID,
    guards: ['own capture', 'own currency', 'new refund'],
    to: 'unchanged',
  },
  { evidence: 'refund_failed', from: PAID, guards: ['own capture', 'not known as failed'], to: 'unchanged' },

  // A partly refunded payment had the requested amount, or one that an operator accepted.
  {
    evidence: 'reinstated',
    from: ['partially_refunded'],
    guards: ['own capture', 'new reversal', 'decreases total'],
    authoritative: true,
    to: 'captured',
    settlement: 'captured_late',
  },
  {
    evidence: 'reinstated',
    from: RETURNED,
    guards: ['own capture', 'new reversal', 'decreases total', 'amount matches'],
    authoritative: true,
    to: 'captured',
    settlement: 'captured_late',
  },
  {
    evidence: 'reinstated',
    from: RETURNED,
    guards: ['own capture', 'new reversal', 'decreases total', 'amount differs'],
    authoritative: true,
    to: 'review',
  },
  {
    evidence: 'reinstated',
    from: ['review'],
    guards: ['own capture', 'new reversal', 'decreases total'],
    authoritative: true,
    to: 'review',
  },
  // Its reversal may be announced later.
  {
    evidence: 'reinstated',
    from: PAID,
    guards: ['own capture', 'new reversal', 'does not decrease total'],
    authoritative: true,
    to: 'unchanged',
  },
];

export interface NoOp extends Pick<Transition, 'evidence' | 'from'> {
  readonly guards?: readonly NoOpGuard[];
}

/**
 * Evidence that is a no-op in these statuses. Evidence that is neither here nor in a transition does not fit, and
 * PayPal's view is fetched.
 */
export const NO_OPS: readonly NoOp[] = [
  { evidence: 'approved', from: [...PAID, 'approved', 'capture_pending'] },
  { evidence: 'approved', from: ['created', ...GIVEN_UP], guards: ['old approval'] },
  { evidence: 'capture_pending', from: [...PAID, 'capture_pending'] },
  { evidence: 'already_captured', from: [...PAID, ...GIVEN_UP, 'capture_pending'] },
  // PayPal announces a capture again when it cancels a reversal, whose own event may arrive later.
  { evidence: 'captured', from: PAID, guards: ['own capture', 'not announced again'] },
  { evidence: 'captured', from: PAID, guards: ['extra capture'] },
  { evidence: 'capture_failed', from: [...PAID, 'failed'] },
  { evidence: 'cancelled', from: [...PAID, 'cancelled', 'failed'] },
  { evidence: 'expired', from: [...PAID, ...GIVEN_UP, 'capture_pending'] },
  { evidence: 'instrument_declined', from: [...PAID, ...GIVEN_UP, ...IN_PROGRESS] },
  { evidence: 'not_approved', from: [...PAID, ...GIVEN_UP, ...IN_PROGRESS] },
  { evidence: 'accepted', from: [...PAID, ...GIVEN_UP, ...IN_PROGRESS] },
  { evidence: 'declined', from: [...PAID, ...GIVEN_UP, 'created', 'capture_pending'] },
  { evidence: 'refunded', from: PAID, guards: ['own capture', 'own currency', 'does not increase total'] },
  { evidence: 'refunded', from: RETURNED, guards: ['own capture', 'own currency'] },
  { evidence: 'refunded', from: PAID, guards: ['extra capture', 'extra currency'] },
  { evidence: 'reversed', from: PAID, guards: ['own capture', 'own currency', 'old reversal'] },
  { evidence: 'reversed', from: PAID, guards: ['own capture', 'own currency', 'does not increase total'] },
  { evidence: 'reversed', from: RETURNED, guards: ['own capture', 'own currency'] },
  { evidence: 'reversed', from: PAID, guards: ['extra capture', 'extra currency'] },
  { evidence: 'refund_pending', from: PAID, guards: ['own capture', 'known refund'] },
  { evidence: 'refund_pending', from: PAID, guards: ['extra capture', 'extra currency'] },
  { evidence: 'refund_failed', from: PAID, guards: ['own capture', 'known as failed'] },
  { evidence: 'refund_failed', from: PAID, guards: ['extra capture'] },
  { evidence: 'reinstated', from: PAID, guards: ['old reversal'] },
];

const totalMinor = (evidence: Evidence) => ('total' in evidence ? evidence.total.minor : Number.NaN);
const extraOf = ({ extra_captures = {} }: Payment, evidence: Evidence) =>
  'captureId' in evidence ? extra_captures[evidence.captureId] : undefined;
const refundOf = ({ refunds = {} }: Payment, evidence: Evidence) =>
  'refundId' in evidence ? refunds[evidence.refundId] : undefined;

/** Rows written before `refused_at` have the time of a decline in their history only. */
const refusedAt = ({ refused_at, history }: Payment): string | undefined =>
  refused_at ?? history.findLast(({ evidence }) => evidence === 'instrument_declined')?.at;

/** The guards as predicates. `conditions.ts` has them as DynamoDB conditions; a test holds the two together. */
export const GUARDS: Readonly<Record<NoOpGuard, (payment: Payment, evidence: Evidence) => boolean>> = {
  'on time': (payment) => !payment.late,
  'current attempt': ({ declines }, evidence) => 'attempt' in evidence && declines === evidence.attempt,
  'new approval': (payment, { time = '' }) => {
    const refused = refusedAt(payment);
    return refused === undefined || time > refused;
  },
  'old approval': (payment, evidence) => !GUARDS['new approval'](payment, evidence),
  late: (payment) => payment.late,
  'amount matches': ({ amount }, evidence) => 'amount' in evidence && sameMoney(amount, evidence.amount),
  'amount differs': (payment, evidence) => 'amount' in evidence && !GUARDS['amount matches'](payment, evidence),
  'same capture': (payment, evidence) =>
    payment.capture_id === undefined || ('captureId' in evidence && payment.capture_id === evidence.captureId),
  'own capture': (payment, evidence) => 'captureId' in evidence && payment.capture_id === evidence.captureId,
  'new extra capture': (payment, evidence) =>
    payment.capture_id !== undefined &&
    !GUARDS['own capture'](payment, evidence) &&
    extraOf(payment, evidence) === undefined,
  'extra capture': (payment, evidence) => extraOf(payment, evidence) !== undefined,
  'increases extra total': (payment, evidence) =>
    GUARDS['extra currency'](payment, evidence) &&
    totalMinor(evidence) > (extraOf(payment, evidence)?.refunded_minor ?? 0),
  'extra currency': (payment, evidence) => extraOf(payment, evidence)?.amount.currency === moneyOf(evidence)?.currency,
  'own currency': ({ captured }, evidence) =>
    captured !== undefined && captured.currency === moneyOf(evidence)?.currency,
  'increases total': (payment, evidence) => totalMinor(evidence) > payment.refunded_minor,
  'does not increase total': (payment, evidence) => totalMinor(evidence) <= payment.refunded_minor,
  partial: (payment, evidence) => totalMinor(evidence) < (payment.captured?.minor ?? 0),
  full: (payment, evidence) => totalMinor(evidence) >= (payment.captured?.minor ?? 0),
  'new refund': (payment, evidence) => refundOf(payment, evidence) === undefined,
  'known refund': (payment, evidence) => refundOf(payment, evidence) !== undefined,
  'ends a pending refund': ({ refunds = {} }, evidence) =>
    evidence.kind === 'refunded' && evidence.refundIds.some((id) => refunds[id]?.status === 'PENDING'),
  'not known as failed': (payment, evidence) => !isFailedRefund(refundOf(payment, evidence)?.status),
  'known as failed': (payment, evidence) => isFailedRefund(refundOf(payment, evidence)?.status),
  'not announced again': ({ reversed_at }, evidence) => {
    if (evidence.authoritative) return true;
    return reversed_at === undefined ? !('again' in evidence) : (evidence.time ?? '') <= reversed_at;
  },
  // The total of an earlier event or response may include a reversal that has ended since.
  'current total': (payment, evidence) =>
    evidence.authoritative ? evidence.reversedAt === payment.reversed_at : GUARDS['new reversal'](payment, evidence),
  'new reversal': ({ reversed_at }, { time = '' }) => reversed_at === undefined || time > reversed_at,
  'old reversal': (payment, evidence) => !GUARDS['new reversal'](payment, evidence),
  'decreases total': (payment, evidence) => totalMinor(evidence) < payment.refunded_minor,
  'does not decrease total': (payment, evidence) => totalMinor(evidence) >= payment.refunded_minor,
};

export const isGivenUp = (status: PaymentStatus): boolean => (GIVEN_UP as readonly PaymentStatus[]).includes(status);
/** Whether a payment in this status was captured. */
export const isPaid = (status: PaymentStatus): boolean => (PAID as readonly PaymentStatus[]).includes(status);
/** Whether all money of a payment in this status is with the buyer again. */
export const isReturned = (status: PaymentStatus): boolean => (RETURNED as readonly PaymentStatus[]).includes(status);
/** Whether a payment in this status no longer waits: for the buyer, a bank or, under review, an operator. */
export const isDecided = (status: PaymentStatus): boolean =>
  isGivenUp(status) || (ACCEPTED as readonly PaymentStatus[]).includes(status);
