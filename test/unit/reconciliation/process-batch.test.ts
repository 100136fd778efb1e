import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { type Limits, processBatch } from '../../../src/reconciliation/process-batch.ts';
import { seededRandom } from '../../support/seeded-random.ts';

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

  it.each([0.02, 0.2])('continues to the end when PayPal loses this share of responses: %d', async (share) => {
    const random = seededRandom(1);
    let lost = 0;

    const progress = await processBatch(
      many(1500),
      async () => {
        if (random() >= share) return;
        lost += 1;
        throw new PayPalUnavailable('timeout', { operation: 'getOrder' });
      },
      limits({ maxItems: 2000 }),
    );

    expect(lost).toBeGreaterThan(1500 * share * 0.5);
    expect(progress).toEqual({ done: 1500 - lost, failed: lost });
  });

  it('continues behind a hundred items that always fail', async () => {
    const done: string[] = [];

    await processBatch(
      many(101),
      async (item) => {
        if (item !== 'item 100') throw new Error('invalid row');
        done.push(item);
      },
      limits({ maxItems: 2000 }),
    );

    expect(done).toEqual(['item 100']);
  });

  it.each([
    new PayPalUnavailable('connection', { operation: 'getOrder' }),
    Object.assign(new Error('throttled'), { name: 'ThrottlingException', $fault: 'client', $metadata: {} }),
  ])('stops when every item fails for the same dependency: $message', async (outage) => {
    const { done, failed, stoppedAfter } = await processBatch(
      iterate(...Array.from({ length: 50 }, (_, i) => `item ${i}`)),
      async () => {
        throw outage;
      },
      limits(),
    );

    expect(done).toBe(0);
    expect(failed).toBeLessThan(25);
    expect(stoppedAfter).toBeDefined();
  });

  it('stops when PayPal goes down in the middle', async () => {
    const { done, failed, stoppedAfter } = await processBatch(
      many(1000),
      async (item) => {
        if (Number(item.split(' ')[1]) >= 500) throw new PayPalUnavailable('timeout', { operation: 'getOrder' });
      },
      limits({ maxItems: 2000 }),
    );

    expect(done).toBe(500);
    expect(failed).toBeLessThan(25);
    expect(stoppedAfter).toBeDefined();
  });

  it('continues when PayPal is back after a short outage, however often', async () => {
    const progress = await processBatch(
      many(1000),
      async (item) => {
        if (Number(item.split(' ')[1]) % 40 < 10) throw new PayPalUnavailable('timeout', { operation: 'getOrder' });
      },
      limits({ maxItems: 2000 }),
    );

    expect(progress).toEqual({ done: 750, failed: 250 });
  });

  it('continues when half of the items fail by themselves and some for PayPal', async () => {
    const progress = await processBatch(
      many(1000),
      async (item) => {
        const number = Number(item.split(' ')[1]);
        if (number % 2 === 0) throw new Error('invalid row');
        if (number % 5 === 0) throw new PayPalUnavailable('timeout', { operation: 'getOrder' });
      },
      limits({ maxItems: 2000 }),
    );

    expect(progress).toEqual({ done: 400, failed: 600 });
  });

  it('throws when the items cannot be listed', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield 'a';
      throw new Error('no index');
    }

    await expect(processBatch(broken(), async () => undefined, limits())).rejects.toThrow('no index');
  });
});
