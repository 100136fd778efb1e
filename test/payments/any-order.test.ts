import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mistakesOf } from '../support/books-in-memory.ts';
import { heal, histories, live } from '../support/purchase-history.ts';

it('ends where PayPal says, whatever is delivered, in whatever order, and wherever we fall over', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const { shop, purchases } = await live(history, 10);

      expect(await heal(shop, purchases)).toEqual([]);
      expect(mistakesOf(shop, purchases)).toEqual([]);
    }),
    { numRuns: 3000 },
  );
}, 60_000);
