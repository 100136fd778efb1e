import { describe, expect, it } from 'vitest';
import { type Limits, processBatch } from '../../../src/reconciliation/process-batch.ts';

async function* iterate(...items: string[]): AsyncGenerator<string> {
  yield* items;
}
const many = (count: number) => iterate(...Array.from({ length: count }, (_, i) => `item ${i}`));

function limits(more: Partial<Limits> = {}) {
  const failures: string[] = [];
  return {
    failures,
    until: new Date('2026-06-01T12:01:00Z'),
    maxItems: 100,
    now: () => new Date('2026-06-01T12:00:00Z'),
    onError: (item: string) => void failures.push(item),
    ...more,
  };
}

describe('processBatch', () => {
  it('processes a duplicate item once', async () => {
    const done: string[] = [];

    const progress = await processBatch(iterate('a', 'b', 'a'), async (item) => void done.push(item), limits());

    expect(done).toEqual(['a', 'b']);
    expect(progress).toEqual({ done: 2, failed: 0 });
  });

  it('processes five items concurrently', async () => {
    let running = 0;
    let max = 0;

    await processBatch(
      many(23),
      async () => {
        max = Math.max(max, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      },
      limits(),
    );

    expect(max).toBe(5);
  });

  it('stops after maxItems and returns the last item', async () => {
    expect(await processBatch(many(9), async () => undefined, limits({ maxItems: 4 }))).toEqual({
      done: 4,
      failed: 0,
      stoppedAfter: 'item 3',
    });
  });

  it('returns no stoppedAfter when all items are processed', async () => {
    expect(await processBatch(many(4), async () => undefined, limits({ maxItems: 4 }))).toEqual({ done: 4, failed: 0 });
  });

  it('starts no item when its time is up', async () => {
    let clock = 0;
    const progress = await processBatch(
      many(9),
      async () => undefined,
      limits({ now: () => new Date(Date.parse('2026-06-01T12:00:00Z') + 20_000 * clock++) }),
    );

    expect(progress).toEqual({ done: 3, failed: 0, stoppedAfter: 'item 2' });
  });

  it('continues after a failed item and reports it', async () => {
    const all = limits();

    const progress = await processBatch(
      iterate('a', 'bad', 'c'),
      async (item) => {
        if (item === 'bad') throw new Error('no');
      },
      all,
    );

    expect(progress).toEqual({ done: 2, failed: 1 });
    expect(all.failures).toEqual(['bad']);
  });

  it('stops when every item fails', async () => {
    const { failed, stoppedAfter } = await processBatch(
      many(50),
      async () => {
        throw new Error('PayPal is down');
      },
      limits(),
    );

    expect(failed).toBeLessThan(10);
    expect(stoppedAfter).toBeDefined();
  });

  it('throws when the items cannot be listed', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield 'a';
      throw new Error('no index');
    }

    await expect(processBatch(broken(), async () => undefined, limits())).rejects.toThrow('no index');
  });
});
