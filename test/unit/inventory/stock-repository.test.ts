import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unexplainedChange } from '../../../src/consistency/stock-drift.ts';
import { isMarkObsolete, type Reservation, sessionOfMark } from '../../../src/inventory/reservation.ts';
import { type StockRepository, stockRepository } from '../../../src/inventory/stock-repository.ts';
import { commitStock, holdStock, releaseStock, returnStock } from '../../../src/inventory/stock-steps.ts';
import { type SessionId, sessionId } from '../../../src/shared/ids.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { dynamoInMemory, type Effect, type Network } from '../../support/in-memory/dynamo.ts';
import { product } from '../../support/in-memory/shop.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { virtualTime } from '../../support/virtual-time.ts';

const TABLES = { products: 'products', reservations: 'reservations' };
const NOW = new Date('2026-06-01T12:00:00.000Z');
const sessionNumber = (number: number) => sessionId(`03${number.toString().padStart(24, '0')}`);
const itemsOf = (...skus: string[]) => skus.map((sku) => ({ sku, quantity: 1 }));
const reservationOf = (number: number, ...skus: string[]): Reservation => ({
  checkout_session_id: sessionNumber(number),
  status: 'held',
  items: itemsOf(...skus),
  expires_at: '2026-06-01T12:30:00.000Z',
});

function tablesWith(...products: ReturnType<typeof product>[]) {
  const dynamo = dynamoInMemory({ products: 'sku', reservations: 'checkout_session_id' });
  for (const each of products) dynamo.rows('products').set(each.sku, each);
  const repository = (network: Network = async (_, effect) => effect(), now = NOW) =>
    stockRepository(dynamo.client(network), TABLES, () => now);
  const counters = (sku: string) => {
    const { available, reserved, sold } = dynamo.rows('products').get(sku) ?? {};
    return [available, reserved, sold];
  };
  /** What a cleanup does, at its worst moment. */
  const forgetMarks = () => {
    for (const item of dynamo.rows('products').values()) {
      const kept = [...((item.applied ?? []) as Set<string>)].filter((mark) => {
        const reservation = dynamo.rows('reservations').get(sessionOfMark(mark)) as Reservation | undefined;
        return !isMarkObsolete(mark, reservation, NOW);
      });
      if (kept.length > 0) item.applied = new Set(kept);
      else delete item.applied;
    }
  };
  const marks = (sku: string) => [...((dynamo.rows('products').get(sku)?.applied ?? []) as Set<string>)];
  return { ...dynamo, repository, counters, marks, forgetMarks };
}

/** A network on which the numbered write waits until it is let through. */
function stopped(at: number) {
  const reached = Promise.withResolvers<void>();
  const passes = Promise.withResolvers<void>();
  let writes = 0;
  const network: Network = async ({ command }, effect) => {
    if (command !== 'GetItemCommand' && ++writes === at) {
      reached.resolve();
      await passes.promise;
    }
    return effect();
  };
  return { network, reached: reached.promise, letThrough: passes.resolve };
}

