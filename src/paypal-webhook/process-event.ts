import type { EvidenceApplier, EvidenceRejection, EvidenceResult } from '../payments/apply-evidence.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { refusedAsUnknown } from '../paypal/errors.ts';
import type { PayPalCapture, PayPalLinks } from '../paypal/schema.ts';
import { isPaymentId, type PaymentId } from '../shared/ids.ts';
import { inBatches } from '../shared/in-batches.ts';
import type { PayPalEvent } from './event.ts';
import { type EventReading, readEvent } from './read-event.ts';

interface AboutPayment {
  /** Absent while unknown. */
  readonly payment_id?: PaymentId;
  /** The buyer's data was erased: the body of the event must not be kept. */
  readonly erased?: true;
}

/** `reason`: why a parked event cannot be applied. */
export type EventResult =
  | (AboutPayment & { readonly status: 'accepted'; readonly payment_id: PaymentId; readonly moved: boolean })
  | (AboutPayment & { readonly status: 'ignored' })
  | (AboutPayment & {
      readonly status: 'parked';
      readonly reason: 'malformed' | 'unknown_payment' | EvidenceRejection;
    });

export interface ProcessEventDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'byPayPalOrder' | 'byCapture' | 'flagDispute'>;
  readonly getCapture: (captureId: string) => Promise<PayPalCapture | undefined>;
  readonly evidenceApplier: EvidenceApplier;
}

/**
 * Applies the evidence of an event. One without readable evidence makes the shop ask PayPal about the payment that it
 * names. One that names none is parked: a redelivery would not help.
 * @param receivedAt of the delivery
 */
export async function processEvent(
  deps: ProcessEventDeps,
  event: PayPalEvent,
  receivedAt?: Date,
): Promise<EventResult> {
  const reading = readEvent(event);
  switch (reading.kind) {
    case 'ignored': {
      const payment = await findByLinks(deps.payments, reading.links);
      return { status: 'ignored', ...(payment && aboutPayment(payment)) };
    }
    case 'dispute':
      return applyDispute(deps, event, reading);
    case 'facts':
      return applyFacts(deps, event, reading, receivedAt);
  }
}

async function applyFacts(
  deps: ProcessEventDeps,
  event: PayPalEvent,
  { links, facts: read }: Extract<EventReading, { kind: 'facts' }>,
  receivedAt: Date | undefined,
): Promise<EventResult> {
  const facts = read.map((fact) => ({ ...fact, ...(receivedAt && { receivedAt: receivedAt.toISOString() }) }));
  const [fact] = facts;
  const [customId] = links.customIds;
  // The common case needs no read: the event has the payment's id, and the conditional write checks the PayPal order's.
  if (fact?.paypalOrderId && facts.length === 1 && customId && isPaymentId(customId)) {
    return outcomeOf(await deps.evidenceApplier.apply(customId, fact));
  }

  const payment = await findPayment(deps, links);
  if (!payment) return unknownPayment([links]);
  return outcomeOf(
    facts.length === 0 ? await refresh(deps, payment, event) : await deps.evidenceApplier.applyAll(payment, facts),
  );
}

/** @param endOfDispute with the money taken back, or kept */
const refresh = (
  { evidenceApplier }: ProcessEventDeps,
  payment: Payment,
  { id }: PayPalEvent,
  endOfDispute?: { readonly sellerLost: boolean },
) =>
  endOfDispute
    ? evidenceApplier.refreshCapture(payment, `asked after webhook ${id}`, endOfDispute)
    : evidenceApplier.refreshFromPayPal(payment, `asked after webhook ${id}`);

/** A dispute may be about a thousand transactions, most of them of other shops. */
const MAX_ASKED = 20;
const CONCURRENCY = 10;

async function applyDispute(
  deps: ProcessEventDeps,
  event: PayPalEvent,
  { disputeId, dispute, end, transactions }: Extract<EventReading, { kind: 'dispute' }>,
): Promise<EventResult> {
  const known = await inBatches(transactions, CONCURRENCY, (links) => findByLinks(deps.payments, links));
  const unknown = transactions.filter((_, i) => !known[i]).slice(0, MAX_ASKED);
  const asked = await inBatches(unknown, CONCURRENCY, (links) => findAtPayPal(deps, links));
  const found = [...known, ...asked].filter((payment) => payment !== undefined);
  const [first] = found;
  if (!first) return unknownPayment(transactions);

  const payments = [...new Map(found.map((payment) => [payment.payment_id, payment])).values()];
  const moves = await inBatches(payments, CONCURRENCY, async (payment) => {
    const flagged = disputeId && (await deps.payments.flagDispute(payment.payment_id, disputeId, dispute));
    const refreshed = end || !disputeId ? await refresh(deps, payment, event, end) : undefined;
    return (flagged && 'moved' in flagged) || refreshed?.outcome === 'moved';
  });
  // All payments have one buyer, whose data is in this one body.
  const erased = payments.find(({ erased_at }) => erased_at !== undefined);
  return {
    status: 'accepted',
    moved: moves.includes(true),
    payment_id: first.payment_id,
    ...(erased && { erased: true }),
  };
}

const unknownPayment = (named: readonly PayPalLinks[]): EventResult => ({
  status: 'parked',
  reason: named.some((links) => Object.values(links).some((ids) => ids.length > 0)) ? 'unknown_payment' : 'malformed',
});

const aboutPayment = ({ payment_id, erased_at }: Payment) => ({
  payment_id,
  ...(erased_at !== undefined && { erased: true as const }),
});

function outcomeOf(result: EvidenceResult): EventResult {
  switch (result.outcome) {
    case 'unknown_payment':
      return { status: 'parked', reason: 'unknown_payment' };
    case 'rejected':
      return { status: 'parked', reason: result.reason, ...aboutPayment(result.payment) };
    default:
      return { status: 'accepted', moved: result.outcome === 'moved', ...aboutPayment(result.payment) };
  }
}

/** By PayPal order, capture and custom_id, in this order; otherwise by the ids of the capture at PayPal. */
const findPayment = async (deps: ProcessEventDeps, links: PayPalLinks): Promise<Payment | undefined> =>
  (await findByLinks(deps.payments, links)) ?? findAtPayPal(deps, links);

async function findAtPayPal(
  { payments, getCapture }: ProcessEventDeps,
  { captureIds }: PayPalLinks,
): Promise<Payment | undefined> {
  for (const captureId of captureIds) {
    const capture = await getCapture(captureId).catch(refusedAsUnknown);
    const { order_id, custom_id } = capture ?? {};
    const found = await findByLinks(payments, {
      orderIds: order_id ? [order_id] : [],
      captureIds: [],
      customIds: custom_id ? [custom_id] : [],
    });
    if (found) return found;
  }
  return undefined;
}

async function findByLinks(
  payments: ProcessEventDeps['payments'],
  { orderIds, captureIds, customIds }: PayPalLinks,
): Promise<Payment | undefined> {
  for (const id of orderIds) {
    const found = await payments.byPayPalOrder(id);
    if (found) return found;
  }
  for (const id of captureIds) {
    const found = await payments.byCapture(id);
    if (found) return found;
  }
  for (const id of customIds) {
    const found = isPaymentId(id) ? await payments.get(id) : undefined;
    if (found) return found;
  }
  return undefined;
}
