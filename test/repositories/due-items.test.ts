import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import type { Session } from '../../src/checkout/session.ts';
import { sessionRepository } from '../../src/checkout/session-repository.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { decide } from '../../src/payments/decide.ts';
import type { Evidence } from '../../src/payments/evidence.ts';
import { newPayment, type Payment } from '../../src/payments/payment.ts';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { paymentIdOf, type SessionId, sessionId } from '../../src/shared/ids.ts';
import { runRepository } from '../../src/shared/run-repository.ts';
import { dynamo, everythingIn, stockedProduct } from '../support/stack/aws.ts';

const { tables } = inject('aws');
const payments = paymentRepository(dynamo, tables.payments);
const sessions = sessionRepository(dynamo, tables['checkout-sessions']);
const stock = stockRepository(dynamo, tables);
const runs = runRepository(dynamo, tables.operations);

const MONEY = { currency: 'EUR', minor: 1999 };
/** Before any other test's items are due. */
const THEN = new Date('2001-01-01T00:00:00.000Z');
const BEFORE = new Date('2001-01-01T01:00:00.000Z');

async function allOf<Id>(ids: AsyncIterable<Id>): Promise<Id[]> {
  const all: Id[] = [];
  for await (const id of ids) all.push(id);
  return all;
}

async function aPayment(): Promise<Payment> {
  const session = sessionId(ulid());
  const ids = { payment_id: paymentIdOf(session), checkout_session_id: session };
  return payments.create(newPayment(ids, MONEY, THEN.toISOString()), THEN);
}

async function moved(payment: Payment, evidence: Evidence, dueAt = THEN): Promise<Payment> {
  const decision = decide(payment, evidence);
  if (decision.do !== 'move') throw new Error(decision.do);
  const result = await payments.move(payment.payment_id, decision.move, THEN, dueAt);
  if (!('moved' in result)) throw new Error('not moved');
  return result.moved;
}
const captured = (payment: Payment, amount = MONEY): Evidence => ({
  kind: 'captured',
  authoritative: true,
  captureId: `CAP${payment.payment_id.slice(-10)}`,
  amount,
  source: 'test',
});
const isDue = async ({ payment_id }: Payment) => (await allOf(payments.due(BEFORE))).includes(payment_id);