describe('stock moves under faults', () => {
  /** Hands the mug over to another reservation, and gives the plate back. */
  const handOver = async (stock: StockRepository, { checkout_session_id: id }: { checkout_session_id: SessionId }) => {
    const found = await stock.reservation(id);
    const from = found && (await stock.resume(found));
    if (from?.status !== 'held') return;
    const heir = sessionNumber(Number(id.slice(-1)) + 4);
    const reserved = await stock.reserve({ ...reservationOf(0), checkout_session_id: heir });
    if (reserved.done) await stock.handOver(from, itemsOf('PLATE'), { id: heir, items: itemsOf('MUG') });
  };
  const STEPS = { commitStock, releaseStock, holdStock, returnStock, handOver } as const;
  const FAULTS = ['none', 'none', 'none', 'none', 'lost', 'unmade', 'late', 'dies before', 'dies after'] as const;
  const noAnswer = () => Object.assign(new Error('no answer'), { name: 'TimeoutError' });

  /** A process whose requests meet faults, and are made in any order with those of others. */
  function process(random: () => number, pick: () => (typeof FAULTS)[number], late: Effect[]): Network {
    let isDead = false;
    return async ({ command }, effect) => {
      for (let turns = Math.floor(random() * 3); turns > 0; turns--) await new Promise(setImmediate);
      if (isDead) throw new Error('process is dead');
      const fault = command === 'GetItemCommand' ? 'none' : pick();
      if (fault === 'dies before' || fault === 'dies after') isDead = true;
      if (fault === 'unmade') throw noAnswer();
      if (fault === 'late') {
        late.push(effect);
        throw noAnswer();
      }
      const answer = fault === 'dies before' ? {} : effect();
      if (isDead) throw new Error('process is dead');
      if (fault === 'lost') throw noAnswer();
      return answer;
    };
  }
  const arriveLate = (late: Effect[]) => {
    for (const effect of late.splice(0)) {
      try {
        effect();
      } catch {
        // Its condition does not hold any more.
      }
    }
  };

  it('end with counters that equal the reservations', async () => {
    const step = fc.constantFrom(...(Object.keys(STEPS) as (keyof typeof STEPS)[]));
    const cases = fc.record({
      seed: fc.nat(),
      faults: fc.infiniteStream(fc.constantFrom(...FAULTS)),
      steps: fc.array(fc.tuple(fc.nat(1), step), { maxLength: 8 }),
      plates: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, faults, steps, plates }) => {
        const tables = tablesWith(product(3), product(plates, 'PLATE'));
        const late: Effect[] = [];
        const random = seededRandom(seed);
        const forgetting =
          (network: Network): Network =>
          (call, effect) =>
            network(call, () => {
              try {
                return effect();
              } finally {
                if (random() < 0.5) tables.forgetMarks();
              }
            });
        const pick = () => (faults.next().value ?? 'none') as (typeof FAULTS)[number];
        const inProcess = (run: (stock: StockRepository) => Promise<unknown>) =>
          run(tables.repository(forgetting(process(random, pick, late)))).catch(() => undefined);

        await Promise.all(
          [0, 1, 2, 3].map((i) => inProcess((stock) => stock.reserve(reservationOf(i, 'MUG', 'PLATE')))),
        );
        if (random() < 0.5) arriveLate(late);
        await Promise.all(
          steps.map(([i, name]) =>
            inProcess((stock) =>
              STEPS[name](
                stock,
                settlementThat('captured_late', 'captured', { checkout_session_id: sessionNumber(i) }),
              ),
            ),
          ),
        );
        if (random() < 0.5) arriveLate(late);
        const stock = tables.repository();
        const resumeAll = async () => {
          for (const row of tables.rows('reservations').values()) await stock.resume(row as Reservation);
        };
        await resumeAll();
        tables.forgetMarks();
        arriveLate(late);
        await resumeAll();

        const reservations = [...tables.rows('reservations').values()] as Reservation[];
        expect(reservations.filter(({ pending }) => pending)).toEqual([]);
        const quantityOf = (status: string, sku: string) =>
          reservations.filter((row) => row.status === status && row.items.some((item) => item.sku === sku)).length;
        for (const [sku, stocked] of Object.entries({ MUG: 3, PLATE: plates })) {
          const [held, committed] = [quantityOf('held', sku), quantityOf('committed', sku)];
          expect(tables.counters(sku)).toEqual([stocked - held - committed, held, committed]);
        }
        // The check of the products' stream finds a move behind each change.
        expect(tables.stream('products').flatMap((record) => unexplainedChange(record) ?? [])).toEqual([]);
      }),
      { numRuns: Number(globalThis.process.env.RUNS ?? 50) },
    );
  }, 120_000);
});

describe('a move that two callers work on', () => {
  /** Both have read the pending move of one mug; the helper stops before its write of the product. */
  async function bothAtWork(ownerStopsAt: number, mugs: number) {
    const tables = tablesWith(product(mugs), product(0, 'PLATE'));
    const [owner, helper] = [stopped(ownerStopsAt), stopped(2)];
    const skus = mugs > 0 ? ['MUG'] : ['MUG', 'PLATE'];
    const reserved = tables.repository(owner.network).reserve(reservationOf(1, ...skus));
    await owner.reached;
    const moving = await tables.repository().reservation(sessionNumber(1));
    if (!moving) throw new Error('no reservation');
    const resumed = tables.repository(helper.network).resume(moving);
    await helper.reached;
    return { ...tables, owner, helper, reserved, resumed };
  }

  it('keeps its marks when its owner ends it before the write of its helper arrives', async () => {
    const { owner, helper, reserved, resumed, forgetMarks, counters } = await bothAtWork(3, 3);

    owner.letThrough();
    expect(await reserved).toEqual({ done: true });
    forgetMarks();
    helper.letThrough();

    expect(await resumed).toMatchObject({ status: 'held' });
    expect(counters('MUG')).toEqual([2, 1, 0]);
  });

  it('moves nothing after its owner reverted it for lack of stock', async () => {
    const { owner, helper, reserved, resumed, forgetMarks, counters, rows } = await bothAtWork(4, 0);

    owner.letThrough();
    expect(await reserved).toMatchObject({ done: false, short: [{ sku: 'MUG' }, { sku: 'PLATE' }] });
    forgetMarks();
    for (const sku of ['MUG', 'PLATE']) rows('products').set(sku, { ...rows('products').get(sku), available: 1 });
    helper.letThrough();

    expect(await resumed).toMatchObject({ status: 'released' });
    expect([counters('MUG'), counters('PLATE')]).toEqual([
      [1, 0, 0],
      [1, 0, 0],
    ]);
  });
});

