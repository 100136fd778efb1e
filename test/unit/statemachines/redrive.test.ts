import { describe, expect, it } from 'vitest';
import { DEFAULT_STEP_RETRY } from '../../../lib/step-retry.ts';
import { OUTCOMES, type Outcome } from '../../../src/shared/settlement.ts';
import definition from '../../../statemachines/payment-settlement.asl.json' with { type: 'json' };
import { settlementThat } from '../../support/builders/settlements.ts';
import { runSecondInterpreter, type TaskHandler } from '../../support/in-memory/second-interpreter.ts';
import { Execution } from '../../support/in-memory/workflow.ts';

/*
 * Runs the state machine with two independent interpreters and compares them. A redrive continues where an execution
 * failed, and keeps the results of the tasks that succeeded:
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */

interface StepResults {
  /** The result of the inventory's steps. */
  readonly stock: 'committed' | 'held' | 'released' | 'returned' | 'none';
  /** The result of `RefundOrder`. */
  readonly refunded: 'comes_back' | 'stays';
}

/** The services behind the workflow: the inputs of their steps, and their results. */
function services({ stock, refunded }: StepResults) {
  const inputs: object[] = [];
  const runStep = (parameters: object): object => {
    inputs.push(parameters);
    return 'step' in parameters && parameters.step === 'RefundOrder'
      ? { order_status: 'refunded', stock: refunded }
      : { stock };
  };
  return { inputs, runStep };
}

const executionOf = (input: object, runStep: (parameters: object) => object) =>
  new Execution('one', input, async (_, parameters) => runStep(parameters));

/** Runs every task but `broken` until none is left. @returns the tasks that were attempted, in order. */
async function runAll(execution: Execution, broken?: string): Promise<string[]> {
  const attempts: string[] = [];
  for (;;) {
    const next = execution.pending().find(({ name }) => !attempts.includes(name));
    if (!next) return attempts;
    attempts.push(next.name);
    if (next.name !== broken) await next.run();
  }
}

const breaking =
  (broken: string, runStep: (parameters: object) => object): TaskHandler =>
  (state, parameters) => {
    if (state === broken) throw new Error(`${state} is broken`);
    return runStep(parameters);
  };

const cases = OUTCOMES.flatMap((outcome) =>
  (['committed', 'held', 'released', 'returned', 'none'] as const).flatMap((stock) =>
    (['comes_back', 'stays'] as const).map((refunded) => ({ outcome, stock, refunded })),
  ),
);

describe('interpreters', () => {
  it.each(cases)(
    'run the same tasks for a settlement $outcome when stock is $stock and a refund’s stock $refunded',
    async ({ outcome, ...results }) => {
      const input = settlementThat(outcome);
      const ours = services(results);
      const theirs = services(results);

      const execution = executionOf(input, ours.runStep);
      const attempts = await runAll(execution);
      const ended = await runSecondInterpreter(input, (_, parameters) => theirs.runStep(parameters));

      expect({ attempts: ended.attempts, inputs: theirs.inputs }).toEqual({ attempts, inputs: ours.inputs });
      expect([execution.succeeded, ended.succeeded]).toEqual([true, true]);
    },
  );
});

type TopLevelState = keyof (typeof definition)['States'];

/** Every path through the state machine, by its top-level states other than choices. */
const PATHS: readonly (StepResults & { readonly outcome: Outcome; readonly states: readonly TopLevelState[] })[] = [
  { outcome: 'approved', stock: 'held', refunded: 'stays', states: ['CapturePayment'] },
  { outcome: 'captured', stock: 'committed', refunded: 'stays', states: ['DeliverPurchase'] },
  { outcome: 'released', stock: 'released', refunded: 'stays', states: ['CancelPurchase'] },
  {
    outcome: 'captured_late',
    stock: 'committed',
    refunded: 'stays',
    states: ['RecommitStock', 'DeliverLatePurchase'],
  },
  { outcome: 'captured_late', stock: 'none', refunded: 'stays', states: ['RecommitStock', 'RefundPayment'] },
  { outcome: 'approved_late', stock: 'held', refunded: 'stays', states: ['HoldStockAgain', 'CapturePayment'] },
  { outcome: 'approved_late', stock: 'none', refunded: 'stays', states: ['HoldStockAgain', 'DeclinePayment'] },
  { outcome: 'refunded', stock: 'returned', refunded: 'stays', states: ['RefundOrder', 'RefundCheckout'] },
  { outcome: 'refunded', stock: 'returned', refunded: 'comes_back', states: ['RefundOrder', 'UndoPurchase'] },
];

/** The tasks of a top-level state: itself, or those of its branches. */
function tasksOf(name: TopLevelState): string[] {
  const state = definition.States[name];
  return 'Branches' in state ? state.Branches.flatMap(({ States }) => Object.keys(States)) : [name];
}
const paths = PATHS.map(({ states, ...path }) => ({ ...path, tasks: states.flatMap(tasksOf) }));

describe('state machine', () => {
  it('has no other paths', async () => {
    const found = cases.map(async ({ outcome, ...results }) => {
      const { runStep } = services(results);
      const ended = await runSecondInterpreter(settlementThat(outcome), (_, parameters) => runStep(parameters));
      return ended.attempts.join();
    });

    expect(new Set(await Promise.all(found))).toEqual(new Set(paths.map(({ tasks }) => tasks.join())));
  });
});

const failures = paths.flatMap(({ tasks, ...path }) =>
  tasks.map((broken) => ({ ...path, tasks, path: tasks.join(' › '), broken })),
);

describe.each(failures)('execution on path $path', ({ outcome, tasks, broken, path: _, ...results }) => {
  const input = settlementThat(outcome);

  it(`fails at ${broken} when that keeps failing, after all its retries and one attempt of the others`, async () => {
    const { runStep } = services(results);

    const ended = await runSecondInterpreter(input, breaking(broken, runStep));

    expect(ended.succeeded).toBe(false);
    expect(ended.failed).toEqual(new Set([`Task ${broken}`]));
    const attempts = Map.groupBy(ended.attempts, (task) => task);
    expect(attempts.get(broken)).toHaveLength(1 + DEFAULT_STEP_RETRY.maxAttempts);
    attempts.delete(broken);
    expect([...attempts.values()].filter(({ length }) => length > 1)).toEqual([]);
  });

  it(`succeeds when redriven after ${broken} failed, running that and what was not reached`, async () => {
    const ours = services(results);
    const theirs = services(results);

    const execution = executionOf(input, ours.runStep);
    const before = (await runAll(execution, broken)).filter((task) => task !== broken);
    const failed = await runSecondInterpreter(input, breaking(broken, theirs.runStep));
    const redriven = await runSecondInterpreter(input, (_, parameters) => theirs.runStep(parameters), failed.results);

    expect([...failed.results.keys()]).toEqual(before);
    expect(redriven.attempts).toEqual(tasks.filter((task) => !before.includes(task)));
    expect(await runAll(execution)).toEqual(redriven.attempts);
    expect([execution.succeeded, redriven.succeeded]).toEqual([true, true]);
    expect(theirs.inputs).toEqual(ours.inputs);
  });
});
