import { describe, expect, it } from 'vitest';
import type { Execution } from '../../../src/settlements/execution-client.ts';
import { retrySettlement } from '../../../src/settlements/retry-settlement.ts';
import { PAYMENT, paymentThatIs } from '../../support/builders/payments.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { executionArnOf, settlementsOf } from '../../support/in-memory/settlements.ts';

const CAPTURED = `${PAYMENT}-captured`;
const endedAt = new Date('2026-06-01T12:01:02.500Z');
const failed: Partial<Execution> = { status: 'FAILED', endedAt, error: 'Error', cause: 'no table' };
const redrivable: Partial<Execution> = { ...failed, redrivable: true };

function shopWith(executions: Readonly<Record<string, Partial<Execution>>>, open = ['captured']) {
  const inputs = open.map((name) => [name, settlementThat(name === 'captured' ? 'captured' : 'refunded')]);
  const shop = settlementsOf(paymentThatIs('captured', { open: Object.fromEntries(inputs) }));
  for (const [name, execution] of Object.entries(executions)) shop.executions.set(name, execution);
  return { ...shop, retry: (only?: string) => retrySettlement(shop.deps, PAYMENT, only) };
}
const done = (outcome: string, execution = CAPTURED) => ({
  outcome: 'retried',
  settlements: [{ settlement: 'captured', outcome, execution }],
});

describe('retrySettlement', () => {
  it('redrives the execution while it is redrivable', async () => {
    const { retry, executions } = shopWith({ [CAPTURED]: redrivable });

    expect(await retry()).toEqual(done('redriven'));

    expect([...executions.rows]).toEqual([[CAPTURED, expect.objectContaining({ status: 'RUNNING', redrives: 1 })]]);
  });

  it('restarts in a new execution when the old one is not redrivable', async () => {
    const { retry, executions } = shopWith({ [CAPTURED]: failed });

    expect(await retry()).toEqual(done('restarted', `${CAPTURED}-r1`));

    expect(executions.rows.get(`${CAPTURED}-r1`)?.status).toBe('RUNNING');
  });

  it('numbers restarts', async () => {
    const { retry } = shopWith({ [CAPTURED]: failed, [`${CAPTURED}-r1`]: failed, [`${CAPTURED}-r2`]: failed });

    expect(await retry()).toEqual(done('restarted', `${CAPTURED}-r3`));
  });

  it('redrives the latest execution, not the first', async () => {
    const { retry } = shopWith({ [CAPTURED]: failed, [`${CAPTURED}-r1`]: redrivable });

    expect(await retry()).toEqual(done('redriven', `${CAPTURED}-r1`));
  });

  it('starts a settlement that was never started', async () => {
    const { retry, executions } = shopWith({});

    expect(await retry()).toEqual(done('started'));

    expect([...executions.rows.keys()]).toEqual([CAPTURED]);
  });

  it('is a no-op while an execution is running', async () => {
    const { retry, calls } = shopWith({ [CAPTURED]: { status: 'RUNNING', redrives: 1 } });

    expect(await retry()).toEqual(done('running'));

    expect(calls).toEqual(['payments.get', 'workflow.describe']);
  });

  it('closes a settlement whose success event was lost', async () => {
    const { retry, payment, hours } = shopWith({
      [CAPTURED]: failed,
      [`${CAPTURED}-r1`]: { status: 'SUCCEEDED', endedAt },
    });

    expect(await retry()).toEqual(done('succeeded', `${CAPTURED}-r1`));

    expect(payment().open).toEqual({});
    expect(hours.counters).toMatchObject({ 'settled.captured': 1 });
  });

  it('records a failure whose event was lost', async () => {
    const shop = shopWith({ [CAPTURED]: redrivable });

    await shop.retry();

    expect([...shop.failed.rows.values()]).toMatchObject([
      { settlement: 'captured', error: 'Error', cause: 'no table', failed_at: endedAt.toISOString() },
    ]);
  });

  it('retries all open settlements, or the requested one', async () => {
    const executions = { [CAPTURED]: redrivable, [`${PAYMENT}-refunded-500`]: redrivable };
    const all = shopWith(executions, ['captured', 'refunded-500']);
    const one = shopWith(executions, ['captured', 'refunded-500']);

    expect(await all.retry()).toMatchObject({ settlements: [{ outcome: 'redriven' }, { outcome: 'redriven' }] });
    expect(await one.retry('refunded-500')).toMatchObject({ settlements: [{ settlement: 'refunded-500' }] });
    expect(one.executions.rows.get(CAPTURED)?.status).toBe('FAILED');
  });

  it('returns nothing_open or unknown_payment when there is nothing to retry', async () => {
    const { retry, deps } = shopWith({}, []);

    expect(await retry()).toEqual({ outcome: 'nothing_open' });
    expect(await shopWith({}).retry('released')).toEqual({ outcome: 'nothing_open' });
    expect(await retrySettlement(deps, 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAW')).toEqual({ outcome: 'unknown_payment' });
  });

  it('throws after 100 restarts', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `${CAPTURED}-r${i + 1}`);
    const { retry } = shopWith(Object.fromEntries([CAPTURED, ...names].map((name) => [name, failed])));

    await expect(retry()).rejects.toThrow('was restarted 100 times');
  });
});

describe('concurrent retries', () => {
  it('redrive once, and the second finds the execution running', async () => {
    const shop = shopWith({ [CAPTURED]: redrivable });
    shop.before('workflow.redrive', async () => void (await shop.deps.workflow.redrive(executionArnOf(CAPTURED))));

    expect(await shop.retry()).toEqual(done('running'));

    expect(shop.executions.rows.get(CAPTURED)).toMatchObject({ status: 'RUNNING', redrives: 1 });
    expect(shop.executions.rows.size).toBe(1);
  });

  it('start nothing when the description is out of date', async () => {
    const shop = shopWith({ [CAPTURED]: redrivable });
    const behind = { ...shop.deps, workflow: { ...shop.deps.workflow, redrive: async () => false } };

    expect(await retrySettlement(behind, PAYMENT)).toEqual(done('running'));

    expect(shop.executions.rows.size).toBe(1);
  });

  it('start the same new execution', async () => {
    const shop = shopWith({ [CAPTURED]: failed });
    shop.before('workflow.start', async () => void (await shop.deps.workflow.start(`${CAPTURED}-r1`)));

    expect(await shop.retry()).toEqual(done('restarted', `${CAPTURED}-r1`));

    expect([...shop.executions.rows.keys()]).toEqual([CAPTURED, `${CAPTURED}-r1`]);
  });

  it('restart when the redrive window closes in between', async () => {
    const shop = shopWith({ [CAPTURED]: redrivable });
    shop.before('workflow.redrive', async () => shop.executions.set(CAPTURED, { ...failed, redrivable: false }));

    expect(await shop.retry()).toEqual(done('restarted', `${CAPTURED}-r1`));
  });
});
