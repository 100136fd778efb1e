import { describe, expect, it } from 'vitest';
import { type InvariantNumber, invariantOf } from '../../../src/consistency/checks/violation.ts';
import { byInvariantNumber, MAX_SCAN_PAGES, runCheck } from '../../../src/consistency/run-check.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import type { StoredEvent } from '../../../src/paypal-webhook/stored-event.ts';
import { orderIdOf, paymentIdOf, sessionId } from '../../../src/shared/ids.ts';
import type { Settlement } from '../../../src/shared/settlement.ts';
import { listedFailure } from '../../support/builders/settlements.ts';
import { checkOf, LONG_AFTER } from '../../support/in-memory/consistency-check.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { product, shopInMemory } from '../../support/in-memory/shop.ts';

/** A shop with this many captured purchases, each with its order. */
async function shopWith(count: number) {
  const shop = shopInMemory({ products: [product(1000)] });
  const purchases = [];
  for (let i = 0; i < count; i++) {
    const purchase = await shop.begin();
    if (!purchase) throw new Error('out of stock');
    shop.paypal.approve(purchase.orderId);
    purchases.push(purchase);
  }
  for (const { event } of shop.paypal.events) await shop.deliver(event);
  await shop.finish();
  for (const { event } of shop.paypal.events) await shop.deliver(event);
  await shop.finish();
  return { shop, purchases };
}

const unfinishedEvent = (event_id: string, received_at: string): StoredEvent => ({
  event_id,
  event_type: 'PAYMENT.CAPTURE.COMPLETED',
  status: 'received',
  received_at,
  last_received_at: received_at,
  replayed_at: [],
  transmissions: [],
  body: '{}',
});

describe('runCheck', () => {
  it('finds nothing in a consistent shop', async () => {
    const { shop } = await shopWith(3);
    const check = checkOf(shop);

    expect(await check.check()).toMatchObject({ finished: true });
    expect(check.open()).toEqual([]);
  });

  it.each([
    ['payment', '3:cs_'],
    ['payment and its session', '2:ord_'],
  ])('finds a purchase without its %s', async (lost, finding) => {
    const { shop, purchases } = await shopWith(1);
    const [{ paymentId, sessionId } = { paymentId: 'pay_', sessionId: 'cs_' } as const] = purchases;
    shop.payments.rows.delete(paymentId);
    if (lost.includes('session')) shop.sessions.rows.delete(sessionId);
    const check = checkOf(shop);

    await check.check();

    expect(check.open()).toContainEqual(expect.stringContaining(finding));
  });

  it('finds a second order of a payment and a second payment of a session, under any id', async () => {
    const { shop, purchases } = await shopWith(1);
    const [{ paymentId } = { paymentId: 'pay_' } as const] = purchases;
    const otherId = paymentIdOf(sessionId('0'.repeat(26)));
    const order = shop.orders.rows.get(orderIdOf(paymentId));
    const payment = shop.payments.rows.get(paymentId);
    if (!order || !payment) throw new Error('no purchase');
    shop.orders.rows.set(orderIdOf(otherId), { ...order, order_id: orderIdOf(otherId) });
    const check = checkOf(shop);

    await check.check();
    expect(check.open()).toEqual([`2:${orderIdOf(otherId)}`]);

    shop.orders.rows.delete(orderIdOf(otherId));
    shop.payments.rows.set(otherId, { ...payment, payment_id: otherId });
    await check.check();
    expect(check.open()).toContain(`1:${otherId}`);
  });

  it('finds a reservation without session and payment', async () => {
    const { shop } = await shopWith(0);
    const held = await shop.begin();
    if (!held) throw new Error('out of stock');
    shop.payments.rows.delete(held.paymentId);
    shop.sessions.rows.delete(held.sessionId);
    const check = checkOf(shop);

    await check.check();

    expect(check.open()).toEqual([`5:${held.sessionId}`]);
  });

  it('closes the findings that are resolved, and no others', async () => {
    const { shop, purchases } = await shopWith(2);
    const [restored, lost] = purchases.map(({ paymentId }) => orderIdOf(paymentId));
    if (!restored || !lost) throw new Error('no purchase');
    const order = shop.orders.rows.get(restored);
    const check = checkOf(shop);
    for (const id of [restored, lost]) shop.orders.rows.delete(id);
    await check.check();
    expect(check.open()).toHaveLength(4);

    if (order) shop.orders.rows.set(restored, order);
    await check.check();

    expect(check.open()).toEqual([`1:${purchases[1]?.paymentId}`, `6:${purchases[1]?.paymentId}`]);
  });

  it('returns the open findings by invariant', async () => {
    const { shop, purchases } = await shopWith(2);
    for (const { paymentId } of purchases) shop.orders.rows.delete(orderIdOf(paymentId));

    const { findings } = await checkOf(shop).check();

    expect(findings).toEqual({
      order_or_refund: 2,
      order_matches_payment: 0,
      session_follows_payment: 0,
      stock_counters: 0,
      reservation_released: 0,
      session_matches_order: 2,
      captured_amount: 0,
      refunds_match_paypal: 0,
      events_finished: 0,
      failures_listed: 0,
      ledger_matches_paypal: 0,
    });
  });

  it('records the payments by status when the scan is finished', async () => {
    const { shop } = await shopWith(2);
    await shop.begin();
    const check = checkOf(shop);

    await check.check();

    expect(check.runs.get('consistency')).toMatchObject({
      finished_at: LONG_AFTER.toISOString(),
      figures: { purchases: 3, products: 1, 'payments.captured': 2, 'payments.created': 1 },
    });
  });
});

