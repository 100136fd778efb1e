import { PayPalUnauthorized, PayPalUnavailable } from '../paypal/errors.ts';
import { isTransient } from '../shared/transient-error.ts';

export interface Limits {
  /** No item starts after this time. */
  readonly until: Date;
  readonly maxItems: number;
  readonly now: () => Date;
  /** Called for each item that fails. */
  readonly onError: (item: string, error: Error) => void;
}

export interface Progress {
  readonly done: number;
  readonly failed: number;
  /** The last item that was started, when items are left. */
  readonly stoppedAfter?: string;
}

/** A call to PayPal may take 8 seconds; more concurrency would reach PayPal's rate limits sooner. */
const CONCURRENCY = 5;
/**
 * A dependency is down when most of the latest items failed for it. At 2 % or even 20 % lost responses, a batch of
 * thousands goes on to its end.
 */
const LATEST = 20;
const MAX_OUTAGES = 15;

/**
 * Processes items concurrently, each once. A failing item does not stop the others, however many there are; a
 * dependency that is down does.
 * @throws what `items` throws
 */
export async function processBatch<Item extends string>(
  items: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item) => Promise<void>,
  { until, maxItems, now, onError }: Limits,
): Promise<Progress> {
  const started = new Set<Item>();
  const running = new Set<Promise<void>>();
  let done = 0;
  let failed = 0;
  let last: Item | undefined;
  let isCutShort = false;
  const latest: boolean[] = [];
  const count = (isOutage: boolean) => void (latest.push(isOutage) > LATEST && latest.shift());
  for await (const item of items) {
    if (started.has(item)) continue;
    isCutShort = started.size >= maxItems || latest.filter(Boolean).length >= MAX_OUTAGES || now() >= until;
    if (isCutShort) break;
    started.add(item);
    last = item;
    const task = work(item)
      .then(
        () => {
          done += 1;
          count(false);
        },
        (error: Error) => {
          failed += 1;
          count(isDependencyError(error));
          onError(item, error);
        },
      )
      .finally(() => running.delete(task));
    running.add(task);
    if (running.size >= CONCURRENCY) await Promise.race(running);
  }
  await Promise.all(running);
  return { done, failed, ...(isCutShort && last !== undefined && { stoppedAfter: last }) };
}

/** PayPal or AWS failed, not the item. */
export const isDependencyError = (error: Error): boolean =>
  error instanceof PayPalUnavailable || error instanceof PayPalUnauthorized || isTransient(error);
