import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import {
  type FailedSettlement,
  failedSettlementRepository,
} from '../../src/settlements/failed-settlement-repository.ts';
import { documentClient } from '../../src/shared/dynamo.ts';
import { type PaymentId, paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { listedFailure } from '../support/builders/settlements.ts';
import { functionEnvironment } from '../support/in-process/function-environment.ts';

functionEnvironment();
const failed = failedSettlementRepository(documentClient(), inject('aws').tables.operations);

const newPayment = () => paymentIdOf(sessionId(ulid()));
const failureOf = (payment_id: PaymentId, more: Partial<FailedSettlement> = {}): FailedSettlement =>
  listedFailure({
    payment_id,
    execution_arn: `arn:${payment_id}-captured`,
    failed_steps: ['CreateOrder'],
    failed_at: '2026-06-01T12:00:00.000Z',
    ...more,
  });
const again = { redrives: 1, failed_at: '2026-06-01T13:00:00.000Z', last_failed_at: '2026-06-01T13:00:00.000Z' };

describe('a failed settlement', () => {
  it('is listed by its payment as recorded', async () => {
    const payment = newPayment();

    expect(await failed.record(failureOf(payment))).toBe(true);
    expect(await failed.record(failureOf(payment, { settlement: 'refunded-500' }))).toBe(true);

    expect(await failed.ofPayment(payment)).toEqual([
      failureOf(payment),
      failureOf(payment, { settlement: 'refunded-500' }),
    ]);
  });

  it('is recorded once when a duplicate reports a slightly later end', async () => {
    const payment = newPayment();
    await failed.record(failureOf(payment));

    expect(await failed.record(failureOf(payment))).toBe(false);
    expect(await failed.record(failureOf(payment, { last_failed_at: '2026-06-01T12:00:00.001Z' }))).toBe(false);
  });

  it('keeps the time of its first failure when it fails again', async () => {
    const payment = newPayment();
    await failed.record(failureOf(payment));

    expect(await failed.record(failureOf(payment, again))).toBe(true);

    expect(await failed.ofPayment(payment)).toEqual([
      failureOf(payment, { ...again, failed_at: '2026-06-01T12:00:00.000Z' }),
    ]);
  });

  it('ignores an earlier failure that arrives late', async () => {
    const payment = newPayment();
    await failed.record(failureOf(payment, again));

    expect(await failed.record(failureOf(payment))).toBe(false);

    expect(await failed.ofPayment(payment)).toMatchObject([{ redrives: 1 }]);
  });

  it('is removed idempotently', async () => {
    const payment = newPayment();
    await failed.record(failureOf(payment));

    await failed.remove(payment, 'captured');
    await failed.remove(payment, 'captured');

    expect(await failed.ofPayment(payment)).toEqual([]);
  });
});

it('lists failed settlements across pages', async () => {
  const payments = [newPayment(), newPayment(), newPayment()];
  for (const payment of payments) await failed.record(failureOf(payment));

  const listed: FailedSettlement[] = [];
  let cursor: string | undefined;
  do {
    const page = await failed.list(2, cursor);
    expect(page.failed.length).toBeLessThanOrEqual(2);
    listed.push(...page.failed);
    ({ cursor } = page);
  } while (cursor);

  const ids = listed.map(({ payment_id }) => payment_id);
  expect(ids).toEqual(ids.toSorted());
  expect(ids).toEqual(expect.arrayContaining(payments));
});

it('counts failed settlements up to a maximum', async () => {
  const { matching } = await failed.count(1000);
  for (let i = 0; i < 3; i++) await failed.record(failureOf(newPayment()));

  expect(await failed.count(1000)).toEqual({ matching: matching + 3, more: false });
  expect(await failed.count(2)).toEqual({ matching: 2, more: true });
});