describe('byInvariantNumber', () => {
  it('returns the open findings by number', async () => {
    const { shop, purchases } = await shopWith(2);
    for (const { paymentId } of purchases) shop.orders.rows.delete(orderIdOf(paymentId));

    const { findings } = await checkOf(shop).check();

    expect(byInvariantNumber(findings)).toEqual({ 1: 2, 2: 0, 3: 0, 4: 0, 5: 0, 6: 2, 7: 0, 8: 0, 9: 0, 10: 0, 11: 0 });
  });
});

describe('runCheck over several runs', () => {
  it('continues where the last run stopped, and checks each purchase once', async () => {
    const { shop, purchases } = await shopWith(250);
    for (const { paymentId } of [purchases[0], purchases[249]].flatMap((purchase) => purchase ?? []))
      shop.orders.rows.delete(orderIdOf(paymentId));
    const check = checkOf(shop);
    const runs = [];
    do runs.push(await check.check(LONG_AFTER, 2));
    while (!runs.at(-1)?.finished && runs.length < 30);

    expect(runs.length).toBeGreaterThan(4);
    expect(check.open().filter((id) => id.startsWith('1:'))).toHaveLength(2);
    expect(check.runs.get('consistency')?.figures).toMatchObject({ purchases: 250, 'payments.captured': 250 });
  });

  it('checks open payments in every run, before the scan', async () => {
    const { shop, purchases } = await shopWith(250);
    const [{ paymentId } = { paymentId: 'pay_' as const }] = purchases.slice(-1);
    const payment = shop.payments.rows.get(paymentId);
    const input = shop.executions.get(`${paymentId}-captured`)?.input as Settlement;
    if (payment) shop.payments.rows.set(paymentId, { ...payment, open: { captured: input } });
    shop.orders.rows.delete(orderIdOf(paymentId));
    const check = checkOf(shop);

    expect(await check.check(LONG_AFTER, 0)).toMatchObject({ finished: false });

    expect(check.open()).toContain(`1:${paymentId}`);
  });

  /** A shop whose captured purchases have lost their orders, with their settlements open. */
  async function afterIncident(count: number) {
    const { shop, purchases } = await shopWith(count);
    for (const { paymentId } of purchases) {
      const payment = shop.payments.rows.get(paymentId);
      const input = shop.executions.get(`${paymentId}-captured`)?.input as Settlement;
      if (payment) shop.payments.rows.set(paymentId, { ...payment, open: { captured: input } });
      shop.orders.rows.delete(orderIdOf(paymentId));
    }
    return checkOf(shop);
  }

  it('ends in time and returns what it has found when much is wrong', async () => {
    const check = await afterIncident(250);

    const { findings, finished } = await check.check(LONG_AFTER, 0);

    expect(finished).toBe(false);
    expect(findings.order_or_refund).toBe(100);
  });

  it('checks a payment once that is in two partitions of the index', async () => {
    const check = await afterIncident(1);
    const { tables } = check.deps;
    const due = async function* (before: Date) {
      for (let time = 0; time < 2; time++) yield* tables.payments.due(before);
    };

    const { findings } = await runCheck(
      { ...check.deps, tables: { ...tables, payments: { ...tables.payments, due } }, hasTime: () => false },
      { now: LONG_AFTER, graceSeconds: 300 },
    );

    expect(findings.order_or_refund).toBe(1);
  });

  it('finds new violations also when more findings are open than one run rechecks', async () => {
    const check = await afterIncident(1);
    for (let i = 0; i < 40; i++)
      await check.deps.findings.put(
        { invariant: 'order_matches_payment', subject: `ord_${i}`, what: 'test', repair: null },
        LONG_AFTER,
      );

    const { findings } = await check.check(LONG_AFTER, 0);

    expect(findings.order_or_refund).toBe(1);
    expect(findings.order_matches_payment).toBeGreaterThan(0);
  });

  it('rechecks as many findings as its time allows, and the next ones in the next run', async () => {
    const check = checkOf((await shopWith(0)).shop);
    for (let i = 0; i < 40; i++)
      await check.deps.findings.put(
        { invariant: 'order_matches_payment', subject: `ord_${i}`, what: 'test', repair: null },
        LONG_AFTER,
      );

    const left = [];
    for (let run = 0; run < 4; run++) left.push((await check.check(LONG_AFTER, 0)).findings.order_matches_payment);

    expect(left).toEqual([30, 20, 10, 0]);
  });

  it('scans a fixed number of pages, and continues there in the next run', async () => {
    const { shop, purchases } = await shopWith(1);
    const { deps } = checkOf(shop);
    const { tables } = deps;
    let read = 0;
    const pages = MAX_SCAN_PAGES + 10;
    const ids: typeof tables.sessions.ids = async () => {
      read += 1;
      return { items: purchases.map(({ sessionId }) => sessionId), ...(read < pages && { next: { key: 'k' } }) };
    };
    const run = () =>
      runCheck(
        { ...deps, tables: { ...tables, sessions: { ...tables.sessions, ids } }, hasTime: () => true },
        { now: LONG_AFTER, graceSeconds: 300 },
      );

    expect(await run()).toMatchObject({ finished: false });
    // One page was of payments.
    expect(read).toBe(MAX_SCAN_PAGES - 1);

    expect(await run()).toMatchObject({ finished: true });
    expect(read).toBe(pages);
  });

  it('keeps the last figures until the scan is finished', async () => {
    const { shop } = await shopWith(150);
    const check = checkOf(shop);
    await check.check();
    const { figures, finished_at } = check.runs.get('consistency') ?? {};

    const later = new Date(LONG_AFTER.getTime() + 1000);
    expect(await check.check(later, 2)).toMatchObject({ finished: false });

    expect(check.runs.get('consistency')).toMatchObject({ started_at: later.toISOString(), finished_at, figures });
  });

  it('is safe to run concurrently', async () => {
    const { shop, purchases } = await shopWith(250);
    const [{ paymentId } = { paymentId: 'pay_' as const }] = purchases;
    shop.orders.rows.delete(orderIdOf(paymentId));
    const check = checkOf(shop);
    const runTwo = () => Promise.all([check.check(LONG_AFTER, 3), check.check(LONG_AFTER, 5)]);
    let pairs = 1;
    while (!(await runTwo()).some(({ finished }) => finished) && pairs < 30) pairs += 1;

    expect(check.open()).toEqual([`1:${paymentId}`, `6:${paymentId}`]);
    expect(check.runs.get('consistency')?.figures).toMatchObject({ purchases: 250, 'payments.captured': 250 });
  });

  it('restarts when its cursor does not parse', async () => {
    const { shop } = await shopWith(1);
    const check = checkOf(shop);
    check.runs.set('consistency', {
      started_at: 'then',
      figures: {},
      cursor: '{"walk":"elsewhere"}',
    });

    expect(await check.check()).toMatchObject({ finished: true });
  });
});

