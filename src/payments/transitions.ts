import { sameMoney } from '../shared/money.ts';
import type { Outcome, PaymentStatus } from '../shared/settlement.ts';
import type { Evidence, EvidenceKind } from './evidence.ts';
import type { Payment } from './payment.ts';

/** Waits for the buyer or a bank. */
const IN_PROGRESS = ['created', 'approved', 'capture_pending'] as const;
/** Given up. A later status of these supersedes an earlier one. */
const GIVEN_UP = ['expired', 'cancelled', 'failed'] as const;
/** Captured, and not under review. */
export const ACCEPTED = ['captured', 'partially_refunded', 'refunded', 'reversed'] as const;
/** Captured. */
const PAID = [...ACCEPTED, 'review'] as const;

/** What must hold besides the status. Each guard is a predicate here and a condition in `conditions.ts`. */
export type Guard =
  | 'on time'
  | 'current attempt'
  | 'late'
  | 'amount matches'
  | 'amount differs'
  | 'same capture'
  | 'increases total'
  | 'does not increase total'
  | 'partial'
  | 'full';

/** Evidence of this kind moves a payment from one of these statuses to that one, and requests this settlement. */
export interface Transition {
  readonly evidence: EvidenceKind;
  readonly from: readonly PaymentStatus[];
  readonly guards?: readonly Guard[];
  /** Allowed only for PayPal's current view, just fetched; a delivery may be old. */
  readonly authoritative?: true;
  readonly to: PaymentStatus;
  readonly settlement?: Outcome;
}

/**
 * All allowed transitions. The first of each kind of evidence is the most common one: it is written without reading the
 * payment first. A test holds docs/payment-states.md to this table.
 */
export const TRANSITIONS: readonly Transition[] = [
  { evidence: 'approved', from: ['created'], to: 'approved', settlement: 'approved' },
  // Once only: a buyer who was declined for lack of stock must not be charged when stock returns.
  {
    evidence: 'approved',
    from: GIVEN_UP,
    guards: ['on time'],
    authoritative: true,
    to: 'approved',
    settlement: 'approved_late',
  },

  { evidence: 'capture_pending', from: ['created', 'approved'], to: 'capture_pending' },
  { evidence: 'capture_pending', from: GIVEN_UP, authoritative: true, to: 'capture_pending' },

  {
    evidence: 'captured',
    from: IN_PROGRESS,
    guards: ['on time', 'amount matches'],
    to: 'captured',
    settlement: 'captured',
  },
  {
    evidence: 'captured',
    from: IN_PROGRESS,
    guards: ['late', 'amount matches'],
    to: 'captured',
    settlement: 'captured_late',
  },
  { evidence: 'captured', from: GIVEN_UP, guards: ['amount matches'], to: 'captured', settlement: 'captured_late' },
  { evidence: 'captured', from: IN_PROGRESS, guards: ['amount differs'], to: 'review' },
  { evidence: 'captured', from: GIVEN_UP, guards: ['amount differs'], to: 'review' },

  { evidence: 'capture_failed', from: IN_PROGRESS, guards: ['same capture'], to: 'failed', settlement: 'released' },
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

  { evidence: 'accepted', from: ['review'], guards: ['on time'], to: 'captured', settlement: 'captured' },
  { evidence: 'accepted', from: ['review'], guards: ['late'], to: 'captured', settlement: 'captured_late' },

  { evidence: 'declined', from: ['approved'], guards: ['late'], to: 'cancelled', settlement: 'released' },

  {
    evidence: 'expired',
    from: IN_PROGRESS,
    guards: ['on time'],
    authoritative: true,
    to: 'expired',
    settlement: 'released',
  },
  // A late payment ends as cancelled, not expired: its session may be cancelled already, and sessions follow these
  // statuses in one direction only.
  {
    evidence: 'expired',
    from: IN_PROGRESS,
    guards: ['late'],
    authoritative: true,
    to: 'cancelled',
    settlement: 'released',
  },

  {
    evidence: 'refunded',
    from: ['captured', 'partially_refunded'],
    guards: ['increases total', 'partial'],
    to: 'partially_refunded',
    settlement: 'refunded',
  },
  { evidence: 'refunded', from: ['review'], guards: ['increases total', 'partial'], to: 'review' },
  {
    evidence: 'refunded',
    from: ['captured', 'partially_refunded', 'review'],
    guards: ['full'],
    to: 'refunded',
    settlement: 'refunded',
  },

  {
    evidence: 'reversed',
    from: ['captured', 'partially_refunded', 'refunded', 'review'],
    to: 'reversed',
    settlement: 'refunded',
  },
];

