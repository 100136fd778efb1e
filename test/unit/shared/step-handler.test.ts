import type { Context } from 'aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { logger } from '../../../src/shared/logger.ts';
import type { Settlement } from '../../../src/shared/settlement.ts';
import { stepHandler } from '../../../src/shared/step-handler.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { metricsOf } from '../../support/stack/emitted-metrics.ts';

beforeAll(() => logger.setLogLevel('SILENT'));

const context = { awsRequestId: 'request' } as Context;
const settlement = settlementThat('captured');

/** A service whose steps record their settlements. */
function service(work: (settlement: Settlement) => Promise<object> = async () => ({ stock: 'committed' })) {
  const settlements: Settlement[] = [];
  const step = (settlement: Settlement) => {
    settlements.push(settlement);
    return work(settlement);
  };
  const handler = stepHandler('inventory', {
    CommitStock: step,
    HoldStock: step,
    ReleaseStock: step,
    ReturnStock: step,
  });
  return { settlements, run: (step: string, input: unknown) => handler({ step, settlement: input }, context) };
}

describe('stepHandler', () => {
  it('runs the step with the settlement and returns its result', async () => {
    const { settlements, run } = service();

    expect(await run('CommitStock', settlement)).toEqual({ stock: 'committed' });
    expect(settlements).toEqual([settlement]);
  });

  it('passes the order’s status to the step, and no other results of earlier steps', async () => {
    const { settlements, run } = service();
    const order = { order_id: 'ord_1', order_status: 'void', stock: 'comes_back' };

    await run('CommitStock', { ...settlement, reservation: { stock: 'none' }, order });

    expect(settlements).toEqual([{ ...settlement, order: { order_status: 'void' } }]);
  });

  it('throws for a step of another service', async () => {
    const { run } = service();

    await expect(run('CommitStok', settlement)).rejects.toThrow(
      'unknown inventory step "CommitStok": expected CommitStock, HoldStock, ReleaseStock, ReturnStock',
    );
  });

  it.each([
    ['no settlement', undefined],
    ['another kind of id', { ...settlement, payment_id: settlement.checkout_session_id }],
    ['an unknown outcome', { ...settlement, outcome: 'lost' }],
    ['a fractional amount', { ...settlement, refunded_minor: 0.5 }],
  ])('runs no step on %s', async (_, input) => {
    const { settlements, run } = service();

    await expect(run('CommitStock', input)).rejects.toThrow();
    expect(settlements).toEqual([]);
  });

  it('throws what the step throws, so that the workflow retries it', async () => {
    const failure = new Error('no table');
    const { run } = service(async () => {
      throw failure;
    });

    await expect(run('CommitStock', settlement)).rejects.toBe(failure);
  });

  it('measures StepFailed in total and per step', async () => {
    let attempts = 0;
    const { run } = service(async () => {
      if (++attempts === 1) throw new Error('no table');
      return {};
    });

    const measured = await metricsOf(async () => {
      await run('CommitStock', settlement).catch(() => {});
      await run('CommitStock', settlement);
    });

    expect(measured.map(({ name, value, dimensions }) => [name, value, dimensions])).toEqual([
      ['StepFailed', 1, {}],
      ['StepFailed', 1, { step: 'CommitStock' }],
      ['StepFailed', 0, {}],
      ['StepFailed', 0, { step: 'CommitStock' }],
    ]);
  });
});
