import { describe, expect, it } from 'vitest';
import { type InvariantNumber, invariantOf } from '../../../src/consistency/finding.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import type { StoredEvent } from '../../../src/paypal-webhook/stored-event.ts';
import { orderIdOf, paymentIdOf, sessionId } from '../../../src/shared/ids.ts';
import type { Settlement } from '../../../src/shared/settlement.ts';
import { listedFailure } from '../../support/builders/settlements.ts';
import { AT_LAST, checkOf } from '../../support/in-memory/consistency-check.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { product, shopInMemory } from '../../support/in-memory/shop.ts';

/** A shop with so many purchases, all of them paid and delivered. */
async function shopWith(purchases: number) {
  const shop = shopInMemory({ products: [product(1000)] });
  const begun = [];
  for (let i = 0; i < purchases; i++) {
    const purchase = await shop.begin();
    if (!purchase) throw new Error('nothing begun');
    shop.paypal.approve(purchase.orderId);
    begun.push(purchase);
  }
  for (const { event } of shop.paypal.events) await shop.deliver(event);
  await shop.finish();
  for (const { event } of shop.paypal.events) await shop.deliver(event);
  await shop.finish();
  return { shop, begun };
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

describe('a check of the books', () => {
  it('finds nothing wrong in a shop where nothing is', async () => {
    const { shop } = await shopWith(3);
    const check = checkOf(shop);

    expect(await check.check()).toMatchObject({ finished: true });
    expect(check.open()).toEqual([]);
  });

  it.each([
    ['payment', '3:cs_'],
    ['payment and its session', '2:ord_'],
  ])('finds what is left of a purchase whose %s was lost', async (lost, finding) => {
    const { shop, begun } = await shopWith(1);
    const [{ paymentId, sessionId } = { paymentId: 'pay_', sessionId: 'cs_' } as const] = begun;
    shop.payments.rows.delete(paymentId);
    if (lost.includes('session')) shop.sessions.rows.delete(sessionId);
    const check = checkOf(shop);

    await check.check();

    expect(check.open()).toContainEqual(expect.stringContaining(finding));
  });

  it('finds a second order of a payment, and a second payment of a session, under whatever id', async () => {
    const { shop, begun } = await shopWith(1);
    const [{ paymentId } = { paymentId: 'pay_' } as const] = begun;
    const elsewhere = paymentIdOf(sessionId('0'.repeat(26)));
    const order = shop.orders.rows.get(orderIdOf(paymentId));
    const payment = shop.payments.rows.get(paymentId);
    if (!order || !payment) throw new Error('nothing bought');
    shop.orders.rows.set(orderIdOf(elsewhere), { ...order, order_id: orderIdOf(elsewhere) });
    const check = checkOf(shop);

    await check.check();
    expect(check.open()).toEqual([`2:${orderIdOf(elsewhere)}`]);

    shop.orders.rows.delete(orderIdOf(elsewhere));
    shop.payments.rows.set(elsewhere, { ...payment, payment_id: elsewhere });
    await check.check();
    expect(check.open()).toContain(`1:${elsewhere}`);
  });

  it('finds stock that is held for nobody', async () => {
    const { shop } = await shopWith(0);
    const held = await shop.begin();
    if (!held) throw new Error('nothing begun');
    shop.payments.rows.delete(held.paymentId);
    shop.sessions.rows.delete(held.sessionId);
    const check = checkOf(shop);

    await check.check();

    expect(check.open()).toEqual([`5:${held.sessionId}`]);
  });

  it('closes what was mended, and keeps open what was not', async () => {
    const { shop, begun } = await shopWith(2);
    const [mended, broken] = begun.map(({ paymentId }) => orderIdOf(paymentId));
    if (!mended || !broken) throw new Error('two must have begun');
    const order = shop.orders.rows.get(mended);
    const check = checkOf(shop);
    for (const id of [mended, broken]) shop.orders.rows.delete(id);
    await check.check();
    expect(check.open()).toHaveLength(4);

    if (order) shop.orders.rows.set(mended, order);
    await check.check();

    expect(check.open()).toEqual([`1:${begun[1]?.paymentId}`, `6:${begun[1]?.paymentId}`]);
  });

  it('counts the findings that hold, by invariant', async () => {
    const { shop, begun } = await shopWith(2);
    for (const { paymentId } of begun) shop.orders.rows.delete(orderIdOf(paymentId));

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
    });
  });

  it('notes how many payments there are of each status, when it has seen all', async () => {
    const { shop } = await shopWith(2);
    await shop.begin();
    const check = checkOf(shop);

    await check.check();

    expect(check.runs.get('consistency')).toMatchObject({
      finished_at: AT_LAST.toISOString(),
      figures: { purchases: 3, products: 1, 'payments.captured': 2, 'payments.created': 1 },
    });
  });
});

