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
  return { ...shop, again: (settlement = 'captured') => rerunSettlement(shop.deps, PAYMENT, settlement) };
}
const runningAs = (execution: string) => ({ outcome: 'running', execution });

describe('a settlement that is run once more', () => {
  it('is a new execution, though the first has succeeded', async () => {
    const { again, executions } = shopWith({ [CAPTURED]: succeeded });

    expect(await again()).toEqual(runningAs(`${CAPTURED}-r1`));
    expect(executions.rows.get(`${CAPTURED}-r1`)?.status).toBe('RUNNING');
  });

  it('is one execution, however often that is wished', async () => {
    const { again, executions } = shopWith({ [CAPTURED]: succeeded });

    await again();
    expect(await again()).toEqual(runningAs(`${CAPTURED}-r1`));
    expect(executions.rows.size).toBe(2);
  });

  it('is numbered on after all that have ended', async () => {
    const { again } = shopWith({ [CAPTURED]: succeeded, [`${CAPTURED}-r1`]: failed, [`${CAPTURED}-r2`]: succeeded });

    expect(await again()).toEqual(runningAs(`${CAPTURED}-r3`));
  });

  it('takes the first name again when Step Functions has forgotten it', async () => {
    const { again } = shopWith({});

    expect(await again()).toEqual(runningAs(CAPTURED));
  });

  it('is retried as an operator would, as long as the payment has it open', async () => {
    const { again, executions } = shopWith({ [CAPTURED]: { ...failed, redrivable: true } }, { open: true });

    expect(await again()).toEqual(runningAs(CAPTURED));
    expect(executions.rows.get(CAPTURED)).toMatchObject({ status: 'RUNNING', redrives: 1 });
  });

  it('is run anew when it was open only because the news of its success was lost', async () => {
    const { again, payment } = shopWith({ [CAPTURED]: succeeded }, { open: true });

    expect(await again()).toEqual(runningAs(`${CAPTURED}-r1`));
    expect(payment().open).toEqual({});
  });

  it('is not run when it does not follow from what the payment is', async () => {
    const { again, executions } = shopWith({});

    expect(await again('released')).toEqual({ outcome: 'outdated' });
    expect(executions.rows.size).toBe(0);
  });

  it('is not run for a payment that is not there', async () => {
    const { payments, again } = shopWith({});
    payments.rows.clear();

    expect(await again()).toEqual({ outcome: 'unknown_payment' });
  });
});