describe('a move', () => {
  const reservedMug = async () => {
    const tables = tablesWith(product(3));
    const stock = tables.repository();
    await stock.reserve(reservationOf(1, 'MUG'));
    const read = async () => (await stock.reservation(sessionNumber(1))) ?? expect.fail('no reservation');
    return { ...tables, stock, read };
  };

  it('does not begin when the reservation has moved there and back since it was read', async () => {
    const { stock, read, counters } = await reservedMug();
    const seen = await read();
    await stock.move(seen, 'released', ['reserved', 'available']);
    await stock.move(await read(), 'held', ['available', 'reserved']);

    expect(await stock.move(seen, 'released', ['reserved', 'available'])).toMatchObject({
      done: false,
      current: { status: 'held' },
    });
    expect(counters('MUG')).toEqual([2, 1, 0]);
  });

  it('does not end as done once a helper has begun to revert it', async () => {
    const tables = tablesWith(product(3), product(0, 'PLATE'));
    const dead = async () => Promise.reject(new Error('dead'));
    let begun = false;
    const beginning: Network = (_, effect) => (begun ? dead() : Promise.resolve(effect()));
    const owner = tables.repository(async (call, effect) => {
      const answer = await beginning(call, effect);
      begun = true;
      return answer;
    });
    await owner.reserve(reservationOf(1, 'MUG', 'PLATE')).catch(() => undefined);
    const moving = (await tables.repository().reservation(sessionNumber(1))) ?? expect.fail('no reservation');
    const [reverting, moved] = [stopped(4), stopped(4)];
    let writes = 0;
    const reverted = tables
      .repository((call, effect) =>
        call.command !== 'GetItemCommand' && ++writes > 4 ? dead() : reverting.network(call, effect),
      )
      .resume(moving)
      .catch(() => undefined);
    await reverting.reached;
    tables.rows('products').set('PLATE', product(1, 'PLATE'));
    const resumed = tables.repository(moved.network).resume(moving);
    await moved.reached;

    reverting.letThrough();
    await reverted;
    moved.letThrough();

    expect(await resumed).toMatchObject({ status: 'released' });
    expect([tables.counters('MUG'), tables.counters('PLATE')]).toEqual([
      [3, 0, 0],
      [1, 0, 0],
    ]);
  });
});

describe('handOver', () => {
  /** A reservation of a mug and a plate, and its heir. */
  async function reservedTwice() {
    const tables = tablesWith(product(1), product(1, 'PLATE'));
    const stock = tables.repository();
    await stock.reserve(reservationOf(1, 'MUG', 'PLATE'));
    await stock.reserve(reservationOf(2));
    const read = async (number: number) => (await stock.reservation(sessionNumber(number))) ?? expect.fail('not found');
    const seen = await read(1);
    const move = async (number: number, to: 'held' | 'released') =>
      stock.move(await read(number), to, to === 'held' ? ['available', 'reserved'] : ['reserved', 'available']);
    const handOver = () => stock.handOver(seen, itemsOf('PLATE'), { id: sessionNumber(2), items: itemsOf('MUG') });
    return { ...tables, read, move, handOver };
  }

  it('leaves the items reserved for the heir, and releases the others', async () => {
    const { handOver, read, counters } = await reservedTwice();

    expect(await handOver()).toBe(true);

    expect(await read(1)).toMatchObject({ status: 'released', items: itemsOf('MUG', 'PLATE') });
    expect(await read(2)).toMatchObject({ status: 'held', items: itemsOf('MUG') });
    expect([counters('MUG'), counters('PLATE')]).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });

  it('changes nothing when the reservation has moved there and back since it was read', async () => {
    const { handOver, read, move } = await reservedTwice();
    await move(1, 'released');
    await move(1, 'held');

    expect(await handOver()).toBe(false);

    expect([(await read(1)).status, (await read(2)).items]).toEqual(['held', []]);
  });

  it('changes nothing when the heir has been released', async () => {
    const { handOver, read, move } = await reservedTwice();
    await move(2, 'released');

    expect(await handOver()).toBe(false);

    expect([(await read(1)).status, (await read(2)).items]).toEqual(['held', []]);
  });
});