/**
 * Evidence that is a no-op in these statuses. Evidence that is neither here nor in a transition does not fit, and
 * PayPal's view is fetched.
 */
export const NO_OPS: readonly Pick<Transition, 'evidence' | 'from' | 'guards'>[] = [
  { evidence: 'approved', from: [...PAID, 'approved', 'capture_pending'] },
  { evidence: 'capture_pending', from: [...PAID, 'capture_pending'] },
  { evidence: 'captured', from: PAID, guards: ['same capture'] },
  { evidence: 'capture_failed', from: [...PAID, 'failed'] },
  { evidence: 'cancelled', from: [...PAID, 'cancelled', 'failed'] },
  { evidence: 'expired', from: [...PAID, ...GIVEN_UP] },
  { evidence: 'instrument_declined', from: [...PAID, ...GIVEN_UP, ...IN_PROGRESS] },
  { evidence: 'accepted', from: [...PAID, ...GIVEN_UP, ...IN_PROGRESS] },
  { evidence: 'declined', from: [...PAID, ...GIVEN_UP, 'created', 'capture_pending'] },
  { evidence: 'refunded', from: PAID, guards: ['does not increase total'] },
  { evidence: 'refunded', from: ['refunded', 'reversed'] },
  { evidence: 'reversed', from: ['reversed'] },
];

const refundTotal = (evidence: Evidence) => (evidence.kind === 'refunded' ? evidence.total.minor : Number.NaN);

/** The guards as predicates. `conditions.ts` has them as DynamoDB conditions; a test holds the two together. */
export const GUARDS: Readonly<Record<Guard, (payment: Payment, evidence: Evidence) => boolean>> = {
  'on time': (payment) => !payment.late,
  'current attempt': ({ declines }, evidence) => 'attempt' in evidence && declines === evidence.attempt,
  late: (payment) => payment.late,
  'amount matches': ({ amount }, evidence) => 'amount' in evidence && sameMoney(amount, evidence.amount),
  'amount differs': (payment, evidence) => 'amount' in evidence && !GUARDS['amount matches'](payment, evidence),
  'same capture': (payment, evidence) =>
    payment.capture_id === undefined || ('captureId' in evidence && payment.capture_id === evidence.captureId),
  'increases total': (payment, evidence) => refundTotal(evidence) > payment.refunded_minor,
  'does not increase total': (payment, evidence) => refundTotal(evidence) <= payment.refunded_minor,
  partial: (payment, evidence) => refundTotal(evidence) < (payment.captured?.minor ?? 0),
  full: (payment, evidence) => refundTotal(evidence) >= (payment.captured?.minor ?? 0),
};

export const isGivenUp = (status: PaymentStatus): boolean => (GIVEN_UP as readonly PaymentStatus[]).includes(status);
/** Whether a payment in this status was captured. */
export const isPaid = (status: PaymentStatus): boolean => (PAID as readonly PaymentStatus[]).includes(status);
/** Whether a payment in this status no longer waits: for the buyer, a bank or, under review, an operator. */
export const isDecided = (status: PaymentStatus): boolean =>
  isGivenUp(status) || (ACCEPTED as readonly PaymentStatus[]).includes(status);
