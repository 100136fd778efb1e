import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingsIn } from '../../support/in-memory/consistency-check.ts';
import { violationsOf } from '../../support/in-memory/invariants.ts';
import { type Happening, histories, rivalries } from '../../support/in-memory/purchase-history.ts';
import { heal, live, race } from '../../support/in-memory/purchase-model.ts';

/*
 * Whatever buyers, banks, PayPal, the network and our own processes do: after PayPal has been asked once more and the workflow has done
 * its work, every payment is what PayPal's truth demands, and the shop's books are right.
 */

const TIME_OUT = 60_000;

describe('one purchase ends where PayPal says, with the books right', () => {
  it(
    'whatever is delivered, lost, repeated or late, and wherever a process dies',
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          const { shop, purchases } = await live(history, 10);

          expect(await heal(shop, purchases)).toEqual([]);
          expect(violationsOf(shop, purchases)).toEqual([]);
          expect(await findingsIn(shop)).toEqual([]);
        }),
        { numRuns: 4000 },
      );
    },
    TIME_OUT,
  );

  it(
    'even if everything happens at once',
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, fc.scheduler(), async (history, scheduler) => {
          const { shop, purchases } = await race(history, 1, scheduler);

          expect(await heal(shop, purchases)).toEqual([]);
          expect(violationsOf(shop, purchases, { mayTurnAway: true })).toEqual([]);
          expect(await findingsIn(shop)).toEqual([]);
        }),
        { numRuns: 2000 },
      );
    },
    TIME_OUT,
  );
});

describe('of two buyers after one piece, one gets it at most, and the other is not charged or gets all the money back', () => {
  it(
    'whatever happens to them',
    async () => {
      await fc.assert(
        fc.asyncProperty(rivalries, async (history) => {
          const { shop, purchases } = await live(history, 1);

          expect(await heal(shop, purchases)).toEqual([]);
          expect(violationsOf(shop, purchases, { mayTurnAway: true })).toEqual([]);
          expect(await findingsIn(shop)).toEqual([]);
          expect([...shop.orders.rows.values()].filter(({ status }) => status === 'confirmed').length).toBeLessThan(2);
        }),
        { numRuns: 4000 },
      );
    },
    TIME_OUT,
  );

  it('and the first who pays gets it', async () => {
    // Both give up, so that neither holds the piece; then both come back and approve. The second begins once there is a piece again.
    const late = (buyer: number): Happening[] => [
      { what: { kind: 'cancel' }, buyer },
      { what: { kind: 'work', which: 0, task: 0 }, buyer },
      { what: { kind: 'work', which: 0, task: 0 }, buyer },
    ];
    const begins: Happening = { what: { kind: 'lookAfter' }, buyer: 1 };
    const { shop, purchases } = await live([...late(0), begins, ...late(1)], 1);
    const [first, second] = purchases;
    if (!first || !second) throw new Error('both buyers must have begun');
    for (const { orderId } of [second, first]) shop.paypal.approve(orderId);

    await shop.lookAfter(second.paymentId);
    await shop.finish();
    await heal(shop, purchases);

    expect(shop.payments.rows.get(second.paymentId)?.status).toBe('captured');
    expect(shop.payments.rows.get(first.paymentId)?.status).toBe('cancelled');
    expect(shop.paypal.orders.get(first.orderId)?.capture).toBeUndefined();
    expect(violationsOf(shop, purchases, { mayTurnAway: true })).toEqual([]);
    expect(await findingsIn(shop)).toEqual([]);
  });
});
