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

function settling(executions: Readonly<Record<string, Partial<Execution>>>, open = ['captured']) {
  const inputs = open.map((name) => [name, settlementThat(name === 'captured' ? 'captured' : 'refunded')]);
  const shop = settlementsOf(paymentThatIs('captured', { open: Object.fromEntries(inputs) }));
  for (const [name, execution] of Object.entries(executions)) shop.executions.set(name, execution);
  return { ...shop, retry: (only?: string) => retrySettlement(shop.deps, PAYMENT, only) };
}
const done = (outcome: string, execution = CAPTURED) => ({
  outcome: 'retried',
  settlements: [{ settlement: 'captured', outcome, execution }],
});

describe('a retry of a failed settlement', () => {
  it('goes on from where it failed, as long as Step Functions allows it', async () => {
    const { retry, executions } = settling({ [CAPTURED]: redrivable });

    expect(await retry()).toEqual(done('redriven'));

    expect([...executions.rows]).toEqual([[CAPTURED, expect.objectContaining({ status: 'RUNNING', redrives: 1 })]]);
  });

  it('does it all once more in a new execution where it cannot be redriven', async () => {
    const { retry, executions } = settling({ [CAPTURED]: failed });

    expect(await retry()).toEqual(done('restarted', `${CAPTURED}-r1`));

    expect(executions.rows.get(`${CAPTURED}-r1`)?.status).toBe('RUNNING');
  });

  it('numbers new executions on', async () => {
    const { retry } = settling({ [CAPTURED]: failed, [`${CAPTURED}-r1`]: failed, [`${CAPTURED}-r2`]: failed });

    expect(await retry()).toEqual(done('restarted', `${CAPTURED}-r3`));
  });

  it('redrives the latest execution, not the first', async () => {
    const { retry } = settling({ [CAPTURED]: failed, [`${CAPTURED}-r1`]: redrivable });

    expect(await retry()).toEqual(done('redriven', `${CAPTURED}-r1`));
  });

  it('starts what was never started', async () => {
    const { retry, executions } = settling({});

    expect(await retry()).toEqual(done('started'));

    expect([...executions.rows.keys()]).toEqual([CAPTURED]);
  });

  it('leaves alone what runs, such as what somebody redrives in the console', async () => {
    const { retry, calls } = settling({ [CAPTURED]: { status: 'RUNNING', redrives: 1 } });

    expect(await retry()).toEqual(done('running'));

    expect(calls).toEqual(['payments.get', 'workflow.describe']);
  });

  it('closes what has succeeded without the shop’s hearing of it', async () => {
    const { retry, payment, hours } = settling({
      [CAPTURED]: failed,
      [`${CAPTURED}-r1`]: { status: 'SUCCEEDED', endedAt },
    });

    expect(await retry()).toEqual(done('succeeded', `${CAPTURED}-r1`));

    expect(payment().open).toEqual({});
    expect(hours.counters).toMatchObject({ 'settled.captured': 1 });
  });

  it('puts on the list what failed without the shop’s hearing of it', async () => {
    const shop = settling({ [CAPTURED]: redrivable });

    await shop.retry();

    expect([...shop.failed.rows.values()]).toMatchObject([
      { settlement: 'captured', error: 'Error', cause: 'no table', failed_at: endedAt.toISOString() },
    ]);
  });

  it('does all that is open, or the one that is asked for', async () => {
    const executions = { [CAPTURED]: redrivable, [`${PAYMENT}-refunded-500`]: redrivable };
    const all = settling(executions, ['captured', 'refunded-500']);
    const one = settling(executions, ['captured', 'refunded-500']);

    expect(await all.retry()).toMatchObject({ settlements: [{ outcome: 'redriven' }, { outcome: 'redriven' }] });
    expect(await one.retry('refunded-500')).toMatchObject({ settlements: [{ settlement: 'refunded-500' }] });
    expect(one.executions.rows.get(CAPTURED)?.status).toBe('FAILED');
  });

  it('has nothing to do where nothing is open, and nothing to say of a payment that does not exist', async () => {
    const { retry, deps } = settling({}, []);

    expect(await retry()).toEqual({ outcome: 'nothing_open' });
    expect(await settling({}).retry('released')).toEqual({ outcome: 'nothing_open' });
    expect(await retrySettlement(deps, 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAW')).toEqual({ outcome: 'unknown_payment' });
  });

  it('gives up after a hundred new executions', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `${CAPTURED}-r${i + 1}`);
    const { retry } = settling(Object.fromEntries([CAPTURED, ...names].map((name) => [name, failed])));

    await expect(retry()).rejects.toThrow('was started anew 100 times');
  });
});

describe('of two operators who retry at once', () => {
  it('one redrives, and the other finds it running', async () => {
    const shop = settling({ [CAPTURED]: redrivable });
    shop.before('workflow.redrive', async () => void (await shop.deps.workflow.redrive(executionArnOf(CAPTURED))));

    expect(await shop.retry()).toEqual(done('running'));

    expect(shop.executions.rows.get(CAPTURED)).toMatchObject({ status: 'RUNNING', redrives: 1 });
    expect(shop.executions.rows.size).toBe(1);
  });

  it('the other starts nothing new even if the description is behind', async () => {
    const shop = settling({ [CAPTURED]: redrivable });
    const behind = { ...shop.deps, workflow: { ...shop.deps.workflow, redrive: async () => false } };

    expect(await retrySettlement(behind, PAYMENT)).toEqual(done('running'));

    expect(shop.executions.rows.size).toBe(1);
  });

  it('one starts a new execution, and the other the same', async () => {
    const shop = settling({ [CAPTURED]: failed });
    shop.before('workflow.start', async () => void (await shop.deps.workflow.start(`${CAPTURED}-r1`)));

    expect(await shop.retry()).toEqual(done('restarted', `${CAPTURED}-r1`));

    expect([...shop.executions.rows.keys()]).toEqual([CAPTURED, `${CAPTURED}-r1`]);
  });

  it('the other starts a new one when the time for redriving has just run out', async () => {
    const shop = settling({ [CAPTURED]: redrivable });
    shop.before('workflow.redrive', async () => shop.executions.set(CAPTURED, { ...failed, redrivable: false }));

    expect(await shop.retry()).toEqual(done('restarted', `${CAPTURED}-r1`));
  });
});
