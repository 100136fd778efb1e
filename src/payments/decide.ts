import { type PaymentId, sessionIdOf } from '../shared/ids.ts';
import type { Outcome, PaymentStatus, Settlement } from '../shared/settlement.ts';
import type { Evidence, EvidenceKind } from './evidence.ts';
import type { Payment } from './payment.ts';
import { GUARDS, isGivenUp, isReturned, NO_OPS, type NoOp, TRANSITIONS, type Transition } from './transitions.ts';

export type Decision =
  | { readonly do: 'move'; readonly move: Move }
  | { readonly do: 'no_op' }
  /** The evidence does not fit, or may be out of date: fetch PayPal's current view. */
  | { readonly do: 'refresh' }
  /** The evidence is not about this payment. */
  | { readonly do: 'reject'; readonly reason: 'other_order' | 'other_capture' | 'other_currency' };

/**
 * As it was when this was decided; the write requires it unchanged. Settlement names derive from `late` and `declines`;
 * the others are there if the move replaces or repeats them.
 */
type Seen = Pick<Payment, 'late' | 'declines'> &
  Partial<Pick<Payment, 'status' | 'refunded_minor' | 'refunds' | 'extra_captures' | 'reinstated'>>;

/** A requested settlement; `name` is the last part of its execution's name. */
interface RequestedSettlement {
  readonly name: string;
  readonly input: Settlement;
}

/** One application of a transition. */
export interface Move {
  readonly transition: Transition;
  readonly evidence: Evidence;
  readonly seen: Seen;
  readonly set: Partial<
    Pick<
      Payment,
      | 'capture_id'
      | 'captured'
      | 'refunded_minor'
      | 'late'
      | 'declines'
      | 'refused_at'
      | 'refunds'
      | 'refunds_pending'
      | 'extra_captures'
      | 'reversed_at'
      | 'reinstated'
    >
  >;
  /** The steps of the history, one or two; the last one has the payment's new status. */
  readonly steps: readonly [Step, ...Step[]];
  /** An open settlement that this move makes obsolete. */
  readonly supersedes?: string;
}

interface Step {
  readonly status: PaymentStatus;
  readonly settlement?: RequestedSettlement;
}

type Before = Pick<
  Payment,
  | 'payment_id'
  | 'status'
  | 'late'
  | 'declines'
  | 'captured'
  | 'refunded_minor'
  | 'refunds'
  | 'extra_captures'
  | 'reinstated'
>;

/** The status after a move. */
export const statusAfter = ({ steps }: Move): PaymentStatus => (steps.at(-1) ?? steps[0]).status;

/** The settlements that a move requests. */
export const settlementsOf = ({ steps }: Move): RequestedSettlement[] =>
  steps.flatMap(({ settlement }) => settlement ?? []);

/** Pure and total: every kind of evidence has a decision in every status. */
export function decide(payment: Payment, evidence: Evidence): Decision {
  if (evidence.paypalOrderId && payment.paypal_order_id && evidence.paypalOrderId !== payment.paypal_order_id)
    return { do: 'reject', reason: 'other_order' };
  const fits = ({ evidence: kind, from, guards = [] }: Transition | NoOp) =>
    kind === evidence.kind &&
    from.includes(payment.status) &&
    guards.every((guard) => GUARDS[guard](payment, evidence));
  const transition = TRANSITIONS.find(
    (candidate) => fits(candidate) && (!candidate.authoritative || evidence.authoritative),
  );
  if (transition) return { do: 'move', move: buildMove(transition, payment, evidence) };
  if (NO_OPS.some(fits)) return { do: 'no_op' };
  const reason = isAboutRefunds(evidence) && payment.captured ? mismatch(payment, evidence) : undefined;
  return reason ? { do: 'reject', reason } : { do: 'refresh' };
}

type RefundEvidence = Extract<Evidence, { kind: 'refunded' | 'reversed' | 'refund_pending' | 'refund_failed' }>;

const isAboutRefunds = (evidence: Evidence): evidence is RefundEvidence =>
  ['refunded', 'reversed', 'refund_pending', 'refund_failed'].includes(evidence.kind);

function mismatch(payment: Payment, evidence: RefundEvidence): 'other_capture' | 'other_currency' | undefined {
  if (GUARDS['extra capture'](payment, evidence)) return 'other_currency';
  if (!GUARDS['own capture'](payment, evidence)) return 'other_capture';
  return evidence.kind === 'refund_failed' || GUARDS['own currency'](payment, evidence) ? undefined : 'other_currency';
}

