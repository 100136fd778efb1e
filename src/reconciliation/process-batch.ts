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
/** One or two failures may be due to the items. Three suggest that a dependency is down, and end the run. */
const MAX_ERRORS = 3;

/**
 * Processes items concurrently, each once. A failing item does not stop the others; three failures end the batch.
 * @throws what `items` throws
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