describe('200 buyers of one product, of which 100 are in stock', () => {
  /**
   * A network of 8 to 15 ms a call, and a DynamoDB that takes the writes of an item one by one: 1,000 write units a
   * second, one for each kilobyte of the item.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
   */
  function contended(stock = 100) {
    const tables = tablesWith(product(stock));
    const random = seededRandom(1);
    const { now, sleep, run } = virtualTime(NOW);
    const ended = async <Result>(results: readonly Promise<Result>[]) => {
      const all = Promise.allSettled(results);
      // The SDK reads its configuration before its first request.
      while (!isBusy) await new Promise((resolve) => setTimeout(resolve, 1));
      await run(new Date(NOW.getTime() + 120_000));
      return all;
    };
    let isBusy = false;
    const queues = new Map<string, Promise<unknown>>();
    const writes = { made: 0, refused: 0 };
    const network: Network = async ({ command, key }, effect) => {
      isBusy = true;
      await sleep(4 + random() * 3);
      const units = () => Math.ceil((tables.marks(key).join('').length + JSON.stringify(product(stock)).length) / 1024);
      const turn = (queues.get(key) ?? Promise.resolve()).then(() => sleep(command === 'GetItemCommand' ? 0 : units()));
      if (command !== 'GetItemCommand') queues.set(key, turn);
      await turn;
      try {
        const answer = effect();
        if (key === 'MUG') writes.made++;
        return answer;
      } catch (error) {
        if (key === 'MUG') writes.refused++;
        throw error;
      } finally {
        await sleep(4 + random() * 3);
      }
    };
    const transactions = async (milliseconds: number) => {
      isBusy = true;
      await sleep(milliseconds);
    };
    return { ...tables, network, writes, random, now, sleep: transactions, ended };
  }

  it('makes 100 reservations in 1.2 writes of the product a sale, without an error', async () => {
    const { repository, network, counters, marks, rows, writes, ended } = contended();
    const stock = repository(network);

    const results = await ended(Array.from({ length: 200 }, (_, i) => stock.reserve(reservationOf(i, 'MUG'))));

    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    const done = results.filter((result) => result.status === 'fulfilled' && result.value.done);
    expect([done.length, counters('MUG')]).toEqual([100, [0, 100, 0]]);
    const held = [...rows('reservations').values()].filter(({ status }) => status === 'held');
    expect(held).toHaveLength(100);
    expect(writes.made / 100).toBeLessThanOrEqual(1.2);
    // All read the stock at the same time, so no read could refuse the other 100.
    expect(writes.refused).toBe(100);
    expect(marks('MUG').length).toBeLessThan(32);
  });

  it('takes 500 reservations a second', async () => {
    const { repository, network, writes, now, sleep, ended } = contended(5000);
    const stock = repository(network);
    const waits: number[] = [];

    const results = await ended(
      Array.from({ length: 2000 }, async (_, i) => {
        await sleep(2 * i);
        const begun = now();
        const result = await stock.reserve(reservationOf(i, 'MUG'));
        waits.push(now().getTime() - begun.getTime());
        return result;
      }),
    );

    expect(results.every((result) => result.status === 'fulfilled' && result.value.done)).toBe(true);
    expect([writes.refused, writes.made / 2000 <= 1.2]).toEqual([0, true]);
    // The queue of the product's writes does not grow.
    expect(Math.max(...waits)).toBeLessThan(200);
  });

  it('fails some buyers when each reserves in a transaction', async () => {
    const { rows, transact, random, sleep, ended } = contended();
    const busy = new Set<string>();
    let attempts = 0;
    const reserveInTransaction = async (number: number) => {
      for (let attempt = 1; ; attempt++) {
        attempts++;
        await sleep(4);
        if (busy.has('MUG')) {
          if (attempt === 10) throw new TransactionCanceledException({ message: 'conflict', $metadata: {} });
          await sleep(random() * Math.min(640, 20 * 2 ** attempt));
          continue;
        }
        busy.add('MUG');
        await sleep(8 + random() * 7);
        busy.delete('MUG');
        transact([
          { TableName: 'reservations', Item: { ...reservationOf(number, 'MUG') } },
          {
            TableName: 'products',
            Key: { sku: 'MUG' },
            UpdateExpression: 'SET available = available - :one, reserved = reserved + :one',
            ConditionExpression: 'available >= :one',
            ExpressionAttributeValues: { ':one': 1 },
          },
        ]);
        return;
      }
    };

    const results = await ended(Array.from({ length: 200 }, (_, i) => reserveInTransaction(i)));

    const sales = [...rows('reservations').values()].length;
    const conflicts = results.filter(
      (result) => result.status === 'rejected' && /conflict/.test(result.reason.message),
    );
    expect(attempts / sales).toBeGreaterThan(5);
    expect(conflicts.length).toBeGreaterThan(0);
  });
});