describe('a check of more books than one run can read', () => {
  it('goes on where the last run stopped, and reads everything once', async () => {
    const { shop, begun } = await shopWith(250);
    for (const { paymentId } of [begun[0], begun[249]].flatMap((one) => one ?? []))
      shop.orders.rows.delete(orderIdOf(paymentId));
    const check = checkOf(shop);
    const runs = [];
    do runs.push(await check.check(AT_LAST, 2));
    while (!runs.at(-1)?.finished && runs.length < 30);

    expect(runs.length).toBeGreaterThan(4);
    expect(check.open().filter((id) => id.startsWith('1:'))).toHaveLength(2);
    expect(check.runs.get('consistency')?.figures).toMatchObject({ purchases: 250, 'payments.captured': 250 });
  });

  it('looks in every run at what is still open, before all else', async () => {
    const { shop, begun } = await shopWith(250);
    const [{ paymentId } = { paymentId: 'pay_' as const }] = begun.slice(-1);
    const payment = shop.payments.rows.get(paymentId);
    const input = shop.executions.get(`${paymentId}-captured`)?.input as Settlement;
    if (payment) shop.payments.rows.set(paymentId, { ...payment, open: { captured: input } });
    shop.orders.rows.delete(orderIdOf(paymentId));
    const check = checkOf(shop);

    expect(await check.check(AT_LAST, 0)).toMatchObject({ finished: false });

    expect(check.open()).toContain(`1:${paymentId}`);
  });

  it('keeps the figures of the last time until it has seen all again', async () => {
    const { shop } = await shopWith(150);
    const check = checkOf(shop);
    await check.check();
    const { figures, finished_at } = check.runs.get('consistency') ?? {};

    const later = new Date(AT_LAST.getTime() + 1000);
    expect(await check.check(later, 2)).toMatchObject({ finished: false });

    expect(check.runs.get('consistency')).toMatchObject({ started_at: later.toISOString(), finished_at, figures });
  });

  it('is not led astray by a second run at the same time', async () => {
    const { shop, begun } = await shopWith(250);
    const [{ paymentId } = { paymentId: 'pay_' as const }] = begun;
    shop.orders.rows.delete(orderIdOf(paymentId));
    const check = checkOf(shop);
    const two = () => Promise.all([check.check(AT_LAST, 3), check.check(AT_LAST, 5)]);
    let pairs = 1;
    while (!(await two()).some(({ finished }) => finished) && pairs < 30) pairs += 1;

    expect(check.open()).toEqual([`1:${paymentId}`, `6:${paymentId}`]);
    expect(check.runs.get('consistency')?.figures).toMatchObject({ purchases: 250, 'payments.captured': 250 });
  });

  it('begins anew when it cannot read where it was', async () => {
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

describe('a row that cannot be read', () => {
  /** A field of one purchase's row is spoilt, in the table that is told; another purchase has lost its order. */
  async function spoilt(table: 'payment' | 'session' | 'order' | 'reservation') {
    const { shop, begun } = await shopWith(120);
    const [{ paymentId, sessionId } = { paymentId: 'pay_', sessionId: 'cs_' } as const, other] = begun;
    const rows = {
      payment: [shop.payments.rows, paymentId],
      session: [shop.sessions.rows, sessionId],
      order: [shop.orders.rows, orderIdOf(paymentId)],
      reservation: [shop.stock.reservations, sessionId],
    } as const;
    const [of, id] = rows[table] as [Map<string, object>, string];
    const before = of.get(id) ?? {};
    of.set(id, { ...before, status: 'spoilt' });
    shop.orders.rows.delete(orderIdOf(other?.paymentId ?? 'pay_'));
    return { check: checkOf(shop), paymentId, other, mend: () => of.set(id, before) };
  }

  it.each(['payment', 'session', 'order', 'reservation'] as const)(
    'is a finding, and keeps nothing else from being checked: a %s',
    async (table) => {
      const { check, paymentId, other, mend } = await spoilt(table);

      expect(await check.check()).toMatchObject({ finished: true });
      await check.check();

      expect(check.findings.get(`2:${paymentId}`)).toMatchObject({
        what: `its ${table} cannot be read: status`,
        repair: null,
      });
      expect(check.open()).toEqual([`1:${other?.paymentId}`, `2:${paymentId}`, `6:${other?.paymentId}`].sort());

      mend();
      await check.check();
      expect(check.open()).not.toContain(`2:${paymentId}`);
    },
  );

  it('says nothing about what was found of its purchase before', async () => {
    const { check, other, paymentId } = await spoilt('payment');
    const lost = { invariant: 'order_or_refund', subject: paymentId, what: 'no order', repair: null } as const;
    await check.deps.findings.put(lost, AT_LAST);

    await check.check();

    expect(check.open()).toContain(`1:${paymentId}`);
    expect(check.open()).toContain(`1:${other?.paymentId}`);
  });
});

describe('stock that does not add up', () => {
  const lessSold = async () => {
    const { shop } = await shopWith(2);
    const [mug] = shop.stock.products.values();
    if (!mug) throw new Error('no product');
    // One piece fewer sold than is committed: the sum is right, the two differ.
    shop.stock.products.set('MUG', { ...mug, sold: mug.sold - 1, available: mug.available + 1 });
    return { shop, check: checkOf(shop), mug };
  };

  it('is a finding once it was seen twice, and closed when it adds up again', async () => {
    const { shop, check, mug } = await lessSold();

    await check.check();
    expect(check.open()).toEqual([]);
    await check.check();
    expect(check.findings.get('4:MUG')).toMatchObject({
      what: '0 reserved where 0 are held, 1 sold where 2 are committed',
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

  it('is still a finding while another look is taken at it: only a count can tell', async () => {
    const { check } = await lessSold();
    await check.check();
    await check.check();

    expect(await check.recheck('4:MUG')).not.toHaveProperty('closed_at');
  });

  it('is closed when there is no such product any more, and nothing of it is held', async () => {
    const { shop, check } = await lessSold();
    await check.check();
    await check.check();

    shop.stock.products.clear();
    shop.stock.reservations.clear();
    await check.check();

    expect(check.findings.get('4:MUG')).toHaveProperty('closed_at');
  });
});

describe('a finding that is looked at again', () => {
  const lostOrder = async () => {
    const { shop, begun } = await shopWith(1);
    const [{ paymentId } = { paymentId: 'pay_' as const }] = begun;
    const orderId = orderIdOf(paymentId);
    const order = shop.orders.rows.get(orderId);
    shop.orders.rows.delete(orderId);
    const check = checkOf(shop);
    await check.check();
    return { check, id: `1:${paymentId}`, mend: () => order && shop.orders.rows.set(orderId, order) };
  };

  it('is closed if it holds no more', async () => {
    const { check, id, mend } = await lostOrder();
    mend();

    expect(await check.recheck(id)).toMatchObject({ id, closed_at: AT_LAST.toISOString() });
    expect(check.open()).not.toContain(id);
  });

  it('holds as of its check, though the clock says that it is in flight again', async () => {
    const { check, id } = await lostOrder();

    expect(await check.recheck(id, new Date('2026-06-01T12:00:00.000Z'))).not.toHaveProperty('closed_at');
    expect(check.open()).toContain(id);
  });

  it('is left alone once it was closed', async () => {
    const { check, id, mend } = await lostOrder();
    mend();
    await check.check();
    const closed = check.findings.get(id);

    expect(await check.recheck(id, new Date('2031-01-01T00:00:00.000Z'))).toEqual(closed);
  });

  it('may be one that never was', async () => {
    expect(await (await lostOrder()).check.recheck('1:pay_none')).toBeUndefined();
  });

  it.each(['3:nonsense', '8:nonsense', '10:nonsense', '9:nonsense'])(
    'is closed when it is about nothing that there is: %s',
    async (id) => {
      const { check } = await lostOrder();
      const [invariant = '', subject = ''] = id.split(':');
      const violation = {
        invariant: invariantOf(Number(invariant) as InvariantNumber),
        subject,
        what: 'nonsense',
        repair: null,
      };
      await check.deps.findings.put(violation, AT_LAST);

      expect(await check.recheck(id)).toHaveProperty('closed_at');
    },
  );
});

describe('an event that is unfinished', () => {
  it('is a finding after the time of grace, until it is finished', async () => {
    const { shop } = await shopWith(0);
    const check = checkOf(shop);
    const event = unfinishedEvent('WH-1', AT_LAST.toISOString());
    check.events.set('WH-1', event);
    const secondsOn = (seconds: number) => new Date(AT_LAST.getTime() + seconds * 1000);

    await check.check(secondsOn(299));
    expect(check.open()).toEqual([]);
    await check.check(secondsOn(301));
    expect(check.findings.get('9:WH-1')).toMatchObject({ repair: { kind: 'replay_event', event_id: 'WH-1' } });

    check.events.set('WH-1', { ...event, status: 'accepted' });
    await check.check(secondsOn(302));
    expect(check.open()).toEqual([]);
  });
});

describe('a settlement that failed', () => {
  const failedSettlement = async () => {
    const purchase = await onePurchase();
    purchase.approve();
    await purchase.hear();
    const check = checkOf(purchase.shop);
    const name = `${purchase.paymentId}-approved`;
    check.executions.set(name, { status: 'FAILED', endedAt: AT_LAST });
    const secondsOn = (seconds: number) => new Date(AT_LAST.getTime() + seconds * 1000);
    return { ...purchase, check, name, secondsOn };
  };

  it('is a finding when it is on no list, after the time of grace', async () => {
    const { check, name, secondsOn, paymentId } = await failedSettlement();

    await check.check(secondsOn(299));
    expect(check.open()).toEqual([]);
    await check.check(secondsOn(300));
    expect(check.open()).toEqual([`10:${name}`]);
    expect(check.findings.get(`10:${name}`)).toMatchObject({
      repair: { kind: 'settle', payment_id: paymentId, settlement: 'approved' },
    });
  });

  it('is none when it is on the list of failed ones', async () => {
    const { check, name, secondsOn, paymentId } = await failedSettlement();
    const failed_at = AT_LAST.toISOString();
    await check.failed.repository.note(listedFailure({ payment_id: paymentId, settlement: 'approved', failed_at }));

    await check.check(secondsOn(300));

    expect(check.open()).not.toContain(`10:${name}`);
  });

  it('is closed once it was repaired', async () => {
    const { check, name, secondsOn, shop } = await failedSettlement();
    await check.check(secondsOn(300));

    await shop.finish();
    await check.check(secondsOn(301));

    expect(check.open()).not.toContain(`10:${name}`);
  });

  it('is one finding, however often it was tried', async () => {
    const { check, name, secondsOn } = await failedSettlement();
    check.executions.set(`${name}-r1`, { status: 'TIMED_OUT', endedAt: AT_LAST });

    await check.check(secondsOn(300));

    expect(check.open()).toEqual([`10:${name}`]);
  });
});

describe('refunds that PayPal knows and the shop does not', () => {
  const NOON = new Date('2026-06-01T12:00:00.000Z');
  const SOON = new Date(NOON.getTime() + 3_600_000);
  const refundedAtPayPal = async () => {
    const purchase = await onePurchase();
    purchase.approve();
    await purchase.rest();
    purchase.shop.paypal.refund(purchase.orderId, 500);
    return { ...purchase, check: checkOf(purchase.shop) };
  };

  it('are a finding, which is closed once the shop has asked', async () => {
    const { check, shop, paymentId, payment } = await refundedAtPayPal();

    await check.check(SOON);
    expect(check.findings.get(`8:${paymentId}`)).toMatchObject({
      what: 'PayPal says that EUR 5.00 went back, the payment says EUR 0.00',
      repair: { kind: 'ask_paypal', payment_id: paymentId },
    });

    await shop.evidenceApplier.refreshFromPayPal(payment() as Payment, 'operator');
    await shop.finish();
    await check.check(SOON);
    expect(check.open()).toEqual([]);
  });

  it('stay a finding while PayPal does not answer, and the rest of the books is checked all the same', async () => {
    const { check, shop, paymentId } = await refundedAtPayPal();
    await check.check(SOON);
    shop.paypal.client.getOrder = () => Promise.reject(new Error('no answer'));

    expect(await check.check(SOON)).toMatchObject({ finished: true });

    expect(check.open()).toEqual([`8:${paymentId}`]);
    expect(check.errors).toEqual(['refunds: no answer', 'refunds: no answer']);
  });

  it('keep a silent PayPal from being waited for, once for each of them', async () => {
    const { shop, begun } = await shopWith(7);
    for (const { orderId } of begun) shop.paypal.refund(orderId, 500);
    const check = checkOf(shop);
    await check.check(SOON);
    expect(check.open()).toHaveLength(7);
    shop.paypal.client.getOrder = () => Promise.reject(new Error('no answer'));
    check.asked.length = 0;

    expect(await check.check(SOON)).toMatchObject({ finished: true });

    // One finding that is looked at again, and the first of those that are compared.
    expect(check.asked).toHaveLength(1 + 5);
    expect(check.open()).toHaveLength(7);
  });

  it('are looked at again no longer than a run may take', async () => {
    const { shop, begun } = await shopWith(7);
    for (const { orderId } of begun) shop.paypal.refund(orderId, 500);
    const check = checkOf(shop);
    await check.check(SOON);
    check.asked.length = 0;

    await check.check(SOON, 3);

    expect(check.asked).toHaveLength(3);
  });

  it('are asked about for twenty payments in a run, and for all in turn', async () => {
    const { shop } = await shopWith(50);
    const check = checkOf(shop);

    for (const expected of [20, 40, 50]) {
      await check.check(SOON);
      expect(new Set(check.asked).size).toBe(expected);
    }
  });
});
