import { orderNotFound, refusedAsUnknown } from '../paypal/errors.ts';
import type { PayPalCapture, PayPalOrder, PayPalRefund } from '../paypal/schema.ts';
import type { PaymentId } from '../shared/ids.ts';
import type { Money } from '../shared/money.ts';
import { executionName, type Settlement } from '../shared/settlement.ts';
import { type Decision, decide, type Move, optimisticMove } from './decide.ts';
import { type Evidence, evidenceOfCapture, evidenceOfOrder, evidenceOfRefund, withoutFailures } from './evidence.ts';
import type { Payment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';
import type { FailedRefund } from './record-failed-refund.ts';
import { GUARDS } from './transitions.ts';

/** Why evidence cannot be applied. */
export type EvidenceRejection =
  | 'other_order'
  | 'other_capture'
  | 'other_currency'
  /** Money that PayPal does not confirm. */
  | 'not_confirmed';

export type EvidenceResult =
  | { readonly outcome: 'moved'; readonly payment: Payment }
  /** A no-op: nothing new. */
  | { readonly outcome: 'unchanged'; readonly payment: Payment }
  | { readonly outcome: 'rejected'; readonly reason: EvidenceRejection; readonly payment: Payment }
  | { readonly outcome: 'unknown_payment' };

/** Starts an execution; idempotent by name. */
export type StartSettlement = (name: string, input: Settlement) => Promise<void>;

/**
 * How far to trust buyer data: that of a capture which PayPal just showed, of a capture in an event, of an approval.
 * Among equals the latest is kept.
 */
export interface BuyerSource {
  readonly of: 'capture' | 'capture_event' | 'approval';
  /** ISO 8601, UTC; empty when unknown. */
  readonly time: string;
}

export interface ApplyEvidenceDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'move'>;
  readonly startSettlement: StartSettlement;
  /** Undefined when PayPal does not find the order. */
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  /** Undefined when PayPal does not find the capture, which outlives its order. */
  readonly getCapture: (captureId: string) => Promise<PayPalCapture | undefined>;
  readonly getRefund: (refundId: string) => Promise<PayPalRefund | undefined>;
  /** Stores the buyer for the warehouse. */
  readonly rememberBuyer: (
    paymentId: PaymentId,
    buyer: NonNullable<Evidence['buyer']>,
    source: BuyerSource,
  ) => Promise<unknown>;
  /** Called once for each refund, when the payment first records that it failed. */
  readonly recordFailedRefund: (refund: FailedRefund) => void;
  readonly now: () => Date;
  /** Reconciliation checks a payment this long after its last evidence. */
  readonly dueAfterSeconds: number;
}

/** The only path by which evidence changes payments. */
export interface EvidenceApplier {
  /** Applies one fact. Passing `payment`, just read, saves a read. */
  readonly apply: (id: PaymentId, evidence: Evidence, payment?: Payment) => Promise<EvidenceResult>;
  /** Applies facts in sequence; `moved` if any of them moved the payment, else `rejected` if any was. */
  readonly applyAll: (payment: Payment, facts: readonly Evidence[]) => Promise<EvidenceResult>;
  /**
   * Applies PayPal's view of the order, or of its capture when PayPal does not find the order. When it finds neither,
   * the payment has expired, unless the order is younger at `asOf` than an order that PayPal may have deleted.
   */
  readonly applyOrder: (
    payment: Payment,
    order: PayPalOrder | undefined,
    source: string,
    asOf?: Date,
  ) => Promise<EvidenceResult>;
  /** Fetches the payment's order from PayPal and applies it. */
  readonly refreshFromPayPal: (payment: Payment, source: string) => Promise<EvidenceResult>;
  /**
   * Like `refreshFromPayPal`, for an answer that nothing was charged.
   * @throws PayPalUnavailable when PayPal finds neither the order, which it cannot have deleted yet, nor a capture
   */
  readonly refreshForCertain: (payment: Payment, source: string) => Promise<EvidenceResult>;
  /** Fetches the payment's pending refunds from PayPal and applies them. */
  readonly refreshRefunds: (payment: Payment, source: string) => Promise<EvidenceResult>;
  /**
   * Fetches the payment's capture from PayPal after a dispute has ended, and applies it. Only here does a capture
   * without refunds end a reversal: PayPal may show a reversed capture as completed while a dispute lasts.
   */
  readonly refreshCapture: (
    payment: Payment,
    source: string,
    dispute: { readonly sellerLost: boolean },
  ) => Promise<EvidenceResult>;
}

