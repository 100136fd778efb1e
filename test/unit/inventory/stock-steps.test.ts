import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReservationStatus } from '../../../src/inventory/reservation.ts';
import { commitStock, holdStock, releaseStock, returnStock } from '../../../src/inventory/stock-steps.ts';
import { SESSION } from '../../support/builders/payments.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { product } from '../../support/in-memory/shop.ts';
import { type Gate, openGate, stockInMemory } from '../../support/in-memory/tables.ts';

const STEPS = { commitStock, releaseStock, holdStock, returnStock } as const;
type Step = keyof typeof STEPS;
const late = settlementThat('captured_late');

/** Stock with a reservation of two mugs and one plate; when it is released or returned, `left` items are available. */
async function stockWith(status: ReservationStatus, left = 0, gate: Gate = openGate) {
  const stock = stockInMemory(gate, [product(2, 'MUG'), product(1, 'PLATE')]);
  const items = [
    { sku: 'MUG', quantity: 2 },
    { sku: 'PLATE', quantity: 1 },
  ];
  const reservation = { checkout_session_id: SESSION, items, expires_at: '2026-06-01T12:30:00.000Z' };
  await stock.repository.reserve({ ...reservation, status: 'held' });
  if (status === 'committed') await commitStock(stock.repository, late);
  if (status === 'released') await releaseStock(stock.repository, late);
  if (status === 'returned') await returnStock(stock.repository, late);
  for (const before of stock.products.values()) {
    const available = status === 'released' || status === 'returned' ? left : before.available;
    const { sku, reserved, sold } = before;
    stock.products.set(sku, { ...before, available, stocked: available + reserved + sold });
  }
  return {
    ...stock,
    run: (step: Step, settlement = late) => STEPS[step](stock.repository, settlement),
    counters: () => {
      const { available, reserved, sold } = stock.products.get('MUG') ?? product(0);
      return [available, reserved, sold];
    },
  };
}