describe('a payment', () => {
  it('is due from its creation, and not before its due time', async () => {
    const payment = await aPayment();

    expect(await isDue(payment)).toBe(true);
    expect(await allOf(payments.due(THEN))).not.toContain(payment.payment_id);
  });

  it('is rescheduled after a check, and no longer due when nothing is pending', async () => {
    const payment = await aPayment();

    await payments.reschedule(payment, BEFORE);
    expect(await isDue(payment)).toBe(false);
    await payments.reschedule(payment, THEN);
    expect(await isDue(payment)).toBe(true);

    await payments.reschedule(payment, undefined);
    expect(await isDue(payment)).toBe(false);
  });

  it('is postponed when it cannot be read, unless it is not due at all', async () => {
    const payment = await aPayment();

    expect(await payments.postpone(payment.payment_id, BEFORE)).toBe(true);
    expect(await isDue(payment)).toBe(false);

    await payments.reschedule(payment, undefined);
    expect(await payments.postpone(payment.payment_id, THEN)).toBe(false);
    expect(await isDue(payment)).toBe(false);
  });

  it('is claimed by one of two runs, until the claim ends', async () => {
    const { payment_id } = await aPayment();
    const claim = { before: BEFORE, until: new Date(BEFORE.getTime() + 60_000) };

    const both = await Promise.all([payments.claim(payment_id, claim), payments.claim(payment_id, claim)]);

    expect(both.filter(({ claimed }) => claimed)).toHaveLength(1);
    for (const { dueAt } of both) expect(dueAt).toBe(THEN.toISOString());
    expect(await payments.claim(payment_id, { before: claim.until, until: claim.until })).toMatchObject({
      claimed: true,
    });
  });

  it('is claimed again after it was rescheduled, and not while it is not due', async () => {
    const payment = await aPayment();
    const claim = { before: BEFORE, until: new Date(BEFORE.getTime() + 60_000) };
    await payments.claim(payment.payment_id, claim);

    await payments.reschedule(payment, BEFORE);
    expect(await payments.claim(payment.payment_id, claim)).toEqual({ claimed: false, dueAt: BEFORE.toISOString() });
    await payments.reschedule(payment, new Date(THEN.getTime() + 1));
    expect(await payments.claim(payment.payment_id, claim)).toMatchObject({ claimed: true });

    await payments.reschedule(payment, undefined);
    expect(await payments.claim(payment.payment_id, claim)).toEqual({ claimed: false, dueAt: undefined });
    expect(await payments.get(payment.payment_id)).toEqual(payment);
  });

  it('keeps the due time of its last transition when it moved after the read', async () => {
    const payment = await aPayment();
    await moved(payment, { kind: 'approved', source: 'test' });

    await payments.reschedule(payment, BEFORE);

    expect(await isDue(payment)).toBe(true);
  });

  it('stays due while a settlement is open', async () => {
    const payment = await moved(await aPayment(), { kind: 'cancelled', source: 'test' });

    await payments.reschedule(payment, undefined);

    expect(await isDue(payment)).toBe(true);
  });

  it('is due after the others when it waits for a bank', async () => {
    const waits = await aPayment();
    const pending = await moved(waits, {
      kind: 'capture_pending',
      captureId: `CAP${waits.payment_id.slice(-10)}`,
      source: 'test',
    });
    const other = await aPayment();

    const due = await allOf(payments.due(BEFORE));

    expect(due.indexOf(pending.payment_id)).toBeGreaterThan(due.indexOf(other.payment_id));
    await payments.reschedule(pending, BEFORE);
    expect(await isDue(pending)).toBe(false);
  });

  it('is due before the others when it is paid and a settlement is open, and counts as open', async () => {
    const undecided = await aPayment();
    const begun = await aPayment();
    const { count } = await payments.open();
    const paid = await moved(begun, captured(begun), new Date(THEN.getTime() + 1));

    const due = await allOf(payments.due(BEFORE));

    expect(due).toContain(paid.payment_id);
    expect(due.indexOf(paid.payment_id)).toBeLessThan(due.indexOf(undecided.payment_id));
    expect((await payments.open()).count).toBe(count);
  });

  it('is no longer due when it is paid and its last settlement succeeded', async () => {
    const payment = await moved(await aPayment(), captured(await aPayment()));
    expect(Object.keys(payment.open)).toEqual(['captured']);

    const closed = await payments.closeSettlement(payment.payment_id, 'captured', THEN);

    expect(closed).toMatchObject({ moved: { status: 'captured', open: {} } });
    expect(await isDue(payment)).toBe(false);
  });

  it('stays due when it is paid and another settlement is open', async () => {
    const paid = await moved(await aPayment(), captured(await aPayment()));
    const [captureId = ''] = [paid.capture_id];
    const payment = await moved(paid, {
      kind: 'refunded',
      captureId,
      total: { ...MONEY, minor: 5 },
      refundIds: [],
      source: 'test',
    });

    const closed = await payments.closeSettlement(payment.payment_id, 'captured', THEN);

    expect(closed).toMatchObject({ moved: { open: { 'refunded-5': {} } } });
    expect(await isDue(payment)).toBe(true);
  });

  it('stays due for one more check when it was given up', async () => {
    const payment = await moved(await aPayment(), { kind: 'cancelled', source: 'test' });

    const closed = await payments.closeSettlement(payment.payment_id, 'released', THEN);

    expect(closed).toMatchObject({ moved: { status: 'cancelled', open: {} } });
    expect(await isDue(payment)).toBe(true);
  });

  it('is unchanged when its settlement was closed before', async () => {
    const payment = await moved(await aPayment(), captured(await aPayment()));
    await payments.closeSettlement(payment.payment_id, 'captured', THEN);

    expect(await payments.closeSettlement(payment.payment_id, 'captured', BEFORE)).toMatchObject({
      found: { status: 'captured' },
    });
  });

  it('is due and counted as under review when the captured amount differs, until an operator decides', async () => {
    const begun = await aPayment();
    const given = await moved(begun, { kind: 'cancelled', source: 'test' });
    const payment = await moved(given, captured(begun, { ...MONEY, minor: 1 }));
    expect(payment).toMatchObject({ status: 'review', open: { released: {} } });
    const isCounted = async () => (await payments.underReview()).includes(payment.payment_id);
    const { count } = await payments.open();
    expect(await isCounted()).toBe(true);

    await payments.closeSettlement(payment.payment_id, 'released', THEN);

    expect([await isDue(payment), await isCounted()]).toEqual([true, true]);
    const accepted = await moved(payment, { kind: 'accepted', source: 'test' });
    expect(await isCounted()).toBe(false);
    expect((await payments.open()).count).toBe(count + 1);
    await payments.closeSettlement(payment.payment_id, 'captured_late', THEN);
    expect(accepted.status).toBe('captured');
    expect(await isDue(payment)).toBe(false);
  });

  it('is counted as open, with the age of the oldest', async () => {
    const { count } = await payments.open();
    const id = paymentIdOf(sessionId(`00000000${ulid().slice(8)}`));
    const old = newPayment({ payment_id: id, checkout_session_id: sessionId(id.slice(4)) }, MONEY, THEN.toISOString());
    await payments.create(old, THEN);

    const open = await payments.open();

    expect(open.count).toBe(count + 1);
    expect(open.oldest?.payment_id).toBe(id);
    await payments.reschedule(old, undefined);
    expect((await payments.open()).oldest?.payment_id).not.toBe(id);
  });
});

