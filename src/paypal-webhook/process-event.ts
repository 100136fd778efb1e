import type { EvidenceApplier, EvidenceRejection, EvidenceResult } from '../payments/apply-evidence.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { MalformedPayPalBody } from '../paypal/errors.ts';
import type { PayPalCapture } from '../paypal/schema.ts';
import { isPaymentId, type PaymentId } from '../shared/ids.ts';
import type { PayPalEvent } from './event.ts';
import { type EventLinks, type EventReading, readEvent } from './read-event.ts';

/** `reason`: why a parked event cannot be applied. */
export type EventResult =
  | { readonly status: 'accepted'; readonly payment_id: PaymentId; readonly moved: boolean }
  | { readonly status: 'ignored' }
  | {
      readonly status: 'parked';
      readonly reason: 'malformed' | 'unknown_payment' | EvidenceRejection;
      readonly payment_id?: PaymentId;
    };

export interface ProcessEventDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'byPayPalOrder' | 'byCapture' | 'flagDispute'>;
  readonly getCapture: (captureId: string) => Promise<PayPalCapture | undefined>;
  readonly evidenceApplier: EvidenceApplier;
}

/**
 * Applies the evidence of an event. One that cannot be applied is parked: a redelivery would not help.
 * @param receivedAt of the delivery
 */
export async function processEvent(
  deps: ProcessEventDeps,
  event: PayPalEvent,
  receivedAt?: Date,
): Promise<EventResult> {
  const reading = readOrPark(event);
  if (!reading) return { status: 'parked', reason: 'malformed' };
  if (reading.kind === 'ignored') return { status: 'ignored' };

  if (reading.kind === 'dispute') {
    const payment = await findPayment(deps, reading.links);
    if (!payment) return { status: 'parked', reason: 'unknown_payment' };
    const flagged = await deps.payments.flagDispute(payment.payment_id, reading.disputeId, reading.dispute);
    return { status: 'accepted', payment_id: payment.payment_id, moved: 'moved' in flagged };
  }

  const { links } = reading;
  const facts = reading.facts.map((fact) => ({ ...fact, ...(receivedAt && { receivedAt: receivedAt.toISOString() }) }));
  const [fact] = facts;
  // The common case needs no read: the event has the payment's id, and the conditional write checks the PayPal order's.
  if (fact?.paypalOrderId && facts.length === 1 && links.customId && isPaymentId(links.customId)) {
    return outcomeOf(links.customId, await deps.evidenceApplier.apply(links.customId, fact));
  }

  const payment = await findPayment(deps, links);
  if (!payment) return { status: 'parked', reason: 'unknown_payment' };
  if (facts.length === 0)
    return outcomeOf(
      payment.payment_id,
      await deps.evidenceApplier.refreshFromPayPal(payment, `asked after webhook ${event.id}`),
    );
  return outcomeOf(payment.payment_id, await deps.evidenceApplier.applyAll(payment, facts));
}

function readOrPark(event: PayPalEvent): EventReading | undefined {
  try {
    return readEvent(event);
  } catch (error) {
    if (error instanceof MalformedPayPalBody) return undefined;
    throw error;
  }
}

function outcomeOf(id: PaymentId, result: EvidenceResult): EventResult {
  switch (result.outcome) {
    case 'unknown_payment':
      return { status: 'parked', reason: 'unknown_payment' };
    case 'rejected':
      return { status: 'parked', reason: result.reason, payment_id: id };
    default:
      return { status: 'accepted', payment_id: id, moved: result.outcome === 'moved' };
  }
}

/** By PayPal order, capture and custom_id, in this order; otherwise by the ids of the capture at PayPal. */
async function findPayment(
  { payments, getCapture }: ProcessEventDeps,
  links: EventLinks,
): Promise<Payment | undefined> {
  const found = await findByLinks(payments, links);
  if (found || !links.captureId) return found;
  const capture = await getCapture(links.captureId);
  return capture && findByLinks(payments, { orderId: capture.order_id, customId: capture.custom_id });
}

async function findByLinks(
  payments: ProcessEventDeps['payments'],
  { orderId, captureId, customId }: EventLinks,
): Promise<Payment | undefined> {
  return (
    (orderId && (await payments.byPayPalOrder(orderId))) ||
    (captureId && (await payments.byCapture(captureId))) ||
    (customId && isPaymentId(customId) && (await payments.get(customId))) ||
    undefined
  );
}