describe('runCheck with an unreadable row', () => {
  /** One purchase has an invalid row in `table`; another has lost its order. */
  async function corrupted(table: 'payment' | 'session' | 'order' | 'reservation') {
    const { shop, purchases } = await shopWith(120);
    const [{ paymentId, sessionId } = { paymentId: 'pay_', sessionId: 'cs_' } as const, other] = purchases;
    const rows = {
      payment: [shop.payments.rows, paymentId],
      session: [shop.sessions.rows, sessionId],
      order: [shop.orders.rows, orderIdOf(paymentId)],
      reservation: [shop.stock.reservations, sessionId],
    } as const;
    const [map, id] = rows[table] as [Map<string, object>, string];
    const before = map.get(id) ?? {};
    map.set(id, { ...before, status: 'corrupted' });
    shop.orders.rows.delete(orderIdOf(other?.paymentId ?? 'pay_'));
    return { check: checkOf(shop), paymentId, other, restore: () => map.set(id, before) };
  }

  it.each(['payment', 'session', 'order', 'reservation'] as const)(
    'opens a finding and checks the other purchases: %s',
    async (table) => {
      const { check, paymentId, other, restore } = await corrupted(table);

      expect(await check.check()).toMatchObject({ finished: true });
      await check.check();

      expect(check.findings.get(`2:${paymentId}`)).toMatchObject({
        what: `${table} is unreadable: invalid field status`,
        repair: null,
      });
      expect(check.open()).toEqual([`1:${other?.paymentId}`, `2:${paymentId}`, `6:${other?.paymentId}`].sort());

      restore();
      await check.check();
      expect(check.open()).not.toContain(`2:${paymentId}`);
    },
  );

  it('leaves the earlier findings of its purchase open', async () => {
    const { check, other, paymentId } = await corrupted('payment');
    const earlier = {
      invariant: 'order_or_refund',
      subject: paymentId,
      what: 'no order exists',
      repair: null,
    } as const;
    await check.deps.findings.put(earlier, LONG_AFTER);

    await check.check();

    expect(check.open()).toContain(`1:${paymentId}`);
    expect(check.open()).toContain(`1:${other?.paymentId}`);
  });
});