/** A payment has a handful of concurrent writers at most. */
const MAX_WRITES = 8;

/**
 * PayPal deletes an order that is not captured: by default 3 hours for the buyer's approval and 3 more for the capture,
 * of which account managers grant up to 72. https://developer.paypal.com/docs/api/orders/v2/#orders_create
 */
const ORDER_LIFE_MS = 6.5 * 3_600_000;

/**
 * Moves a payment with one conditional write, then starts the settlements that the transition requests. Idempotent. A
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
          if (evidence.kind === 'refund_failed')
            deps.recordFailedRefund({ payment_id: id, refund_id: evidence.refundId, status: evidence.status });
          await Promise.all([startOpen(result.moved), rememberBuyer(id, evidence)]);
          return { outcome: 'moved', payment: result.moved };
        }
        if (!result.found) return { outcome: 'unknown_payment' };
        payment = result.found;
        continue;
      }

      const found = payment as Payment;
      // A capture that is unknown here may be a second one of the order.
      const isDoubtful = decision.do === 'refresh' || (decision.do === 'reject' && decision.reason === 'other_capture');
      if (isDoubtful && mayRefresh) return refreshAndApply(found, evidence);
      if (decision.do === 'reject') return { outcome: 'rejected', reason: decision.reason, payment: found };
      await startOpen(found);
      return decision.do === 'refresh' && isAboutMoney(evidence)
        ? { outcome: 'rejected', reason: 'not_confirmed', payment: found }
        : { outcome: 'unchanged', payment: found };
    }
    throw new Error(`cannot apply ${evidence.kind} to ${id}: ${MAX_WRITES} conflicting writes`);
  };

  const write = (id: PaymentId, move: Move) => {
    const now = deps.now();
    return deps.payments.move(id, move, now, dueAfter(deps.dueAfterSeconds, now));
  };

  /**
   * Only after the move: evidence that does not move the payment may be of an earlier approval, or of another order.
   */
  const rememberBuyer = async (id: PaymentId, { kind, buyer, authoritative, time = '' }: Evidence): Promise<void> => {
    if (!buyer) return;
    const isCapture = kind === 'captured' || kind === 'capture_pending';
    await deps.rememberBuyer(id, buyer, {
      of: isCapture ? (authoritative ? 'capture' : 'capture_event') : 'approval',
      time,
    });
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
    let rejection: EvidenceRejection | undefined;
    for (const fact of facts) {
      latest = await apply(payment.payment_id, fact, 'payment' in latest ? latest.payment : payment, mayRefresh);
      moved ||= latest.outcome === 'moved';
      if (latest.outcome === 'rejected') rejection = latest.reason;
    }
    if (latest.outcome === 'unknown_payment') return latest;
    if (moved) return { outcome: 'moved', payment: latest.payment };
    return rejection ? { outcome: 'rejected', reason: rejection, payment: latest.payment } : latest;
  };

  const orderOf = ({ paypal_order_id }: Payment) => (paypal_order_id ? deps.getOrder(paypal_order_id) : undefined);

  /** Facts from captures that the order does not show. */
  const factsOfCaptures = async (
    payment: Payment,
    captureIds: ReadonlySet<string>,
    context: Omit<Evidence, 'kind'>,
  ): Promise<Evidence[]> => {
    const captures = await Promise.all(
      [...captureIds].map((id) => deps.getCapture(id).catch(id === payment.capture_id ? rethrow : refusedAsUnknown)),
    );
    return captures.flatMap((capture) =>
      capture && belongsTo(payment, capture)
        ? evidenceOfCapture(capture, { ...context, time: capture.updated_at })
        : [],
    );
  };

  /** @param named captures that the payment or new evidence names */
  const factsOf = async (
    payment: Payment,
    order: PayPalOrder | undefined,
    source: string,
    { named = [], asOf = deps.now() }: { named?: readonly string[]; asOf?: Date | undefined } = {},
  ): Promise<Evidence[]> => {
    const context = { ...viewOf(payment, source), paypalOrderId: payment.paypal_order_id };
    const shown = order ? evidenceOfOrder(order, context) : [];
    const missing = new Set(named.filter((id) => !order?.captures.some((capture) => capture.id === id)));
    const hidden = missing.size > 0 ? await factsOfCaptures(payment, missing, context) : [];
    // A capture takes precedence over the status of an order that does not show it yet.
    if (hidden.length > 0) return [...withoutFailures([...hidden, ...shown.filter(({ kind }) => kind !== 'approved')])];
    return order || mayExist(payment, asOf) ? shown : [{ ...context, kind: 'expired' }];
  };

  const capturesOf = ({ capture_id }: Payment) => (capture_id === undefined ? [] : [capture_id]);

  /** Applies PayPal's current view first; then the evidence may fit. */
  const refreshAndApply = async (payment: Payment, evidence: Evidence): Promise<EvidenceResult> => {
    const order = await orderOf(payment);
    const named = 'captureId' in evidence ? [evidence.captureId] : [];
    const facts = await factsOf(payment, order, `asked after ${evidence.source}`, {
      named: order ? named : [...capturesOf(payment), ...named],
    });
    const reinstated = mayEndReversal(payment, evidence)
      ? reinstatedBy(facts, evidence.captureId, earlier(evidence.time, deps.now().toISOString()))
      : [];
    // PayPal's own fact replaces a claim of the same capture, and a total that a cancelled reversal has changed since.
    const isReplaced =
      evidence.kind === 'captured'
        ? facts.some((fact) => fact.kind === 'captured' && fact.captureId === evidence.captureId)
        : evidence.kind === 'refunded' &&
          !GUARDS['current total'](payment, evidence) &&
          shownOf(facts, evidence.captureId) !== undefined;
    const shown = await applyAll(payment, [...facts, ...reinstated], false);
    if (isReplaced || !('payment' in shown)) return shown;
    const own = await apply(payment.payment_id, evidence, shown.payment, false);
    // Evidence that is rejected stays rejected when PayPal's view has moved the payment.
    return own.outcome === 'unchanged' ? { ...shown, payment: own.payment } : own;
  };

  const applyOrder: EvidenceApplier['applyOrder'] = async (payment, order, source, asOf) =>
    applyAll(payment, await factsOf(payment, order, source, { named: order ? [] : capturesOf(payment), asOf }), false);

  const refreshForCertain: EvidenceApplier['refreshForCertain'] = async (payment, source) => {
    const order = await orderOf(payment);
    const result = await applyOrder(payment, order, source);
    const isKnown = order || ('payment' in result && result.payment.capture_id !== undefined);
    if (!isKnown && mayExist(payment, deps.now())) throw orderNotFound('getOrder');
    return result;
  };

  return {
    apply: (id, evidence, payment) => apply(id, evidence, payment, true),
    applyAll: (payment, facts) => applyAll(payment, facts, true),
    applyOrder,
    refreshFromPayPal: async (payment, source) => applyOrder(payment, await orderOf(payment), source),
    refreshForCertain,
    refreshRefunds: async (payment, source) => {
      const pending = Object.entries(payment.refunds ?? {}).filter(([, { status }]) => status === 'PENDING');
      const refunds = await Promise.all(pending.map(([id]) => deps.getRefund(id)));
      const context = viewOf(payment, source);
      const facts = refunds.flatMap((refund) => (refund ? evidenceOfRefund(refund, context) : []));
      // A refund has the total of its time, perhaps with a reversal that was cancelled since; the order has today's.
      const order = facts.some(({ kind }) => kind === 'refunded') ? await orderOf(payment) : undefined;
      return order ? applyOrder(payment, order, source) : applyAll(payment, facts, false);
    },
    refreshCapture: async (found, source, { sellerLost }) => {
      // The event of the dispute may be the first one about the capture.
      const asked = found.capture_id === undefined ? await refreshForCertain(found, source) : undefined;
      const payment = asked && 'payment' in asked ? asked.payment : found;
      const capture = payment.capture_id === undefined ? undefined : await deps.getCapture(payment.capture_id);
      if (!capture || !belongsTo(payment, capture)) return { outcome: 'unchanged', payment };
      const context = { ...viewOf(payment, source), time: capture.updated_at };
      const shown = evidenceOfCapture(capture, context);
      // The amounts of partial refunds are in the order only.
      const order = capture.status === 'PARTIALLY_REFUNDED' ? await orderOf(payment) : undefined;
      if (capture.status === 'PARTIALLY_REFUNDED' && !order) throw orderNotFound('getOrder');
      const facts = order ? evidenceOfOrder(order, context) : shown;
      const reinstated = sellerLost ? [] : reinstatedBy(facts, capture.id, deps.now().toISOString());
      return applyAll(payment, [...facts, ...reinstated], false);
    },
  };
}

