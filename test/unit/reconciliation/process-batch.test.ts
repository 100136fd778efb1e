import { describe, expect, it } from 'vitest';
import { type Limits, processBatch } from '../../../src/reconciliation/process-batch.ts';

async function* listOf(...items: string[]): AsyncGenerator<string> {
  yield* items;
}
const many = (count: number) => listOf(...Array.from({ length: count }, (_, i) => `item ${i}`));

function bounds(more: Partial<Limits> = {}) {
  const troubles: string[] = [];
  return {
    troubles,
    until: new Date('2026-06-01T12:01:00Z'),
    maxItems: 100,
    now: () => new Date('2026-06-01T12:00:00Z'),
    onError: (item: string) => void troubles.push(item),
    ...more,
  };
}

describe('a run', () => {
  it('does every item once, also one that comes twice', async () => {
    const done: string[] = [];

    const progress = await processBatch(listOf('a', 'b', 'a'), async (item) => void done.push(item), bounds());

    expect(done).toEqual(['a', 'b']);
    expect(progress).toEqual({ done: 2, failed: 0 });
  });

  it('does five at once and no more', async () => {
    let running = 0;
    let most = 0;

    await processBatch(
      many(23),
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      },
      bounds(),
    );

    expect(most).toBe(5);
  });

  it('ends after so many items, and says where', async () => {
    expect(await processBatch(many(9), async () => undefined, bounds({ maxItems: 4 }))).toEqual({
      done: 4,
      failed: 0,
      stoppedAfter: 'item 3',
    });
  });

  it('that does all there is ends nowhere', async () => {
    expect(await processBatch(many(4), async () => undefined, bounds({ maxItems: 4 }))).toEqual({ done: 4, failed: 0 });
  });

  it('begins nothing when its time is over', async () => {
    let clock = 0;
    const progress = await processBatch(
      many(9),
      async () => undefined,
      bounds({ now: () => new Date(Date.parse('2026-06-01T12:00:00Z') + 20_000 * clock++) }),
    );

    expect(progress).toEqual({ done: 3, failed: 0, stoppedAfter: 'item 2' });
  });

  it('goes on past one item in trouble, and tells of it', async () => {
    const all = bounds();

    const progress = await processBatch(
      listOf('a', 'bad', 'c'),
      async (item) => {
        if (item === 'bad') throw new Error('no');
      },
      all,
    );

    expect(progress).toEqual({ done: 2, failed: 1 });
    expect(all.troubles).toEqual(['bad']);
  });

  it('ends when there is trouble everywhere', async () => {
    const { failed, stoppedAfter } = await processBatch(
      many(50),
      async () => {
        throw new Error('PayPal is down');
      },
      bounds(),
    );

    expect(failed).toBeLessThan(10);
    expect(stoppedAfter).toBeDefined();
  });

  it('fails when it cannot be told what is to be done', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield 'a';
      throw new Error('no index');
    }

    await expect(processBatch(broken(), async () => undefined, bounds())).rejects.toThrow('no index');
  });
});
