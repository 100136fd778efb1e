import * as z from 'zod/mini';
import type { ApplyEvidenceDeps } from '../payments/apply-evidence.ts';
import { type Change, dryRun } from '../payments/dry-run.ts';
import { jsonFrom } from '../shared/http/request.ts';
import { eventSchema, type PayPalEvent } from './event.ts';
import type { EventRepository } from './event-repository.ts';
import { type EventResult, type ProcessEventDeps, processEvent } from './process-event.ts';
import type { StoredEvent } from './stored-event.ts';

export type ReplayEventResult =
  | {
      readonly outcome: 'replayed';
      readonly event: StoredEvent;
      readonly result: EventResult;
      readonly changed: boolean;
    }
  /** What a replay would change. `asked_paypal`: the result depends on PayPal's current state. */
  | {
      readonly outcome: 'dry_run';
      readonly event: StoredEvent;
      readonly result: EventResult;
      readonly changes: readonly Change[];
      readonly asked_paypal: boolean;
    }
  /** The body was erased, so there is nothing to replay. */
  | { readonly outcome: 'erased'; readonly event: StoredEvent }
  /** Never received, or past its retention of 90 days. */
  | { readonly outcome: 'unknown_event' };

export interface ReplayDeps extends ProcessEventDeps {
  readonly events: Pick<EventRepository, 'get' | 'finishReplay'>;
  readonly getOrder: ApplyEvidenceDeps['getOrder'];
  readonly getRefund: ApplyEvidenceDeps['getRefund'];
  readonly now: () => Date;
}

/**
 * Processes a stored event again, on the regular code path; outdated evidence changes nothing. A dry run takes the same
 * path without writes. Fetches from PayPal only when the evidence is inconclusive.
 * @throws PayPalUnavailable when that fails: nothing is recorded, and the replay can be retried.
 */
export async function replayEvent(
  deps: ReplayDeps,
  id: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<ReplayEventResult> {
  const event = await deps.events.get(id);
  if (!event) return { outcome: 'unknown_event' };
  if (!event.body) return { outcome: 'erased', event };
  const parsed = eventOf(event);
  if (dryRun) return { outcome: 'dry_run', event, ...(await dryRunEvent(deps, parsed)) };

  const result = await processEvent(deps, parsed);
  await deps.events.finishReplay(id, result, deps.now());
  return { outcome: 'replayed', event, result, changed: 'moved' in result && result.moved };
}

/** Parses the stored body, which was validated before it was stored. Not for an erased event. */
export const eventOf = ({ body }: StoredEvent): PayPalEvent => z.parse(eventSchema, jsonFrom(body));

async function dryRunEvent(deps: ReplayDeps, event: PayPalEvent) {
  let asked_paypal = false;
  const recording =
    <Args extends unknown[], Result>(read: (...args: Args) => Result) =>
    (...args: Args): Result => {
      asked_paypal = true;
      return read(...args);
    };
  const getCapture = recording(deps.getCapture);
  const { changes, ...overlay } = dryRun({
    payments: deps.payments,
    getOrder: recording(deps.getOrder),
    getRefund: recording(deps.getRefund),
    getCapture,
    now: deps.now,
  });
  const result = await processEvent({ ...overlay, getCapture }, event);
  return { result, changes, asked_paypal };
}
