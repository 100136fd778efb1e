import * as z from 'zod/mini';
import { invalidRequest, Problem } from '../shared/http/problem.ts';
import { jsonFrom } from '../shared/http/request.ts';
import { eventSchema, type PayPalEvent } from './event.ts';
import type { EventRepository } from './event-repository.ts';
import type { EventOutcome } from './process-event.ts';
import type { ProcessStoredEventDeps } from './process-stored-event.ts';
import { type Delivery, missingSignatureHeaders, type Verdict } from './verify-signature.ts';

/** What PayPal is told about a delivery that is its own. */
export type Receipt = EventOutcome | { readonly status: 'duplicate' };

/** What `receive` works with. */
export interface ReceiveDeps extends ProcessStoredEventDeps {
  readonly verify: (delivery: Delivery) => Promise<Verdict>;
  readonly events: Pick<EventRepository, 'receive' | 'finish'>;
}

/** PayPal's largest events have a few kilobytes. */
const LARGEST_BODY = 256 * 1024;

/**
 * Takes one delivery: believes it, stores it as it came, and settles what it says, once.
 * @throws Problem for what is not PayPal's; anything else that is thrown is passing trouble, and PayPal should try again.
 */
export async function receive(
  { verify, events, once, processEvent, now }: ReceiveDeps,
  delivery: Delivery,
): Promise<{ event: PayPalEvent; receipt: Receipt }> {
  const heardAt = now();
  if (delivery.body.length > LARGEST_BODY)
    throw new Problem('body-too-large', `a delivery may have ${LARGEST_BODY} bytes`);
  const missing = missingSignatureHeaders(delivery.headers);
  if (missing.length > 0) {
    throw invalidRequest(missing.map((field) => ({ field, detail: 'missing' })));
  }
  const text = delivery.body.toString('utf8');
  const event = readEnvelope(text);
  const verdict = await verify(delivery);
  if (!verdict.genuine)
    throw new Problem('bad-signature', 'deliveries must be signed by PayPal for this webhook', {
      reason: verdict.reason,
    });

  // Nothing here waits for another: the event is stored while it is settled, and finished while its key is.
  const stored = events.receive({
    id: event.id,
    eventType: event.event_type,
    transmissionId: delivery.headers['paypal-transmission-id'] ?? '',
    body: text,
    now: heardAt,
  });
  let finished: Promise<void> | undefined;
  let worked = false;
  const settled = once(event, async () => {
    worked = true;
    const outcome = await processEvent(event, heardAt);
    finished = stored.then(() => events.finish(event.id, outcome, now()));
    // Awaited below; until then a failure must not count as unhandled.
    finished.catch(() => undefined);
    return outcome;
  });
  const [outcome] = await Promise.all([settled, stored]);
  if (!worked) return { event, receipt: { status: 'duplicate' } };
  await finished;
  return { event, receipt: outcome };
}

function readEnvelope(text: string): PayPalEvent {
  const parsed = z.safeParse(eventSchema, jsonFrom(text));
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), detail: 'not valid' })));
}