describe('runCheck with inconsistent stock counters', () => {
  const withLessSold = async () => {
    const { shop } = await shopWith(2);
    const [mug] = shop.stock.products.values();
    if (!mug) throw new Error('no product');
    // The counters balance, but one unit less is sold than committed.
    shop.stock.products.set('MUG', { ...mug, sold: mug.sold - 1, available: mug.available + 1 });
    return { shop, check: checkOf(shop), mug };
  };

  it('opens a finding after two scans, and closes it when the counters are consistent', async () => {
    const { shop, check, mug } = await withLessSold();

    await check.check();
    expect(check.open()).toEqual([]);
    await check.check();
    expect(check.findings.get('4:MUG')).toMatchObject({
      what: '0 reserved and 1 sold, but 0 held and 2 committed',
      repair: {
        kind: 'correct_stock',
        seen: { available: 999, reserved: 0, sold: 1 },
        counted: { available: 998, reserved: 0, sold: 2 },
      },
    });
    await check.check();
    expect(check.open()).toEqual(['4:MUG']);

    shop.stock.products.set('MUG', mug);
    await check.check();
    expect(check.open()).toEqual([]);
  });

  it('keeps the item of its run small with 20,000 products, each of them suspect', async () => {
    const { shop, check } = await withLessSold();
    for (let i = 0; i < 20_000; i++)
      shop.stock.products.set(`SKU-${i}`, { ...product(10, `SKU-${i}`), sold: 1, available: 9 });

    // Payments, sessions and orders are scanned in three pages; the tallies begin with the fourth.
    await check.check(LONG_AFTER, 3);
    await check.check(LONG_AFTER, 1);

    expect(check.runs.get('consistency')?.cursor?.length).toBeLessThan(1000);
    expect(check.findings.size).toBe(0);
    await check.check();
    expect(check.runs.get('consistency')?.cursor?.length).toBeLessThan(1000);
    expect(Object.keys(JSON.parse([...check.stockCounts.slots.values()].at(-1)?.json ?? '').suspects)).toHaveLength(
      20_001,
    );
  });

  it('restarts the scan when a concurrent run has overwritten what it had counted', async () => {
    const { check } = await withLessSold();
    await check.check();
    for (const [slot, { json }] of check.stockCounts.slots) check.stockCounts.slots.set(slot, { id: 'other', json });

    await check.check();
    expect(check.errors).toEqual(['stock: a concurrent run has overwritten the count']);
    expect(check.open()).toEqual([]);
    await check.check();
    expect(check.open()).toEqual(['4:MUG']);
  });

  it('goes on with the tallies that a version before 0.2 has stored in the run', async () => {
    const { shop, check } = await withLessSold();
    await check.check();
    const run = check.runs.get('consistency');
    if (!run) throw new Error('no run');
    const [{ json } = { json: '' }] = check.stockCounts.slots.values();
    check.runs.set('consistency', { ...run, cursor: JSON.stringify({ suspects: JSON.parse(json).suspects }) });
    check.stockCounts.slots.clear();

    await check.check();

    expect(shop.stock.products.size).toBe(1);
    expect(check.open()).toEqual(['4:MUG']);
  });

  it('finds counters that contradict each other in a run without a scan', async () => {
    const { shop, check, mug } = await withLessSold();
    shop.stock.products.set('MUG', { ...mug, available: mug.available - 1 });
    await check.check(LONG_AFTER, 0);
    expect(check.findings.get('4:MUG')).toMatchObject({
      what: '997 available, 0 reserved, 2 sold: sum is 999, expected 1000 stocked',
      repair: null,
    });
  });

  it('keeps the repair of counters that contradict each other', async () => {
    const { shop, check, mug } = await withLessSold();
    shop.stock.products.set('MUG', { ...mug, available: mug.available - 1 });
    await check.check();
    const finding = check.findings.get('4:MUG');
    expect(finding?.repair).toMatchObject({ kind: 'correct_stock' });

    await check.check(LONG_AFTER, 0);

    expect(check.findings.get('4:MUG')).toEqual(finding);
  });

  it('keeps the finding open when it is rechecked without a scan', async () => {
    const { check } = await withLessSold();
    await check.check();
    await check.check();

    expect(await check.recheck('4:MUG')).not.toHaveProperty('closed_at');
  });

  it('closes the finding when the product and its reservations are gone', async () => {
    const { shop, check } = await withLessSold();
    await check.check();
    await check.check();

    shop.stock.products.clear();
    shop.stock.reservations.clear();
    await check.check();

    expect(check.findings.get('4:MUG')).toHaveProperty('closed_at');
  });
});