describe('a held reservation', () => {
  async function held(): Promise<SessionId> {
    const id = sessionId(ulid());
    await stock.reserve({
      checkout_session_id: id,
      status: 'held',
      items: [{ sku: await stockedProduct(5), quantity: 1 }],
      expires_at: THEN.toISOString(),
    });
    return id;
  }

  it('is due when it expires, or later after a check rescheduled it', async () => {
    const id = await held();
    expect(await allOf(stock.due(BEFORE))).toContain(id);

    await stock.reschedule(id, BEFORE);

    expect(await allOf(stock.due(BEFORE))).not.toContain(id);
  });

  it('is no longer due when it is released, also after a late reschedule', async () => {
    const id = await held();
    const reservation = await stock.reservation(id);
    if (reservation) await stock.move(reservation, 'released', ['reserved', 'available']);

    await stock.reschedule(id, THEN);

    expect(await allOf(stock.due(BEFORE))).not.toContain(id);
    const row = (await everythingIn('reservations')).find(({ checkout_session_id }) => checkout_session_id === id);
    expect(row).not.toHaveProperty('due_at');
  });

  it('is due again when it is held again for a returning buyer', async () => {
    const id = await held();
    for (const [to, ...counters] of [
      ['released', 'reserved', 'available'],
      ['held', 'available', 'reserved'],
    ] as const) {
      const reservation = await stock.reservation(id);
      if (reservation) expect(await stock.move(reservation, to, counters)).toEqual({ done: true });
    }

    expect(await allOf(stock.due(BEFORE))).toContain(id);
  });

  it('is not created by rescheduling an unknown session', async () => {
    const id = sessionId(ulid());

    await stock.reschedule(id, THEN);

    expect(await stock.reservation(id)).toBeUndefined();
  });
});

it('applies exactly one of session expiry and payment start when both race', async () => {
  for (let i = 0; i < 10; i++) {
    const id = sessionId(ulid());
    const session: Session = {
      checkout_session_id: id,
      status: 'open',
      items: [],
      amount: MONEY,
      expires_at: THEN.toISOString(),
      payment_id: null,
      payment_status: null,
      created_at: THEN.toISOString(),
    };
    await sessions.create(session);

    const begin = i % 2 ? sessions.beginPayment(id, THEN) : undefined;
    const [expired, begun] = await Promise.all([sessions.expire(id), begin ?? sessions.beginPayment(id, THEN)]);

    expect([expired.changed, begun.changed].toSorted()).toEqual([false, true]);
    expect((await sessions.get(id))?.status).toBe(expired.changed ? 'expired' : 'payment_pending');
  }
});

it('resumes a run at the cursor of the previous one until that finishes', async () => {
  await runs.begin('inbox', THEN);
  await runs.finish('inbox', { at: THEN, figures: { settled: 2 }, cursor: 'there' });
  expect(await runs.begin('inbox', BEFORE)).toEqual({
    started_at: BEFORE.toISOString(),
    finished_at: THEN.toISOString(),
    figures: { settled: 2 },
    cursor: 'there',
  });

  await runs.finish('inbox', { at: BEFORE, figures: {}, cursor: undefined });

  expect(await runs.begin('inbox', BEFORE)).not.toHaveProperty('cursor');
});

it('keeps the cursor and the last figures when a run does not finish', async () => {
  expect(await runs.get('consistency')).toBeUndefined();
  await runs.begin('consistency', THEN);
  await runs.finish('consistency', { at: THEN, figures: { purchases: 2 }, cursor: undefined });
  await runs.begin('consistency', BEFORE);

  await runs.pause('consistency', 'half-way');

  expect(await runs.get('consistency')).toEqual({
    started_at: BEFORE.toISOString(),
    finished_at: THEN.toISOString(),
    figures: { purchases: 2 },
    cursor: 'half-way',
  });
});