/** Evidence of these kinds moves a payment before it is read. */
const OPTIMISTIC: ReadonlySet<EvidenceKind> = new Set(['approved', 'capture_pending', 'captured']);

/**
 * The move of the most common transition, written before the payment is read: the transition's condition rejects the
 * write if the payment is in another state.
 */
export function optimisticMove(paymentId: PaymentId, evidence: Evidence): Move | undefined {
  const transition = TRANSITIONS.find(({ evidence: kind }) => kind === evidence.kind);
  if (!transition || !OPTIMISTIC.has(evidence.kind) || (transition.authoritative && !evidence.authoritative))
    return undefined;
  return buildMove(
    transition,
    { payment_id: paymentId, status: 'created', late: false, declines: 0, captured: undefined, refunded_minor: 0 },
    evidence,
  );
}

/** The payment that the repository writes for a move. `at` is ISO 8601, UTC. */
export function afterMove(payment: Payment, move: Move, at: string): Payment {
  const { set, supersedes = '' } = move;
  const { [supersedes]: _, ...open } = payment.open;
  return {
    ...payment,
    ...set,
    status: statusAfter(move),
    open: { ...open, ...Object.fromEntries(settlementsOf(move).map(({ name, input }) => [name, input])) },
    history: [...payment.history, ...historyEntries(move, at)],
    updated_at: at,
  };
}

export const historyEntries = ({ steps, evidence }: Move, at: string): Payment['history'] =>
  steps.map(({ status, settlement }) => ({
    at,
    status,
    evidence: evidence.kind,
    source: evidence.source,
    ...(settlement && { settlement: settlement.name }),
    ...(evidence.receivedAt && { heard_at: evidence.receivedAt }),
    ...('issue' in evidence && { issue: evidence.issue }),
  }));

function buildMove(transition: Transition, before: Before, evidence: Evidence): Move {
  const givenUp = isGivenUp(before.status);
  const status = transition.to === 'unchanged' ? before.status : transition.to;
  const set = setOf(transition, before, evidence, givenUp && !isGivenUp(status));
  const after = { ...before, ...set };
  const { settlement } = transition;
  // What was refunded before is a settlement of its own.
  const hasRefundStep =
    (evidence.kind === 'accepted' || evidence.kind === 'reinstated') &&
    status === 'captured' &&
    after.refunded_minor > 0;
  const inputState = evidence.kind === 'accepted' ? { ...after, refunded_minor: 0 } : after;
  const step: Step = {
    status,
    ...(settlement && { settlement: settlementFor(settlement, status, inputState, givenUp || after.late) }),
  };
  return {
    transition,
    evidence,
    seen: seenOf(transition, before, set),
    set,
    steps: hasRefundStep ? [step, refundStep(after)] : [step],
    // Any move after the approval makes the settlement that captures obsolete.
    ...(status !== 'approved' &&
      transition.to !== 'unchanged' && {
        supersedes: before.late && before.declines === 0 ? 'approved_late' : approvedName(before),
      }),
  };
}

const seenOf = ({ to, evidence }: Transition, before: Before, set: Move['set']): Seen => ({
  late: before.late,
  declines: before.declines,
  ...(to === 'unchanged' && { status: before.status }),
  ...(evidence === 'accepted' && { refunded_minor: before.refunded_minor }),
  ...(set.refunds && before.refunds && { refunds: before.refunds }),
  ...(set.extra_captures && before.extra_captures && { extra_captures: before.extra_captures }),
  ...(set.refunded_minor !== undefined && before.reinstated !== undefined && { reinstated: before.reinstated }),
});

/** Money that went back under review, or before a reversal that was cancelled: the order gets the refund as well. */
const refundStep = (after: Before): Step => ({
  status: 'partially_refunded',
  settlement: {
    name: refundedName(after),
    input: inputOf('refunded', 'partially_refunded', after),
  },
});

