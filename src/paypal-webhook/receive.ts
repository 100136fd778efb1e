import * as z from 'zod/mini';
import { invalidRequest, Problem } from '../shared/http/problem.ts';
import { jsonFrom } from '../shared/http/request.ts';
import type { MetricName } from '../shared/metric-names.ts';
import { measure } from '../shared/metrics.ts';
import { eventSchema, type PayPalEvent } from './event.ts';
import type { EventRepository } from './event-repository.ts';
import type { EventResult } from './process-event.ts';
import type { ProcessStoredEventDeps } from './process-stored-event.ts';
import { namedPaymentId } from './read-event.ts';
import { type Delivery, missingSignatureHeaders, type VerificationResult } from './verify-signature.ts';

/** The response to a genuine delivery. */
export type ReceiveResult = EventResult | { readonly status: 'duplicate' };

export interface ReceiveDeps extends ProcessStoredEventDeps {
  readonly verify: (delivery: Delivery) => Promise<VerificationResult>;
  readonly events: Pick<EventRepository, 'receive' | 'finish'>;
}

/** PayPal's largest events have a few kilobytes. */
const MAX_BODY_BYTES = 256 * 1024;

/**
 * Verifies one delivery, stores the raw event and processes it once.
 * @throws Problem for a delivery that is not PayPal's. Any other error is transient: PayPal should deliver again.
 */
export async function receive(
  { verify, events, once, processEvent, now }: ReceiveDeps,
  delivery: Delivery,
): Promise<{ event: PayPalEvent; receipt: ReceiveResult }> {
  const receivedAt = now();
  if (delivery.body.length > MAX_BODY_BYTES)
    throw new Problem('body-too-large', `request body exceeds ${MAX_BODY_BYTES} bytes`);
  const missing = missingSignatureHeaders(delivery.headers);
  if (missing.length > 0) {
    throw invalidRequest(missing.map((field) => ({ field, detail: 'missing' })));
  }
  const text = delivery.body.toString('utf8');
  const event = readEnvelope(text);
  const verdict = await verify(delivery);
  if (!verdict.genuine)
    throw new Problem('bad-signature', 'the delivery is not signed by PayPal for this webhook', {
      reason: verdict.reason,
    });

  // Stored and processed in parallel; the outcome is written in parallel with the idempotency record.
  const stored = events.receive({
    id: event.id,
    eventType: event.event_type,
    transmissionId: delivery.headers['paypal-transmission-id'] ?? '',
    paymentId: namedPaymentId(event),
    body: text,
    now: receivedAt,
  });
  let finished: Promise<void> | undefined;
  let processed = false;
  const processing = once(event, async () => {
    processed = true;
    const outcome = await processEvent(event, receivedAt);
    finished = stored.then(() => events.finish(event.id, outcome, now()));
    // Awaited below; until then a rejection must not count as unhandled.
    finished.catch(() => undefined);
    return outcome;
  });
  const [outcome] = await Promise.all([processing, stored]);
  if (!processed) return { event, receipt: { status: 'duplicate' } };
  await finished;
  return { event, receipt: outcome };
}

function readEnvelope(text: string): PayPalEvent {
  const parsed = z.safeParse(eventSchema, jsonFrom(text));
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), detail: 'invalid' })));
}

const COUNTED = {
  accepted: 'EventAccepted',
  duplicate: 'DuplicateRefused',
  ignored: 'EventIgnored',
  parked: 'EventParked',
} as const satisfies Record<ReceiveResult['status'], MetricName>;

/** @param tookMs since the delivery arrived at the HTTP API */
export function measureReceipt(receipt: ReceiveResult, tookMs: number): void {
  measure(COUNTED[receipt.status]);
  if (receipt.status === 'accepted' && receipt.moved) measure('WebhookToStatus', tookMs);
}