/** The context of what PayPal shows now. */
const viewOf = ({ reversed_at }: Payment, source: string) =>
  ({ source, authoritative: true, reversedAt: reversed_at }) as const;

const rethrow = (error: unknown): never => {
  throw error;
};

/** Whether PayPal may have the payment's order, although it does not find it. */
export const mayExist = ({ created_at }: Payment, asOf: Date): boolean =>
  asOf.getTime() - Date.parse(created_at) <= ORDER_LIFE_MS;

/** A capture that evidence names may be another payment's. */
const belongsTo = ({ payment_id, paypal_order_id, capture_id }: Payment, capture: PayPalCapture): boolean =>
  capture.id === capture_id ||
  (capture.order_id !== undefined && capture.order_id === paypal_order_id) ||
  (capture.order_id === undefined && capture.custom_id === payment_id);

type Captured = Extract<Evidence, { kind: 'captured' }>;

/**
 * PayPal announces a capture again when it cancels a reversal, which may be announced later. A pending capture that
 * completes had no reversal.
 */
const mayEndReversal = (
  { status, reversed_at }: Payment,
  evidence: Evidence,
): evidence is Captured & { readonly time: string } =>
  evidence.kind === 'captured' &&
  evidence.time !== undefined &&
  (reversed_at !== undefined || (evidence.again === true && status !== 'capture_pending'));

