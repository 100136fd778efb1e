import type { EvidenceApplier, EvidenceResult } from '../payments/apply-evidence.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { MalformedPayPalBody } from '../paypal/errors.ts';
import type { PayPalCapture } from '../paypal/schema.ts';
import { isPaymentId, type PaymentId } from '../shared/ids.ts';
import type { PayPalEvent } from './event.ts';
import { type EventLinks, type EventReading, readEvent } from './read-event.ts';

/** What an event led to. `reason` says why it could not be settled: for the operator. */
export type EventOutcome =
  | { readonly status: 'accepted'; readonly payment_id: PaymentId; readonly moved: boolean }
  | { readonly status: 'ignored' }
  | {
      readonly status: 'parked';
      readonly reason: 'malformed' | 'unknown_payment' | 'other_order';
      readonly payment_id?: PaymentId;
    };

/** What `processEvent` works with. */
export interface ProcessEventDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'byPayPalOrder' | 'byCapture' | 'flagDispute'>;
  readonly getCapture: (captureId: string) => Promise<PayPalCapture | undefined>;
  readonly evidenceApplier: EvidenceApplier;
}

/** Settles what an event says; `heardAt`: when a delivery of it came. Genuine but hopeless events are parked: PayPal sending them again would not help. */
export async function processEvent(deps: ProcessEventDeps, event: PayPalEvent, heardAt?: Date): Promise<EventOutcome> {
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
  const facts = reading.facts.map((fact) => ({ ...fact, ...(heardAt && { receivedAt: heardAt.toISOString() }) }));
  const [fact] = facts;
  // The usual case reads nothing: the payment's id came with the event, and the write's condition checks that the order is its own.
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

function outcomeOf(id: PaymentId, settled: EvidenceResult): EventOutcome {
  switch (settled.outcome) {
    case 'unknown_payment':
      return { status: 'parked', reason: 'unknown_payment' };
    case 'refused':
      return { status: 'parked', reason: 'other_order', payment_id: id };
    default:
      return { status: 'accepted', payment_id: id, moved: settled.outcome === 'moved' };
  }
}

/** Finds the payment by PayPal's order, by the capture, by what we gave PayPal to remember, and at last by asking PayPal. */
async function findPayment(
  { payments, getCapture }: ProcessEventDeps,
  links: EventLinks,
): Promise<Payment | undefined> {
  const known = await findByLinks(payments, links);
  if (known || !links.captureId) return known;
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
