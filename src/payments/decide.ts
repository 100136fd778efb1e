import { type PaymentId, sessionIdOf } from '../shared/ids.ts';
import type { Outcome, Settlement } from '../shared/settlement.ts';
import type { Evidence, EvidenceKind } from './evidence.ts';
import type { Payment } from './payment.ts';
import { GUARDS, isGivenUp, NO_OPS, TRANSITIONS, type Transition } from './transitions.ts';

export type Decision =
  | { readonly do: 'move'; readonly move: Move }
  | { readonly do: 'no_op' }
  /** The evidence does not fit, or may be out of date: fetch PayPal's current view. */
  | { readonly do: 'refresh' }
  /** The evidence is about another PayPal order. */
  | { readonly do: 'reject' };

/** One application of a transition. */
export interface Move {
  readonly transition: Transition;
  readonly evidence: Evidence;
  /** As it was when this was decided. Settlement names derive from it, so the write requires it unchanged. */
  readonly seen: Pick<Payment, 'late' | 'declines'>;
  readonly set: Partial<Pick<Payment, 'capture_id' | 'captured' | 'refunded_minor' | 'late' | 'declines'>>;
  /** The requested settlement; `name` is the last part of its execution's name. */
  readonly settlement?: { readonly name: string; readonly input: Settlement };
  /** An open settlement that this move makes obsolete. */
  readonly supersedes?: string;
}

type Before = Pick<Payment, 'payment_id' | 'status' | 'late' | 'declines' | 'captured' | 'refunded_minor'>;

/** Pure and total: every kind of evidence has a decision in every status. */
export function decide(payment: Payment, evidence: Evidence): Decision {
  if (evidence.paypalOrderId && payment.paypal_order_id && evidence.paypalOrderId !== payment.paypal_order_id)
    return { do: 'reject' };
  const fits = ({ evidence: kind, from, guards = [] }: Pick<Transition, 'evidence' | 'from' | 'guards'>) =>
    kind === evidence.kind &&
    from.includes(payment.status) &&
    guards.every((guard) => GUARDS[guard](payment, evidence));
  const transition = TRANSITIONS.find(
    (candidate) => fits(candidate) && (!candidate.authoritative || evidence.authoritative),
  );
  if (transition) return { do: 'move', move: buildMove(transition, payment, evidence) };
  return NO_OPS.some(fits) ? { do: 'no_op' } : { do: 'refresh' };
}

/** The move of this evidence depends on the stored payment. */
const NEEDS_PAYMENT: ReadonlySet<EvidenceKind> = new Set([
  'refunded',
  'reversed',
  'accepted',
  'declined',
  'instrument_declined',
]);

/**
 * The move of the most common transition, written before the payment is read: the transition's condition rejects the
 * write if the payment is in another state.
 */
export function optimisticMove(paymentId: PaymentId, evidence: Evidence): Move | undefined {
  const transition = TRANSITIONS.find(({ evidence: kind }) => kind === evidence.kind);
  if (!transition || NEEDS_PAYMENT.has(evidence.kind) || (transition.authoritative && !evidence.authoritative))
    return undefined;
  return buildMove(
    transition,
    { payment_id: paymentId, status: 'created', late: false, declines: 0, captured: undefined, refunded_minor: 0 },
    evidence,
  );
}

/** The payment that the repository writes for a move. `at` is ISO 8601, UTC. */
export function afterMove(payment: Payment, move: Move, at: string): Payment {
  const { transition, set, settlement, supersedes = '' } = move;
  const { [supersedes]: _, ...open } = payment.open;
  return {
    ...payment,
    ...set,
    status: transition.to,
    open: { ...open, ...(settlement && { [settlement.name]: settlement.input }) },
    history: [...payment.history, historyEntry(move, at)],
    updated_at: at,
  };
}

export const historyEntry = ({ transition, evidence, settlement }: Move, at: string): Payment['history'][number] => ({
  at,
  status: transition.to,
  evidence: evidence.kind,
  source: evidence.source,
  ...(settlement && { settlement: settlement.name }),
  ...(evidence.receivedAt && { heard_at: evidence.receivedAt }),
});

function buildMove(transition: Transition, before: Before, evidence: Evidence): Move {
  const givenUp = isGivenUp(before.status);
  const isLate = givenUp && !isGivenUp(transition.to);
  const set: Move['set'] = {
    ...((evidence.kind === 'captured' || evidence.kind === 'capture_pending') && { capture_id: evidence.captureId }),
    ...(evidence.kind === 'captured' && { captured: evidence.amount }),
    ...(evidence.kind === 'refunded' && { refunded_minor: evidence.total.minor }),
    ...(evidence.kind === 'reversed' && { refunded_minor: before.captured?.minor ?? 0 }),
    // Refunds made under review are applied again after the acceptance, to the order that the payment now has.
    ...(evidence.kind === 'accepted' && { refunded_minor: 0 }),
    ...(evidence.kind === 'instrument_declined' && { declines: before.declines + 1 }),
    ...(isLate && { late: true }),
  };
  const after = { ...before, ...set };
  return {
    transition,
    evidence,
    seen: { late: before.late, declines: before.declines },
    set,
    // Any move after the approval makes the settlement that captures obsolete.
    ...(transition.to !== 'approved' && {
      supersedes: before.late && before.declines === 0 ? 'approved_late' : approvedName(before),
    }),
    ...(transition.settlement && {
      settlement: settlementFor(
        { ...transition, settlement: transition.settlement },
        evidence,
        after,
        givenUp || after.late,
      ),
    }),
  };
}

function settlementFor(
  transition: Transition & { settlement: Outcome },
  evidence: Evidence,
  after: Before,
  isLate: boolean,
) {
  return {
    name: settlementName(transition, evidence, isLate, after),
    input: {
      payment_id: after.payment_id,
      checkout_session_id: sessionIdOf(after.payment_id),
      outcome: transition.settlement,
      payment_status: transition.to,
      captured: after.captured ?? null,
      refunded_minor: after.refunded_minor,
    },
  };
}

/**
 * The last part of an execution's name: the outcome, and a suffix where one payment can have several settlements of
 * that outcome. Deterministic, so that starting a settlement is idempotent.
 */
function settlementName(
  { settlement, to }: Transition & { settlement: Outcome },
  evidence: Evidence,
  isLate: boolean,
  after: Before,
): string {
  switch (settlement) {
    case 'refunded':
      return evidence.kind === 'refunded' ? `refunded-${evidence.total.minor}` : 'refunded-reversed';
    case 'released':
      return isLate ? `released-${to}${after.late ? '-late' : ''}` : 'released';
    case 'approved':
      return approvedName(after);
    default:
      return settlement;
  }
}

/** One settlement per attempt: a decline ends an attempt, the buyer's next approval starts another. */
const approvedName = ({ declines }: Before) => (declines === 0 ? 'approved' : `approved-${declines + 1}`);
