import { describe, expect, it } from 'vitest';
import { OUTCOMES, type Outcome } from '../../../src/shared/settlement.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { type Answer, runElsewhere } from '../../support/in-memory/second-interpreter.ts';
import { Execution } from '../../support/in-memory/workflow.ts';

/*
 * The workflow, run by two interpreters that know nothing of each other: what they agree on is what its definition says.
 * A redrive goes on where an execution failed, and keeps what has succeeded:
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */

interface Answers {
  /** What the inventory's steps answer. */
  readonly stock: 'committed' | 'held' | 'released' | 'returned' | 'none';
  /** What `RefundOrder` answers. */
  readonly refunded: 'comes_back' | 'stays';
}

/** The services behind the workflow: what they were asked, and what they answer. */
function services({ stock, refunded }: Answers) {
  const asked: object[] = [];
  const answer = (parameters: object): object => {
    asked.push(parameters);
    return 'step' in parameters && parameters.step === 'RefundOrder'
      ? { order_status: 'refunded', stock: refunded }
      : { stock };
  };
  return { asked, answer };
}

/** An execution in our own interpreter. */
const executionOf = (input: object, answer: (parameters: object) => object) =>
  new Execution('one', input, async (_, parameters) => answer(parameters));

/** Does all that can be done; the task `broken` cannot. @returns the tasks that were tried, in order. */
async function work(execution: Execution, broken?: string): Promise<string[]> {
  const tries: string[] = [];
  for (;;) {
    const next = execution.pending().find(({ name }) => !tries.includes(name));
    if (!next) return tries;
    tries.push(next.name);
    if (next.name !== broken) await next.run();
  }
}

const breaking =
  (broken: string, answer: (parameters: object) => object): Answer =>
  (state, parameters) => {
    if (state === broken) throw new Error(`${state} is broken`);
    return answer(parameters);
  };

const all = OUTCOMES.flatMap((outcome) =>
  (['committed', 'held', 'released', 'returned', 'none'] as const).flatMap((stock) =>
    (['comes_back', 'stays'] as const).map((refunded) => ({ outcome, stock, refunded })),
  ),
);

it.each(all)(
  'both interpreters do the same for a settlement $outcome, with stock $stock and, of a refund, $refunded',
  async ({ outcome, ...answers }) => {
    const input = settlementThat(outcome);
    const ours = services(answers);
    const theirs = services(answers);

    const execution = executionOf(input, ours.answer);
    const tries = await work(execution);
    const ended = await runElsewhere(input, (_, parameters) => theirs.answer(parameters));

    expect({ tries: ended.tries, asked: theirs.asked }).toEqual({ tries, asked: ours.asked });
    expect([execution.succeeded, ended.succeeded]).toEqual([true, true]);
  },
);

/** Every way through the workflow, by the tasks on it. */
const ways: readonly (Answers & { readonly outcome: Outcome; readonly tasks: readonly string[] })[] = [
  { outcome: 'approved', stock: 'held', refunded: 'stays', tasks: ['CapturePayment'] },
  {
    outcome: 'captured',
    stock: 'committed',
    refunded: 'stays',
    tasks: ['CommitStock', 'CompleteCheckout', 'CreateOrder'],
  },
  { outcome: 'released', stock: 'released', refunded: 'stays', tasks: ['ReleaseStock', 'FailCheckout'] },
  {
    outcome: 'captured_late',
    stock: 'committed',
    refunded: 'stays',
    tasks: ['TakeStockAgain', 'CompleteLateCheckout', 'CreateLateOrder'],
  },
  { outcome: 'captured_late', stock: 'none', refunded: 'stays', tasks: ['TakeStockAgain', 'RefundPayment'] },
  { outcome: 'approved_late', stock: 'held', refunded: 'stays', tasks: ['HoldStockAgain', 'CapturePayment'] },
  { outcome: 'approved_late', stock: 'none', refunded: 'stays', tasks: ['HoldStockAgain', 'DeclinePayment'] },
  { outcome: 'refunded', stock: 'returned', refunded: 'stays', tasks: ['RefundOrder', 'RefundCheckout'] },
  {
    outcome: 'refunded',
    stock: 'returned',
    refunded: 'comes_back',
    tasks: ['RefundOrder', 'RefundWholeCheckout', 'ReturnStock'],
  },
];

it('there are no other ways through the workflow', async () => {
  const found = all.map(async ({ outcome, ...answers }) => {
    const { answer } = services(answers);
    return (await runElsewhere(settlementThat(outcome), (_, parameters) => answer(parameters))).tries.join();
  });

  expect(new Set(await Promise.all(found))).toEqual(new Set(ways.map(({ tasks }) => tasks.join())));
});

const breakages = ways.flatMap(({ tasks, ...way }) =>
  tasks.map((broken) => ({ ...way, tasks, way: tasks.join(' › '), broken })),
);

describe.each(breakages)(
  'when $broken is broken, on the way $way',
  ({ outcome, tasks, broken, way: _, ...answers }) => {
    const input = settlementThat(outcome);

    it('the execution fails at that very task, after nine tries of it and one of the others', async () => {
      const { answer } = services(answers);

      const ended = await runElsewhere(input, breaking(broken, answer));

      expect(ended.succeeded).toBe(false);
      expect(ended.failed).toEqual(new Set([`Task ${broken}`]));
      const times = Map.groupBy(ended.tries, (task) => task);
      expect(times.get(broken)).toHaveLength(9);
      times.delete(broken);
      expect([...times.values()].filter(({ length }) => length > 1)).toEqual([]);
    });

    it('a redrive does that task and what was not reached, nothing else again, and succeeds', async () => {
      const ours = services(answers);
      const theirs = services(answers);

      const execution = executionOf(input, ours.answer);
      const before = (await work(execution, broken)).filter((task) => task !== broken);
      const failed = await runElsewhere(input, breaking(broken, theirs.answer));
      const redriven = await runElsewhere(input, (_, parameters) => theirs.answer(parameters), failed.kept);

      expect([...failed.kept.keys()]).toEqual(before);
      expect(redriven.tries).toEqual(tasks.filter((task) => !before.includes(task)));
      expect(await work(execution)).toEqual(redriven.tries);
      expect([execution.succeeded, redriven.succeeded]).toEqual([true, true]);
      expect(theirs.asked).toEqual(ours.asked);
    });
  },
);