function setOf(transition: Transition, before: Before, evidence: Evidence, isLate: boolean): Move['set'] {
  const also = isLate ? { late: true } : {};
  switch (evidence.kind) {
    case 'captured':
      return transition.to === 'unchanged'
        ? withExtraCapture(before, evidence.captureId, { amount: evidence.amount, refunded_minor: 0 })
        : { ...also, capture_id: evidence.captureId, captured: evidence.amount };
    case 'capture_pending':
      return { ...also, capture_id: evidence.captureId };
    case 'instrument_declined':
    case 'not_approved':
      return { ...also, declines: before.declines + 1, ...(evidence.time && { refused_at: evidence.time }) };
    case 'refunded':
    case 'reversed': {
      const extra = before.extra_captures?.[evidence.captureId];
      if (extra)
        return withExtraCapture(before, evidence.captureId, { ...extra, refunded_minor: evidence.total.minor });
      const ended = evidence.kind === 'refunded' ? evidence.refundIds : [];
      return {
        ...(transition.to !== 'unchanged' && { refunded_minor: evidence.total.minor }),
        ...(evidence.kind === 'reversed' && evidence.time && { reversed_at: evidence.time }),
        ...(ended.length > 0 && withRefunds(before, ended, 'COMPLETED')),
      };
    }
    case 'refund_pending':
      return withRefunds(before, [evidence.refundId], 'PENDING', evidence.amount.minor);
    case 'refund_failed':
      return withRefunds(before, [evidence.refundId], evidence.status);
    case 'reinstated':
      return {
        reversed_at: evidence.time,
        ...(transition.to !== 'unchanged' && {
          refunded_minor: evidence.total.minor,
          reinstated: (before.reinstated ?? 0) + 1,
          // The reversal has returned the stock.
          ...(isReturned(before.status) && { late: true }),
        }),
      };
    default:
      return also;
  }
}

const withExtraCapture = (
  { extra_captures = {} }: Before,
  captureId: string,
  capture: NonNullable<Payment['extra_captures']>[string],
): Move['set'] => ({ extra_captures: { ...extra_captures, [captureId]: capture } });

type Refund = NonNullable<Payment['refunds']>[string];

function withRefunds(
  { refunds: known = {} }: Before,
  ids: readonly string[],
  status: Refund['status'],
  minor?: number,
): Move['set'] {
  const refunds: Record<string, Refund> = { ...known };
  for (const id of ids) refunds[id] = { ...known[id], status, ...(minor !== undefined && { minor }) };
  return {
    refunds,
    refunds_pending: Object.values(refunds).filter((refund) => refund.status === 'PENDING').length,
  };
}

const settlementFor = (
  outcome: Outcome,
  status: PaymentStatus,
  after: Before,
  isLate: boolean,
): RequestedSettlement => ({
  name: settlementName(outcome, status, isLate, after),
  input: inputOf(outcome, status, after),
});

const inputOf = (
  outcome: Outcome,
  payment_status: PaymentStatus,
  { payment_id, captured, refunded_minor, declines, reinstated }: Before,
): Settlement => ({
  payment_id,
  checkout_session_id: sessionIdOf(payment_id),
  outcome,
  payment_status,
  captured: captured ?? null,
  refunded_minor,
  ...((outcome === 'approved' || outcome === 'approved_late') && { attempt: declines }),
  ...(reinstated !== undefined && { reinstated }),
});

/**
 * The last part of an execution's name: the outcome, and a suffix where one payment can have several settlements of
 * that outcome. Deterministic, so that starting a settlement is idempotent.
 */
function settlementName(settlement: Outcome, status: PaymentStatus, isLate: boolean, after: Before): string {
  switch (settlement) {
    case 'refunded':
      return refundedName(after, status);
    case 'released':
      return isLate ? `released-${status}${after.late ? '-late' : ''}` : 'released';
    case 'approved':
      return approvedName(after);
    default:
      return after.reinstated === undefined ? settlement : reinstatedName(settlement, after);
  }
}

/** Once per total. A reversal that PayPal cancelled starts the totals again. */
const refundedName = ({ refunded_minor, reinstated }: Before, status?: PaymentStatus): string => {
  const again = reinstated === undefined ? '' : `-reinstated${reinstated}`;
  return `refunded-${status === 'reversed' ? status : refunded_minor}${again}`;
};

const reinstatedName = (settlement: Outcome, { reinstated, refunded_minor }: Before): string =>
  `${settlement}-reinstated${reinstated}${refunded_minor > 0 ? `-${refunded_minor}` : ''}`;

/** One settlement per attempt: a decline ends an attempt, the buyer's next approval starts another. */
const approvedName = ({ declines }: Pick<Before, 'declines'>) =>
  declines === 0 ? 'approved' : `approved-${declines + 1}`;
