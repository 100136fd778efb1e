import type { PayPalCapture, PayPalOrder } from '../paypal/schema.ts';
import type { PaymentId } from '../shared/ids.ts';
import { executionName, type Settlement } from '../shared/settlement.ts';
import { type Decision, decide, type Move, optimisticMove } from './decide.ts';
import { type Evidence, evidenceOfCapture, evidenceOfOrder } from './evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';

export type EvidenceResult =
  | { readonly outcome: 'moved'; readonly payment: Payment }
  /** A no-op: nothing new, or not confirmed by PayPal. */
  | { readonly outcome: 'unchanged'; readonly payment: Payment }
  /** The evidence is about another PayPal order. */
  | { readonly outcome: 'other_order'; readonly payment: Payment }
  | { readonly outcome: 'unknown_payment' };

/** Starts an execution; idempotent by name. */
export type StartSettlement = (name: string, input: Settlement) => Promise<void>;

export interface ApplyEvidenceDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'move'>;
  readonly startSettlement: StartSettlement;
  /** Undefined when PayPal does not find the order. */
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  /** Undefined when PayPal does not find the capture, which outlives its order. */
  readonly getCapture: (captureId: string) => Promise<PayPalCapture | undefined>;
  /** Stores the buyer for the warehouse. */
  readonly rememberBuyer: (paymentId: PaymentId, buyer: NonNullable<Evidence['buyer']>) => Promise<unknown>;
  readonly now: () => Date;
  /** Reconciliation checks a payment this long after its last evidence. */
  readonly dueAfterSeconds: number;
}

/** The only path by which evidence changes payments. */
export interface EvidenceApplier {
  /** Applies one fact. Passing `payment`, just read, saves a read. */
  readonly apply: (id: PaymentId, evidence: Evidence, payment?: Payment) => Promise<EvidenceResult>;
  /** Applies facts in sequence; `moved` if any of them moved the payment. */
  readonly applyAll: (payment: Payment, facts: readonly Evidence[]) => Promise<EvidenceResult>;
  /** Applies PayPal's view of the order. When PayPal has neither order nor capture, the payment has expired. */
  readonly applyOrder: (payment: Payment, order: PayPalOrder | undefined, source: string) => Promise<EvidenceResult>;
  /** Fetches the payment's order from PayPal and applies it. */
  readonly refreshFromPayPal: (payment: Payment, source: string) => Promise<EvidenceResult>;
}

/** A payment has a handful of concurrent writers at most. */
const MAX_WRITES = 8;

/**
 * Moves a payment with one conditional write, then starts the settlement that the transition requests. Idempotent. A
 * second caller also starts any settlement that the first failed to start.
 */
export function evidenceApplier(deps: ApplyEvidenceDeps): EvidenceApplier {
  const apply = async (
    id: PaymentId,
    evidence: Evidence,
    read: Payment | undefined,
    mayRefresh: boolean,
  ): Promise<EvidenceResult> => {
    let payment = read;
    for (let writes = 0; writes < MAX_WRITES; writes++) {
      const guess = payment ? undefined : optimisticMove(id, evidence);
      payment ??= guess ? undefined : await deps.payments.get(id);
      if (!payment && !guess) return { outcome: 'unknown_payment' };
      const decision: Decision = payment ? decide(payment, evidence) : { do: 'move', move: guess as Move };

      if (decision.do === 'move') {
        const result = await write(id, decision.move);
        if ('moved' in result) {
          await startOpen(result.moved);
          return { outcome: 'moved', payment: result.moved };
        }
        if (!result.found) return { outcome: 'unknown_payment' };
        payment = result.found;
        continue;
      }

      const found = payment as Payment;
      if (decision.do === 'reject') return { outcome: 'other_order', payment: found };
      if (decision.do === 'refresh' && mayRefresh) return refreshAndApply(found, evidence);
      await startOpen(found);
      return { outcome: 'unchanged', payment: found };
    }
    throw new Error(`cannot apply ${evidence.kind} to ${id}: ${MAX_WRITES} conflicting writes`);
  };

  const write = async (id: PaymentId, move: Move) => {
    const now = deps.now();
    const { buyer } = move.evidence;
    const [result] = await Promise.all([
      deps.payments.move(id, move, now, dueAfter(deps.dueAfterSeconds, now)),
      buyer ? deps.rememberBuyer(id, buyer) : undefined,
    ]);
    return result;
  };

  /** Starts all open settlements: after a crash between write and start, the next caller starts them. */
  const startOpen = async (payment: Payment): Promise<void> => {
    for (const [name, input] of Object.entries(payment.open))
      await deps.startSettlement(executionName(payment.payment_id, name), input);
  };

  const applyAll = async (
    payment: Payment,
    facts: readonly Evidence[],
    mayRefresh: boolean,
  ): Promise<EvidenceResult> => {
    let latest: EvidenceResult = { outcome: 'unchanged', payment };
    let moved = false;
    for (const fact of facts) {
      latest = await apply(payment.payment_id, fact, 'payment' in latest ? latest.payment : payment, mayRefresh);
      moved ||= latest.outcome === 'moved';
    }
    return moved && latest.outcome === 'unchanged' ? { ...latest, outcome: 'moved' } : latest;
  };

  const factsOf = async (
    { paypal_order_id: paypalOrderId, capture_id }: Payment,
    order: PayPalOrder | undefined,
    source: string,
  ): Promise<Evidence[]> => {
    const context = { source, authoritative: true, paypalOrderId };
    if (order) return evidenceOfOrder(order, context);
    const capture = capture_id === undefined ? undefined : await deps.getCapture(capture_id);
    return capture ? evidenceOfCapture(capture, context) : [{ ...context, kind: 'expired' }];
  };

  const orderOf = ({ paypal_order_id }: Payment) => (paypal_order_id ? deps.getOrder(paypal_order_id) : undefined);

  /** Applies PayPal's current view first; then the evidence may fit. */
  const refreshAndApply = async (payment: Payment, evidence: Evidence): Promise<EvidenceResult> => {
    const facts = await factsOf(payment, await orderOf(payment), `asked after ${evidence.source}`);
    return applyAll(payment, [...facts, evidence], false);
  };

  return {
    apply: (id, evidence, payment) => apply(id, evidence, payment, true),
    applyAll: (payment, facts) => applyAll(payment, facts, true),
    applyOrder: async (payment, order, source) => applyAll(payment, await factsOf(payment, order, source), false),
    refreshFromPayPal: async (payment, source) =>
      applyAll(payment, await factsOf(payment, await orderOf(payment), source), false),
  };
}

/** When reconciliation next checks a payment without further evidence. */
export const dueAfter = (seconds: number, now: Date): Date => new Date(now.getTime() + seconds * 1000);

/**
 * Applies an operator's acceptance of a captured amount that differs from the requested one. Refunds before it, or
 * since `payment` was read, are fetched from PayPal.
 * @param source the operator, for the payment's history
 */
export async function acceptPayment(
  evidenceApplier: EvidenceApplier,
  payment: Payment,
  source: string,
): Promise<EvidenceResult> {
  const accepted = await evidenceApplier.apply(payment.payment_id, { kind: 'accepted', source }, payment);
  if (accepted.outcome !== 'moved') return accepted;
  const hasMovedSince = accepted.payment.history.length > payment.history.length + 1;
  return payment.refunded_minor > 0 || hasMovedSince
    ? evidenceApplier.refreshFromPayPal(accepted.payment, source)
    : accepted;
}
