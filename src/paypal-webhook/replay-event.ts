import * as z from 'zod/mini';
import type { ApplyEvidenceDeps } from '../payments/apply-evidence.ts';
import { type Change, dryRun } from '../payments/dry-run.ts';
import { jsonFrom } from '../shared/http/request.ts';
import { eventSchema, type PayPalEvent } from './event.ts';
import type { EventRepository } from './event-repository.ts';
import { type EventOutcome, type ProcessEventDeps, processEvent } from './process-event.ts';
import type { StoredEvent } from './stored-event.ts';

/** What a wish to replay an event led to. */
export type ReplayEventResult =
  | {
      readonly outcome: 'replayed';
      readonly event: StoredEvent;
      readonly result: EventOutcome;
      readonly changed: boolean;
    }
  /** Nothing was done: this is what would have been. `asked_paypal`: it hangs on what PayPal said just now. */
  | {
      readonly outcome: 'dry_run';
      readonly event: StoredEvent;
      readonly result: EventOutcome;
      readonly changes: readonly Change[];
      readonly asked_paypal: boolean;
    }
  /** What PayPal said was erased for the buyer's sake: there is nothing to replay. */
  | { readonly outcome: 'erased'; readonly event: StoredEvent }
  /** It was never here, or its 90 days are over. */
  | { readonly outcome: 'unknown_event' };

/** What `replayEvent` works with. */
export interface ReplayDeps extends ProcessEventDeps {
  readonly events: Pick<EventRepository, 'get' | 'finishReplay'>;
  readonly getOrder: ApplyEvidenceDeps['getOrder'];
  readonly now: () => Date;
}

/**
 * Settles a stored event once more, on the ordinary way. What it says may be old news: then nothing changes. With `dryRun`, the same
 * way is gone without a write; PayPal is asked only where the evidence alone does not say enough.
 * @throws PayPalUnavailable when PayPal must be asked and does not answer: nothing is noted, the replay may be repeated.
 */
export async function replayEvent(
  deps: ReplayDeps,
  id: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<ReplayEventResult> {
  const event = await deps.events.get(id);
  if (!event) return { outcome: 'unknown_event' };
  if (!event.body) return { outcome: 'erased', event };
  const said = eventOf(event);
  if (dryRun) return { outcome: 'dry_run', event, ...(await dryRunEvent(deps, said)) };

  const result = await processEvent(deps, said);
  await deps.events.finishReplay(id, result, deps.now());
  return { outcome: 'replayed', event, result, changed: 'moved' in result && result.moved };
}

/** What PayPal said, of an event that still has it. It was checked before it was stored. */
export const eventOf = ({ body }: StoredEvent): PayPalEvent => z.parse(eventSchema, jsonFrom(body));

async function dryRunEvent(deps: ReplayDeps, event: PayPalEvent) {
  let asked_paypal = false;
  const noting =
    <Args extends unknown[], Result>(ask: (...args: Args) => Result) =>
    (...args: Args): Result => {
      asked_paypal = true;
      return ask(...args);
    };
  const getCapture = noting(deps.getCapture);
  const { changes, ...imagined } = dryRun({
    payments: deps.payments,
    getOrder: noting(deps.getOrder),
    getCapture,
    now: deps.now,
  });
  const result = await processEvent({ ...imagined, getCapture }, event);
  return { result, changes, asked_paypal };
}
