import type { PayPalCapture, PayPalOrder } from '../paypal/schema.ts';
import type { PaymentId } from '../shared/ids.ts';
import { executionName, type Settlement } from '../shared/settlement.ts';
import { type Decision, decide, type Move, optimisticMove } from './decide.ts';
import { type Evidence, evidenceOfCapture, evidenceOfOrder } from './evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';

/** What became of evidence. */
export type EvidenceResult =
  | { readonly outcome: 'moved'; readonly payment: Payment }
  /** It told nothing new, or PayPal's own view did not bear it out. */
  | { readonly outcome: 'known'; readonly payment: Payment }
  /** It speaks of another PayPal order than the payment's. */
  | { readonly outcome: 'refused'; readonly payment: Payment }
  | { readonly outcome: 'unknown_payment' };

/** Starts the workflow; the same name a second time is harmless. */
export type StartSettlement = (name: string, input: Settlement) => Promise<void>;

/** What `evidenceApplier` works with. */
export interface ApplyEvidenceDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'move'>;
  readonly startSettlement: StartSettlement;
  /** PayPal's present view of an order; undefined when it knows none. */
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  /** PayPal's present view of a capture, which outlives its order; undefined when it knows none. */
  readonly getCapture: (captureId: string) => Promise<PayPalCapture | undefined>;
  /** Keeps who bought for the warehouse. */
  readonly rememberBuyer: (paymentId: PaymentId, buyer: NonNullable<Evidence['buyer']>) => Promise<unknown>;
  readonly now: () => Date;
  /** After so long somebody looks after a payment, if nothing more is heard of it. */
  readonly dueAfterSeconds: number;
}

/** The one path by which evidence changes payments. */
export interface EvidenceApplier {
  /** Settles one fact. `payment`, if the caller has just read it, saves a look. */
  readonly apply: (id: PaymentId, evidence: Evidence, payment?: Payment) => Promise<EvidenceResult>;
  /** Settles several facts, one after the other; `moved` if any of them moved the payment. */
  readonly applyAll: (payment: Payment, facts: readonly Evidence[]) => Promise<EvidenceResult>;
  /** Settles all that PayPal's answer about a payment's order says; no order means that it has expired, unless there is a capture. */
  readonly applyOrder: (payment: Payment, order: PayPalOrder | undefined, source: string) => Promise<EvidenceResult>;
  /** Asks PayPal about a payment's order and settles on the answer. */
  readonly refreshFromPayPal: (payment: Payment, source: string) => Promise<EvidenceResult>;
}

/** Evidence for one payment meets a handful of others at most; more tries mean that something is wrong. */
const MAX_ATTEMPTS = 8;

/**
 * One conditional write, then the workflow for what the others must do. Whoever comes second finds the work done, and does the rest
 * of it where the first one fell over in between.
 */
export function evidenceApplier(deps: ApplyEvidenceDeps): EvidenceApplier {
  const apply = async (
    id: PaymentId,
    evidence: Evidence,
    read: Payment | undefined,
    mayAsk: boolean,
  ): Promise<EvidenceResult> => {
    let payment = read;
    for (let tries = 0; tries < MAX_ATTEMPTS; tries++) {
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
      if (decision.do === 'refuse') return { outcome: 'refused', payment: found };
      if (decision.do === 'ask' && mayAsk) return ask(found, evidence);
      await startOpen(found);
      return { outcome: 'known', payment: found };
    }
    throw new Error(`${id} changed ${MAX_ATTEMPTS} times while ${evidence.kind} was settled`);
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

  /** Starts what is not known to have succeeded. A crash between the write and this is healed by whoever comes next. */
  const startOpen = async (payment: Payment): Promise<void> => {
    for (const [name, input] of Object.entries(payment.open))
      await deps.startSettlement(executionName(payment.payment_id, name), input);
  };

  const applyAll = async (payment: Payment, facts: readonly Evidence[], mayAsk: boolean): Promise<EvidenceResult> => {
    let latest: EvidenceResult = { outcome: 'known', payment };
    let moved = false;
    for (const fact of facts) {
      latest = await apply(payment.payment_id, fact, 'payment' in latest ? latest.payment : payment, mayAsk);
      moved ||= latest.outcome === 'moved';
    }
    return moved && latest.outcome === 'known' ? { ...latest, outcome: 'moved' } : latest;
  };

  const factsOf = async (
    { paypal_order_id: paypalOrderId, capture_id }: Payment,
    order: PayPalOrder | undefined,
    source: string,
  ): Promise<Evidence[]> => {
    const asked = { source, authoritative: true, paypalOrderId };
    if (order) return evidenceOfOrder(order, asked);
    const capture = capture_id === undefined ? undefined : await deps.getCapture(capture_id);
    return capture ? evidenceOfCapture(capture, asked) : [{ ...asked, kind: 'expired' }];
  };

  const orderOf = ({ paypal_order_id }: Payment) => (paypal_order_id ? deps.getOrder(paypal_order_id) : undefined);

  /** Settles on PayPal's own view first; then the evidence may fit. */
  const ask = async (payment: Payment, evidence: Evidence): Promise<EvidenceResult> => {
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

/** When to look after a payment, if nothing more is heard of it. */
export const dueAfter = (seconds: number, now: Date): Date => new Date(now.getTime() + seconds * 1000);

/**
 * An operator takes money that differs from what was asked; `source` says who. What went back of it by then, and since `payment` was read,
 * PayPal is asked.
 */
export async function acceptPayment(
  evidenceApplier: EvidenceApplier,
  payment: Payment,
  source: string,
): Promise<EvidenceResult> {
  const settled = await evidenceApplier.apply(payment.payment_id, { kind: 'accepted', source }, payment);
  if (settled.outcome !== 'moved') return settled;
  const movedMeanwhile = settled.payment.history.length > payment.history.length + 1;
  return payment.refunded_minor > 0 || movedMeanwhile
    ? evidenceApplier.refreshFromPayPal(settled.payment, source)
    : settled;
}