/** An event that claims to be of the future must not end reversals of the future. */
const earlier = (one: string, other: string): string => (one < other ? one : other);

/** What PayPal shows of a capture whose reversal was cancelled: only its refunds are away. */
function reinstatedBy(facts: readonly Evidence[], captureId: string, time: string): Evidence[] {
  const { captured, total } = shownOf(facts, captureId) ?? {};
  return captured && total ? [{ ...captured, kind: 'reinstated', total, time }] : [];
}

/**
 * A capture that PayPal shows, and its refunded total.
 * @throws PayPalUnavailable when PayPal shows that there is a total, but not the order, which has it
 */
function shownOf(
  facts: readonly Evidence[],
  captureId: string,
): { readonly captured: Captured; readonly total: Money } | undefined {
  const own = facts.filter((fact) => 'captureId' in fact && fact.captureId === captureId);
  const refunded = own.find((fact) => fact.kind === 'refunded');
  const captured = own.find((fact) => fact.kind === 'captured');
  if (captured?.isRefunded && !refunded) throw orderNotFound('getOrder');
  return captured && { captured, total: refunded?.total ?? { ...captured.amount, minor: 0 } };
}

/** Such evidence is parked if PayPal does not confirm it; other evidence may simply be late. */
const isAboutMoney = ({ kind }: Evidence): boolean =>
  ['captured', 'refunded', 'reversed', 'refund_pending', 'refund_failed'].includes(kind);

/** When reconciliation next checks a payment without further evidence. */
export const dueAfter = (seconds: number, now: Date): Date => new Date(now.getTime() + seconds * 1000);

/**
 * Applies an operator's acceptance of a captured amount that differs from the requested one. What was refunded before
 * stays refunded.
 * @param source the operator, for the payment's history
 */
export const acceptPayment = (
  evidenceApplier: EvidenceApplier,
  payment: Payment,
  source: string,
): Promise<EvidenceResult> => evidenceApplier.apply(payment.payment_id, { kind: 'accepted', source }, payment);
