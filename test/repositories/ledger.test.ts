import { ulid } from 'ulid';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { LedgerLine } from '../../src/ledger/ledger-line.ts';
import { ledgerRepository } from '../../src/ledger/ledger-repository.ts';
import { decide } from '../../src/payments/decide.ts';
import type { Evidence } from '../../src/payments/evidence.ts';
import { newPayment, type Payment } from '../../src/payments/payment.ts';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { documentClient } from '../../src/shared/dynamo.ts';
import { type PaymentId, paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { functionEnvironment } from '../support/in-process/function-environment.ts';

functionEnvironment();
const { tables } = inject('aws');
const db = documentClient();
const ledger = ledgerRepository(db, tables.operations);
const payments = paymentRepository(db, tables.payments);

const EUR = (minor: number) => ({ currency: 'EUR', minor });
const paymentId = () => paymentIdOf(sessionId(ulid()));
const lineOf = (payment_id: PaymentId, transaction_id: string, more: Partial<LedgerLine> = {}): LedgerLine => ({
  payment_id,
  transaction_id,
  type: 'payment',
  capture_id: transaction_id,
  amount: EUR(2000),
  fee: EUR(-35),
  at: '2001-06-01T12:00:00.000Z',
  ...more,
});

describe('ledger lines', () => {
  it('are read by payment, and stored once', async () => {
    const [mine, other] = [paymentId(), paymentId()];
    const lines = Array.from({ length: 60 }, (_, number) => lineOf(mine, `REFUND${number}`, { type: 'refund' }));

    await ledger.putLines([...lines, lineOf(other, 'CAPTURE1')]);
    await ledger.putLines(lines.slice(0, 3));

    const stored = await ledger.linesOf(mine);
    expect(stored).toHaveLength(60);
    expect(stored).toContainEqual(lines[0]);
    expect(await ledger.linesOf(paymentId())).toEqual([]);
  });

  it('are read by capture, without those that do not exist', async () => {
    const [mine, other] = [paymentId(), paymentId()];
    await ledger.putLines([lineOf(mine, 'CAPTURE1'), lineOf(other, 'CAPTURE2')]);

    const found = await ledger.captureLines([
      { payment_id: mine, capture_id: 'CAPTURE1' },
      { payment_id: other, capture_id: 'CAPTURE1' },
    ]);

    expect(found).toEqual([lineOf(mine, 'CAPTURE1')]);
    expect(await ledger.captureLines([])).toEqual([]);
  });
});

describe('statements', () => {
  const sums = { gross: 2000, refunds: 500, reversals: 0, fees: 35, count: 2 };
  const statement = (day: string, time = '24') => ({
    day,
    currencies: { EUR: sums },
    read_until: new Date(Date.parse(`${day}T00:00:00Z`) + Number(time) * 3_600_000).toISOString(),
  });

  beforeAll(async () => {
    expect(await ledger.span()).toBeUndefined();
    for (const day of ['2001-06-03', '2001-06-01', '2001-06-02']) await ledger.putStatement(statement(day));
  });

  it('are listed in order, with the first and the last day', async () => {
    expect(await ledger.statements('2001-06-02', '2001-06-30')).toEqual([
      statement('2001-06-02'),
      statement('2001-06-03'),
    ]);
  });

  it('span the days that were read', async () => {
    expect(await ledger.span()).toEqual({ since: '2001-06-01T00:00:00.000Z', until: '2001-06-04T00:00:00.000Z' });
  });

  it('are replaced by a reading that is as late, not by an earlier one', async () => {
    const again = { ...statement('2001-06-01'), currencies: { EUR: { ...sums, count: 3 } } };
    await ledger.putStatement(again);
    await ledger.putStatement(statement('2001-06-01', '12'));

    expect(await ledger.statements('2001-06-01', '2001-06-01')).toEqual([again]);
  });
});

describe('payments by ledger day', () => {
  const AT = new Date('2001-03-01T12:00:00.000Z');
  const create = () => {
    const session = sessionId(ulid());
    const ids = { payment_id: paymentIdOf(session), checkout_session_id: session };
    return payments.create(newPayment(ids, EUR(2000), AT.toISOString()), AT);
  };
  async function moved(payment: Payment, evidence: Evidence, at: Date): Promise<Payment> {
    const decision = decide(payment, evidence);
    if (decision.do !== 'move') throw new Error(decision.do);
    const result = await payments.move(payment.payment_id, decision.move, at, at);
    if (!('moved' in result)) throw new Error('not moved');
    return result.moved;
  }
  const captureIdOf = ({ payment_id }: Payment) => `CAP${payment_id.slice(-10)}`;
  const capture = (payment: Payment, at: Date) =>
    moved(
      payment,
      { kind: 'captured', captureId: captureIdOf(payment), amount: EUR(2000), source: 'test', authoritative: true },
      at,
    );

  it('are those whose money last moved on that day, in pages', async () => {
    const ids: PaymentId[] = [];
    for (let i = 0; i < 3; i += 1) ids.push((await capture(await create(), AT)).payment_id);
    await create();

    expect(await payments.ofLedgerDay('2001-03-01', 100, undefined)).toEqual(ids.toSorted());
    const [first] = await payments.ofLedgerDay('2001-03-01', 1, undefined);
    expect(first).toBe(ids.toSorted()[0]);
    expect(await payments.ofLedgerDay('2001-03-01', 100, first)).toEqual(ids.toSorted().slice(1));
  });

  it('moves to the day of a refund', async () => {
    const payment = await capture(await create(), new Date('2001-04-01T12:00:00.000Z'));
    const refund: Evidence = {
      kind: 'refunded',
      captureId: captureIdOf(payment),
      total: EUR(500),
      refundIds: [],
      source: 'test',
    };
    await moved(payment, refund, new Date('2001-04-09T12:00:00.000Z'));

    expect(await payments.ofLedgerDay('2001-04-01', 100, undefined)).toEqual([]);
    expect(await payments.ofLedgerDay('2001-04-09', 100, undefined)).toEqual([payment.payment_id]);
  });

  it('counts the last minutes of a day for the next one', async () => {
    const payment = await capture(await create(), new Date('2001-05-01T23:56:00.000Z'));

    expect(await payments.ofLedgerDay('2001-05-01', 100, undefined)).toEqual([]);
    expect(await payments.ofLedgerDay('2001-05-02', 100, undefined)).toEqual([payment.payment_id]);
  });
});