describe('recheckFindingById', () => {
  const withLostOrder = async () => {
    const { shop, purchases } = await shopWith(1);
    const [{ paymentId } = { paymentId: 'pay_' as const }] = purchases;
    const orderId = orderIdOf(paymentId);
    const order = shop.orders.rows.get(orderId);
    shop.orders.rows.delete(orderId);
    const check = checkOf(shop);
    await check.check();
    return { check, id: `1:${paymentId}`, restore: () => order && shop.orders.rows.set(orderId, order) };
  };

  it('closes a finding that is resolved', async () => {
    const { check, id, restore } = await withLostOrder();
    restore();

    expect(await check.recheck(id)).toMatchObject({ id, closed_at: LONG_AFTER.toISOString() });
    expect(check.open()).not.toContain(id);
  });

  it('keeps a finding open when the current time is within its grace period', async () => {
    const { check, id } = await withLostOrder();

    expect(await check.recheck(id, new Date('2026-06-01T12:00:00.000Z'))).not.toHaveProperty('closed_at');
    expect(check.open()).toContain(id);
  });

  it('does not change a closed finding', async () => {
    const { check, id, restore } = await withLostOrder();
    restore();
    await check.check();
    const closed = check.findings.get(id);

    expect(await check.recheck(id, new Date('2031-01-01T00:00:00.000Z'))).toEqual(closed);
  });

  it('returns undefined when there is no finding', async () => {
    expect(await (await withLostOrder()).check.recheck('1:pay_none')).toBeUndefined();
  });

  it.each(['3:nonsense', '8:nonsense', '10:nonsense', '9:nonsense', '11:nonsense'])(
    'closes a finding whose subject does not exist: %s',
    async (id) => {
      const { check } = await withLostOrder();
      const [invariant = '', subject = ''] = id.split(':');
      const violation = {
        invariant: invariantOf(Number(invariant) as InvariantNumber),
        subject,
        what: 'test',
        repair: null,
      };
      await check.deps.findings.put(violation, LONG_AFTER);

      expect(await check.recheck(id)).toHaveProperty('closed_at');
    },
  );
});

