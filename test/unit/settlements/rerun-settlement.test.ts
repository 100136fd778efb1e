import { describe, expect, it } from 'vitest';
import type { Execution } from '../../../src/settlements/execution-client.ts';
import { rerunSettlement } from '../../../src/settlements/rerun-settlement.ts';
import { PAYMENT, paymentThatIs } from '../../support/builders/payments.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { settlementsOf } from '../../support/in-memory/settlements.ts';

const CAPTURED = `${PAYMENT}-captured`;
const endedAt = new Date('2026-06-01T12:01:02.500Z');
const succeeded: Partial<Execution> = { status: 'SUCCEEDED', endedAt };
const failed: Partial<Execution> = { status: 'FAILED', endedAt };

function shopWith(executions: Readonly<Record<string, Partial<Execution>>>, { open = false } = {}) {
  const payment = paymentThatIs('captured', {
    history: [
      {
        at: endedAt.toISOString(),
        status: 'captured',
        evidence: 'captured',
        source: 'webhook',
        settlement: 'captured',
      },
    ],
    open: open ? { captured: settlementThat('captured') } : {},
  });
  const shop = settlementsOf(payment);
  for (const [name, execution] of Object.entries(executions)) shop.executions.set(name, execution);
  return { ...shop, rerun: (settlement = 'captured') => rerunSettlement(shop.deps, PAYMENT, settlement) };
}
const runningAs = (execution: string) => ({ outcome: 'running', execution });

describe('rerunSettlement', () => {
  it('starts a new execution after a success', async () => {
    const { rerun, executions } = shopWith({ [CAPTURED]: succeeded });

    expect(await rerun()).toEqual(runningAs(`${CAPTURED}-r1`));
    expect(executions.rows.get(`${CAPTURED}-r1`)?.status).toBe('RUNNING');
  });

  it('starts one execution when called twice', async () => {
    const { rerun, executions } = shopWith({ [CAPTURED]: succeeded });

    await rerun();
    expect(await rerun()).toEqual(runningAs(`${CAPTURED}-r1`));
    expect(executions.rows.size).toBe(2);
  });

  it('numbers the restart after all ended executions', async () => {
    const { rerun } = shopWith({ [CAPTURED]: succeeded, [`${CAPTURED}-r1`]: failed, [`${CAPTURED}-r2`]: succeeded });

    expect(await rerun()).toEqual(runningAs(`${CAPTURED}-r3`));
  });

  it('uses the first name when Step Functions has deleted its execution', async () => {
    const { rerun } = shopWith({});

    expect(await rerun()).toEqual(runningAs(CAPTURED));
  });

  it('retries an open settlement', async () => {
    const { rerun, executions } = shopWith({ [CAPTURED]: { ...failed, redrivable: true } }, { open: true });

    expect(await rerun()).toEqual(runningAs(CAPTURED));
    expect(executions.rows.get(CAPTURED)).toMatchObject({ status: 'RUNNING', redrives: 1 });
  });

  it('restarts a settlement that is open only because the event of its success was lost', async () => {
    const { rerun, payment } = shopWith({ [CAPTURED]: succeeded }, { open: true });

    expect(await rerun()).toEqual(runningAs(`${CAPTURED}-r1`));
    expect(payment().open).toEqual({});
  });

  it('returns outdated when the payment’s status does not request the settlement', async () => {
    const { rerun, executions } = shopWith({});

    expect(await rerun('released')).toEqual({ outcome: 'outdated' });
    expect(executions.rows.size).toBe(0);
  });

  it('returns unknown_payment when the payment does not exist', async () => {
    const { payments, rerun } = shopWith({});
    payments.rows.clear();

    expect(await rerun()).toEqual({ outcome: 'unknown_payment' });
  });
});
