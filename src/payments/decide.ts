import { type PaymentId, sessionIdOf } from '../shared/ids.ts';
import type { Outcome, Settlement } from '../shared/settlement.ts';
import type { Evidence, EvidenceKind } from './evidence.ts';
import type { Payment } from './payment.ts';
import { GUARDS, isGivenUp, NO_OPS, TRANSITIONS, type Transition } from './transitions.ts';

/** What evidence means for a payment. */
export type Decision =
  | { readonly do: 'move'; readonly move: Move }
  /** It tells nothing new. */
  | { readonly do: 'nothing' }
  /** It does not fit, or may be older than what is known: only PayPal can tell. */
  | { readonly do: 'ask' }
  /** It speaks of another PayPal order than this payment's. */
  | { readonly do: 'refuse' };

/** A change of a payment, with the transition that allows it. */
export interface Move {
  readonly transition: Transition;
  readonly evidence: Evidence;
  /** What the payment was when this was decided. Names of settlements follow from it, so it is part of the write's condition. */
  readonly seen: Pick<Payment, 'late' | 'declines'>;
  readonly set: Partial<Pick<Payment, 'capture_id' | 'captured' | 'refunded_minor' | 'late' | 'declines'>>;
  /** What other services must do about it, and the last part of the execution's name; absent where they have nothing to do. */
  readonly settlement?: { readonly name: string; readonly input: Settlement };
  /** A settlement that this move makes pointless. */
  readonly supersedes?: string;
}

type Before = Pick<Payment, 'payment_id' | 'status' | 'late' | 'declines' | 'captured' | 'refunded_minor'>;

/** What evidence means for this payment. Pure and total: every kind of evidence in every status has an answer. */
export function decide(payment: Payment, evidence: Evidence): Decision {
  if (evidence.paypalOrderId && payment.paypal_order_id && evidence.paypalOrderId !== payment.paypal_order_id)
    return { do: 'refuse' };
  const fits = ({ evidence: kind, from, guards = [] }: Pick<Transition, 'evidence' | 'from' | 'guards'>) =>
    kind === evidence.kind &&
    from.includes(payment.status) &&
    guards.every((guard) => GUARDS[guard](payment, evidence));
  const transition = TRANSITIONS.find(
    (candidate) => fits(candidate) && (!candidate.authoritative || evidence.authoritative),
  );
  if (transition) return { do: 'move', move: buildMove(transition, payment, evidence) };
  return NO_OPS.some(fits) ? { do: 'nothing' } : { do: 'ask' };
}

/** What these do depends on what the payment has been through. */
const NEEDS_PAYMENT: ReadonlySet<EvidenceKind> = new Set([
  'refunded',
  'reversed',
  'accepted',
  'declined',
  'instrument_declined',
]);

/**
 * What evidence means for a payment to which nothing unusual has happened: tried before the payment is read, because the
 * arrow's condition refuses the write wherever this guess is wrong.
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

/** The payment after a move: what the repository writes. `at` is ISO 8601, UTC. */
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

/** What a move adds to the payment's history. */
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
  const comesBack = givenUp && !isGivenUp(transition.to);
  const set: Move['set'] = {
    ...((evidence.kind === 'captured' || evidence.kind === 'capture_pending') && { capture_id: evidence.captureId }),
    ...(evidence.kind === 'captured' && { captured: evidence.amount }),
    ...(evidence.kind === 'refunded' && { refunded_minor: evidence.total.minor }),
    ...(evidence.kind === 'reversed' && { refunded_minor: before.captured?.minor ?? 0 }),
    // What went back under review is learned anew, as a refund of the order that the money pays for now.
    ...(evidence.kind === 'accepted' && { refunded_minor: 0 }),
    ...(evidence.kind === 'instrument_declined' && { declines: before.declines + 1 }),
    ...(comesBack && { late: true }),
  };
  const after = { ...before, ...set };
  return {
    transition,
    evidence,
    seen: { late: before.late, declines: before.declines },
    set,
    // Whatever comes after the approval answers the question whether to capture.
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

/** The execution that an transition asks for. */
function settlementFor(
  transition: Transition & { settlement: Outcome },
  evidence: Evidence,
  after: Before,
  again: boolean,
) {
  return {
    name: settlementName(transition, evidence, again, after),
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
 * The last part of an execution's name: the outcome, and more where one payment can have several of that outcome.
 * The same point of a payment's story always gets the same name, so a second start of it finds the first.
 */
function settlementName(
  { settlement, to }: Transition & { settlement: Outcome },
  evidence: Evidence,
  again: boolean,
  after: Before,
): string {
  switch (settlement) {
    case 'refunded':
      return evidence.kind === 'refunded' ? `refunded-${evidence.total.minor}` : 'refunded-reversed';
    case 'released':
      return again ? `released-${to}${after.late ? '-late' : ''}` : 'released';
    case 'approved':
      return approvedName(after);
    default:
      return settlement;
  }
}

/** Each time that the buyer approves after PayPal has declined, there is one more attempt to capture. */
const approvedName = ({ declines }: Before) => (declines === 0 ? 'approved' : `approved-${declines + 1}`);