describe('runCheck with a difference from PayPal’s ledger', () => {
  it('keeps the finding while the difference lasts, and closes it afterwards', async () => {
    const { shop, purchases } = await shopWith(1);
    const [{ paymentId } = { paymentId: 'pay_' as const }] = purchases;
    const check = checkOf(shop);
    const { repository } = check.ledger;
    await repository.putStatement({ day: '2026-06-01', currencies: {}, read_until: '2026-06-02T00:00:00.000Z' });
    const violation = { invariant: 'ledger_matches_paypal', subject: paymentId, what: 'test', repair: null } as const;
    await check.deps.findings.put(violation, LONG_AFTER);

    await check.check();
    expect(check.findings.get(`11:${paymentId}`)).toMatchObject({
      what: expect.stringContaining('PayPal does not list capture'),
      repair: { kind: 'ask_paypal', payment_id: paymentId },
    });

    const { capture_id = '', captured: amount = { currency: '', minor: 0 } } = shop.payments.rows.get(paymentId) ?? {};
    const line = { payment_id: paymentId, transaction_id: capture_id, capture_id, amount, at: '2026-06-01' };
    await repository.putLines([{ ...line, type: 'payment' }]);
    await check.check();
    expect(check.open()).toEqual([]);
  });
});

describe('runCheck with an unprocessed event', () => {
  it('opens a finding after the grace period, and closes it when the event is processed', async () => {
    const { shop } = await shopWith(0);
    const check = checkOf(shop);
    const event = unfinishedEvent('WH-1', LONG_AFTER.toISOString());
    check.events.set('WH-1', event);
    const secondsLater = (seconds: number) => new Date(LONG_AFTER.getTime() + seconds * 1000);

    await check.check(secondsLater(299));
    expect(check.open()).toEqual([]);
    await check.check(secondsLater(301));
    expect(check.findings.get('9:WH-1')).toMatchObject({ repair: { kind: 'replay_event', event_id: 'WH-1' } });

    check.events.set('WH-1', { ...event, status: 'accepted' });
    await check.check(secondsLater(302));
    expect(check.open()).toEqual([]);
  });
});

