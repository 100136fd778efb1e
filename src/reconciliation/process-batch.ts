/** How far one run may go. */
export interface Limits {
  /** No further item is started after that. */
  readonly until: Date;
  readonly maxItems: number;
  readonly now: () => Date;
  /** Told of what cannot be done now. */
  readonly onError: (item: string, error: Error) => void;
}

/** How far a run came. */
export interface Progress {
  /** Items that were done. */
  readonly done: number;
  /** Items that met trouble. */
  readonly failed: number;
  /** The last item that was started, where the run ended before the items did. */
  readonly stoppedAfter?: string;
}

/** PayPal gives up to 8 seconds to think, so some are asked at once; more would only meet its limits sooner. */
const CONCURRENCY = 5;
/** One item in trouble is its own trouble. After three, something is down, and the run would only wait for it. */
const MAX_ERRORS = 3;

/**
 * Does some work on each item, a few at once. What one item meets does not keep the others from being done, until there is trouble
 * everywhere. An item that comes twice is done once.
 */
export async function processBatch<Item extends string>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<void>,
  { until, maxItems, now, onError }: Limits,
): Promise<Progress> {
  const started = new Set<Item>();
  const running = new Set<Promise<void>>();
  let done = 0;
  let failed = 0;
  let last: Item | undefined;
  let isCutShort = false;
  for await (const item of items) {
    if (started.has(item)) continue;
    isCutShort = started.size >= maxItems || failed >= MAX_ERRORS || now() >= until;
    if (isCutShort) break;
    started.add(item);
    last = item;
    const task = work(item)
      .then(
        () => {
          done += 1;
        },
        (error: Error) => {
          failed += 1;
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