describe('stock steps', () => {
  describe('reservation', () => {
    it.each<[ReservationStatus, Step, ReservationStatus | 'none', [available: number, reserved: number, sold: number]]>(
      [
        ['held', 'commitStock', 'committed', [0, 0, 2]],
        ['held', 'releaseStock', 'released', [2, 0, 0]],
        ['held', 'holdStock', 'held', [0, 2, 0]],
        ['held', 'returnStock', 'returned', [2, 0, 0]],
        ['committed', 'commitStock', 'committed', [0, 0, 2]],
        ['committed', 'releaseStock', 'committed', [0, 0, 2]],
        ['committed', 'holdStock', 'committed', [0, 0, 2]],
        ['committed', 'returnStock', 'returned', [2, 0, 0]],
        ['released', 'commitStock', 'committed', [0, 0, 2]],
        ['released', 'releaseStock', 'released', [2, 0, 0]],
        ['released', 'holdStock', 'held', [0, 2, 0]],
        ['released', 'returnStock', 'returned', [2, 0, 0]],
        ['returned', 'commitStock', 'returned', [2, 0, 0]],
        ['returned', 'releaseStock', 'returned', [2, 0, 0]],
        ['returned', 'holdStock', 'returned', [2, 0, 0]],
        ['returned', 'returnStock', 'returned', [2, 0, 0]],
      ],
    )('that is %s becomes, by %s, run once or twice, %s', async (before, step, after, counters) => {
      const { run, reservations, counters: countersNow } = await stockWith(before, 2);

      const first = await run(step);
      const second = await run(step);

      expect(first).toEqual({ stock: after, changed: before !== after });
      expect(second).toEqual({ stock: after, changed: false });
      expect(reservations.get(SESSION)?.status).toBe(after);
      expect(countersNow()).toEqual(counters);
    });
  });

  describe('reservation of a payment whose reversal was cancelled', () => {
    const back = (reinstated: number) => settlementThat('captured_late', 'captured', { reinstated });
    const gone = (reinstated: number) => settlementThat('refunded', 'reversed', { reinstated });

    it('is committed again', async () => {
      const { run, counters } = await stockWith('returned', 2);

      expect(await run('commitStock', back(1))).toEqual({ stock: 'committed', changed: true });

      expect(counters()).toEqual([0, 0, 2]);
    });

    it('stays committed when the return of the cancelled reversal runs last', async () => {
      const { run, counters } = await stockWith('committed');

      await run('commitStock', back(1));

      expect(await run('returnStock')).toEqual({ stock: 'committed', changed: false });
      expect(counters()).toEqual([0, 0, 2]);
    });

    it('is returned by the next reversal, and committed by the end of that one', async () => {
      const { run, counters } = await stockWith('committed');
      await run('commitStock', back(1));

      expect(await run('returnStock', gone(1))).toEqual({ stock: 'returned', changed: true });
      expect(counters()).toEqual([2, 0, 0]);
      expect(await run('commitStock', back(1))).toEqual({ stock: 'returned', changed: false });
      expect(await run('commitStock', back(2))).toEqual({ stock: 'committed', changed: true });
      expect(await run('returnStock', gone(1))).toEqual({ stock: 'committed', changed: false });
    });

    it('ends the same in any order of its steps', async () => {
      const steps: [Step, ReturnType<typeof back>][] = [
        ['commitStock', late],
        ['returnStock', late],
        ['commitStock', back(1)],
        ['returnStock', gone(1)],
        ['commitStock', back(2)],
      ];
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray(steps, { minLength: steps.length }), async (list) => {
          const { run, counters, reservations } = await stockWith('held');

          for (const [step, settlement] of list) await run(step, settlement);

          expect([reservations.get(SESSION)?.status, counters()]).toEqual(['committed', [0, 0, 2]]);
        }),
      );
    });
  });

  describe('released reservation with too few items available', () => {
    it.each(['commitStock', 'holdStock'] as const)('takes none of its items on %s', async (step) => {
      const { run, counters, products, reservations } = await stockWith('released', 1);

      expect(await run(step)).toEqual({ stock: 'none', changed: false });

      expect([counters(), products.get('PLATE')?.available]).toEqual([[1, 0, 0], 1]);
      expect(reservations.get(SESSION)?.status).toBe('released');
    });

    it('fails commitStock for a payment on time', async () => {
      const { run } = await stockWith('released', 1);

      await expect(run('commitStock', settlementThat('captured'))).rejects.toThrow('was released before its payment');
    });
  });

  it('move the items of the other products when one was deleted', async () => {
    const { run, products, reservations } = await stockWith('held');
    products.delete('MUG');

    expect(await run('releaseStock')).toEqual({ stock: 'released', changed: true });

    expect(reservations.get(SESSION)?.status).toBe('released');
    expect(products.get('PLATE')?.reserved).toBe(0);
    expect(products.has('MUG')).toBe(false);
  });

  it.each<[ReservationStatus, Step, ReservationStatus, [available: number, reserved: number, sold: number]]>([
    ['held', 'commitStock', 'committed', [0, 0, 1]],
    ['held', 'returnStock', 'returned', [1, 0, 0]],
    ['committed', 'returnStock', 'returned', [1, 0, 0]],
    ['released', 'returnStock', 'returned', [1, 0, 0]],
  ])('move a reservation that is %s by %s when one product was deleted', async (before, step, after, counters) => {
    const { run, products, reservations } = await stockWith(before, 1);
    products.delete('MUG');

    expect(await run(step)).toEqual({ stock: after, changed: true });

    expect(reservations.get(SESSION)?.status).toBe(after);
    const { available, reserved, sold } = products.get('PLATE') ?? product(0);
    expect([available, reserved, sold]).toEqual(counters);
    expect(products.has('MUG')).toBe(false);
  });

  it.each<[ReservationStatus, Step]>([
    ['released', 'commitStock'],
    ['released', 'holdStock'],
    ['returned', 'commitStock'],
  ])('take no items of a reservation that is %s by %s when one product was deleted', async (before, step) => {
    const { run, products, reservations } = await stockWith(before, 1);
    products.delete('MUG');

    const result = await run(step, settlementThat('captured_late', 'captured', { reinstated: 1 }));

    expect(result).toEqual({ stock: 'none', changed: false });
    expect([reservations.get(SESSION)?.status, products.get('PLATE')?.available]).toEqual([before, 1]);
  });

  it.each(['releaseStock', 'commitStock', 'returnStock'] as const)(
    'end with %s when all products were deleted',
    async (step) => {
      const { run, products, reservations } = await stockWith('held');
      products.clear();

      expect(await run(step)).toMatchObject({ changed: true });

      expect(reservations.get(SESSION)?.status).not.toBe('held');
      expect(products.size).toBe(0);
    },
  );

  it('end a pending move first, also where they then have nothing to do', async () => {
    const { repository, reservations } = await stockWith('released', 2);
    const released = reservations.get(SESSION);
    if (!released) throw new Error('no reservation');
    reservations.set(SESSION, {
      ...released,
      last_move: `${SESSION}/12345678`,
      pending: { to: 'held', counters: ['available', 'reserved'], begun_at: '2026-06-01T12:00:00.000Z' },
    });
    const resume = async () => {
      reservations.set(SESSION, { ...released, status: 'returned' });
      return { ...released, status: 'returned' as const };
    };

    expect(await releaseStock({ ...repository, resume }, late)).toEqual({ stock: 'returned', changed: false });
  });

  it('throws when the reservation does not exist', async () => {
    const { reservations, run } = await stockWith('held');
    reservations.clear();

    await expect(run('commitStock')).rejects.toThrow(`reservation of ${SESSION} not found`);
  });

  it('throws when the counters contradict the reservation', async () => {
    const { products, run } = await stockWith('held');
    products.set('MUG', { ...product(2, 'MUG'), reserved: 0 });

    await expect(run('commitStock')).rejects.toThrow('its product counters are too low');
  });

  const steps = fc.constantFrom(...(Object.keys(STEPS) as Step[]));

  it('keep available + reserved + sold constant in any order and concurrency', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 8 }), fc.nat(3), fc.scheduler(), async (list, left, scheduler) => {
        let racing = false;
        const gate: Gate = async (call, effect) => {
          if (racing) await scheduler.schedule(Promise.resolve(), call);
          return effect();
        };
        const { run, products, reservations } = await stockWith('released', left, gate);
        racing = true;

        await scheduler.waitFor(Promise.all(list.map((step) => run(step))));

        const { available, reserved, sold, stocked } = products.get('MUG') ?? product(0);
        const status = reservations.get(SESSION)?.status;
        expect(available + reserved + sold).toBe(stocked);
        expect([reserved, sold]).toEqual([status === 'held' ? 2 : 0, status === 'committed' ? 2 : 0]);
        expect(available).toBeGreaterThanOrEqual(0);
        // A returned reservation is final.
        if (list.includes('returnStock')) expect(status).toBe('returned');
      }),
      { numRuns: 500 },
    );
  });

  it('end the same in any order for a payment that is captured and refunded', async () => {
    const inAnyOrder = fc.shuffledSubarray(['releaseStock', 'commitStock', 'commitStock', 'returnStock'] as const, {
      minLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(inAnyOrder, async (list) => {
        const { run, reservations, counters } = await stockWith('held');

        for (const step of list) await run(step);

        expect([reservations.get(SESSION)?.status, counters()]).toEqual(['returned', [2, 0, 0]]);
      }),
    );
  });
});