describe('runCheck with a failed settlement', () => {
  const withFailedSettlement = async () => {
    const purchase = await onePurchase();
    purchase.approve();
    await purchase.deliverPending();
    const check = checkOf(purchase.shop);
    const name = `${purchase.paymentId}-approved`;
    check.executions.set(name, { status: 'FAILED', endedAt: LONG_AFTER });
    const secondsLater = (seconds: number) => new Date(LONG_AFTER.getTime() + seconds * 1000);
    return { ...purchase, check, name, secondsLater };
  };

  it('opens a finding after the grace period when it is not listed', async () => {
    const { check, name, secondsLater, paymentId } = await withFailedSettlement();

    await check.check(secondsLater(299));
    expect(check.open()).toEqual([]);
    await check.check(secondsLater(300));
    expect(check.open()).toEqual([`10:${name}`]);
    expect(check.findings.get(`10:${name}`)).toMatchObject({
      repair: { kind: 'settle', payment_id: paymentId, settlement: 'approved' },
    });
  });

  it('opens no finding when it is listed', async () => {
    const { check, name, secondsLater, paymentId } = await withFailedSettlement();
    const failed_at = LONG_AFTER.toISOString();
    await check.failed.repository.record(listedFailure({ payment_id: paymentId, settlement: 'approved', failed_at }));

    await check.check(secondsLater(300));

    expect(check.open()).not.toContain(`10:${name}`);
  });

  it('closes the finding when the settlement has succeeded', async () => {
    const { check, name, secondsLater, shop } = await withFailedSettlement();
    await check.check(secondsLater(300));

    await shop.finish();
    await check.check(secondsLater(301));

    expect(check.open()).not.toContain(`10:${name}`);
  });

  it('opens one finding for all attempts', async () => {
    const { check, name, secondsLater } = await withFailedSettlement();
    check.executions.set(`${name}-r1`, { status: 'TIMED_OUT', endedAt: LONG_AFTER });

    await check.check(secondsLater(300));

    expect(check.open()).toEqual([`10:${name}`]);
  });
});

describe('runCheck with refunds made at PayPal', () => {
  const NOON = new Date('2026-06-01T12:00:00.000Z');
  const SOON = new Date(NOON.getTime() + 3_600_000);
  const withRefund = async () => {
    const purchase = await onePurchase();
    purchase.approve();
    await purchase.drain();
    purchase.shop.paypal.refund(purchase.orderId, 500);
    return { ...purchase, check: checkOf(purchase.shop) };
  };

  it('opens a finding, and closes it when the payment was refreshed', async () => {
    const { check, shop, paymentId, payment } = await withRefund();

    await check.check(SOON);
    expect(check.findings.get(`8:${paymentId}`)).toMatchObject({
      what: 'PayPal reports EUR 5.00 refunded, the payment records EUR 0.00',
      repair: { kind: 'ask_paypal', payment_id: paymentId },
    });

    await shop.evidenceApplier.refreshFromPayPal(payment() as Payment, 'operator');
    await shop.finish();
    await check.check(SOON);
    expect(check.open()).toEqual([]);
  });

  it('keeps the finding open and checks the rest when PayPal does not respond', async () => {
    const { check, shop, paymentId } = await withRefund();
    await check.check(SOON);
    shop.paypal.client.getOrder = () => Promise.reject(new Error('timeout'));

    expect(await check.check(SOON)).toMatchObject({ finished: true });

    expect(check.open()).toEqual([`8:${paymentId}`]);
    expect(check.errors).toEqual(['refunds: timeout', 'refunds: timeout']);
  });

  it('waits for an unresponsive PayPal once per run', async () => {
    const { shop, purchases } = await shopWith(7);
    for (const { orderId } of purchases) shop.paypal.refund(orderId, 500);
    const check = checkOf(shop);
    await check.check(SOON);
    expect(check.open()).toHaveLength(7);
    shop.paypal.client.getOrder = () => Promise.reject(new Error('timeout'));
    check.ordersRead.length = 0;

    expect(await check.check(SOON)).toMatchObject({ finished: true });

    // One recheck, and the first batch of the comparison.
    expect(check.ordersRead).toHaveLength(1 + 5);
    expect(check.open()).toHaveLength(7);
  });

  it('stops the rechecks when its time is up', async () => {
    const { shop, purchases } = await shopWith(7);
    for (const { orderId } of purchases) shop.paypal.refund(orderId, 500);
    const check = checkOf(shop);
    await check.check(SOON);
    check.ordersRead.length = 0;

    await check.check(SOON, 3);

    expect(check.ordersRead).toHaveLength(3);
  });

  it('compares twenty payments per run, all in turn', async () => {
    const { shop } = await shopWith(50);
    const check = checkOf(shop);

    for (const expected of [20, 40, 50]) {
      await check.check(SOON);
      expect(new Set(check.ordersRead).size).toBe(expected);
    }
  });
});
