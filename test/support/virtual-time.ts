/** Time that advances only when every task sleeps, from one end of a sleep to the next. */
export function virtualTime(start: Date) {
  /** A binary heap by time. */
  const heap: { readonly at: number; readonly wake: () => void }[] = [];
  let now = start.getTime();

  const isBefore = (i: number, j: number) => (heap[i]?.at ?? Number.POSITIVE_INFINITY) < (heap[j]?.at ?? 0);
  const swap = (i: number, j: number) => {
    [heap[i], heap[j]] = [heap[j] as (typeof heap)[0], heap[i] as (typeof heap)[0]];
  };
  const push = (at: number, wake: () => void) => {
    let i = heap.push({ at, wake }) - 1;
    for (let parent = (i - 1) >> 1; i > 0 && isBefore(i, parent); i = parent, parent = (i - 1) >> 1) swap(i, parent);
  };
  const pop = () => {
    const [first] = heap;
    const last = heap.pop();
    if (heap.length === 0 || !last) return first;
    heap[0] = last;
    for (let i = 0; ; ) {
      const child = isBefore(2 * i + 2, 2 * i + 1) ? 2 * i + 2 : 2 * i + 1;
      if (!isBefore(child, i)) return first;
      swap(i, child);
      i = child;
    }
  };

  return {
    now: () => new Date(now),
    sleep: (milliseconds: number) => new Promise<void>((resolve) => push(now + milliseconds, resolve)),
    /** Runs the tasks that sleep until `end`. */
    async run(end: Date): Promise<void> {
      while ((heap[0]?.at ?? Number.POSITIVE_INFINITY) <= end.getTime()) {
        now = heap[0]?.at ?? now;
        while (heap[0]?.at === now) pop()?.wake();
        // After all microtasks.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
export type VirtualTime = ReturnType<typeof virtualTime>;
