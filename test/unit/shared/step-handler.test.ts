import type { Context } from 'aws-lambda';
import { beforeAll, expect, it } from 'vitest';
import { logger } from '../../../src/shared/logger.ts';
import type { Settlement } from '../../../src/shared/settlement.ts';
import { stepHandler } from '../../../src/shared/step-handler.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { metricsOf } from '../../support/stack/emitted-metrics.ts';

beforeAll(() => logger.setLogLevel('SILENT'));

const context = { awsRequestId: 'request' } as Context;
const settlement = settlementThat('captured');

/** A service with one step, which notes what it is given. */
function service(work: (settlement: Settlement) => Promise<object> = async () => ({ stock: 'committed' })) {
  const given: Settlement[] = [];
  const step = (settlement: Settlement) => {
    given.push(settlement);
    return work(settlement);
  };
  const handler = stepHandler('inventory', {
    CommitStock: step,
    HoldStock: step,
    ReleaseStock: step,
    ReturnStock: step,
  });
  return { given, run: (step: string, input: unknown) => handler({ step, settlement: input }, context) };
}

it('a step is given the settlement, and its answer goes on in the workflow', async () => {
  const { given, run } = service();

  expect(await run('CommitStock', settlement)).toEqual({ stock: 'committed' });
  expect(given).toEqual([settlement]);
});

it('a step learns what became of the order, and nothing else of what the steps before it found', async () => {
  const { given, run } = service();
  const order = { order_id: 'ord_1', order_status: 'void', stock: 'comes_back' };

  await run('CommitStock', { ...settlement, reservation: { stock: 'none' }, order });

  expect(given).toEqual([{ ...settlement, order: { order_status: 'void' } }]);
});

it('a step that a service does not have fails', async () => {
  const { run } = service();

  await expect(run('CommitStok', settlement)).rejects.toThrow(
    'unknown inventory step "CommitStok": expected CommitStock, HoldStock, ReleaseStock, ReturnStock',
  );
});

it.each([
  ['nothing', undefined],
  ['another kind of id', { ...settlement, payment_id: settlement.checkout_session_id }],
  ['an outcome that nobody knows', { ...settlement, outcome: 'lost' }],
  ['half a cent', { ...settlement, refunded_minor: 0.5 }],
])('a step is not run on %s', async (_, input) => {
  const { given, run } = service();

  await expect(run('CommitStock', input)).rejects.toThrow();
  expect(given).toEqual([]);
});

it('what a step throws fails the task, so that the workflow tries it again', async () => {
  const trouble = new Error('no table');
  const { run } = service(async () => {
    throw trouble;
  });

  await expect(run('CommitStock', settlement)).rejects.toBe(trouble);
});

it('the share of steps that fail can be read from what is measured, of all and of each', async () => {
  let tries = 0;
  const { run } = service(async () => {
    if (++tries === 1) throw new Error('no table');
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
