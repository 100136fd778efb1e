import { type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import definition from '../../../statemachines/payment-settlement.asl.json' with { type: 'json' };

/*
 * Runs statemachines/payment-settlement.asl.json by an interpreter that others wrote: with its retries, but without their pauses.
 * https://github.com/nibble-4bits/aws-local-stepfunctions
 */

/** What a task answers to its parameters. What it throws has failed this try. */
export type Answer = (state: string, parameters: object) => object;

/** An execution that has ended. */
interface Ended {
  /** Every try of every task, in order. */
  readonly tries: readonly string[];
  readonly succeeded: boolean;
  /** The states at which it failed, each with its type, such as `Task CommitStock`; not the Parallel around them. */
  readonly failed: ReadonlySet<string>;
  /** The answers of the tasks that succeeded, by state: what Step Functions keeps for a redrive. */
  readonly kept: ReadonlyMap<string, object>;
}

interface Machine {
  readonly States: Readonly<Record<string, { readonly Type: string; readonly Branches?: unknown }>>;
}

const tasksOf = ({ States }: Machine): string[] =>
  Object.entries(States).flatMap(([name, { Type, Branches = [] }]) =>
    Type === 'Task' ? [name] : (Branches as Machine[]).flatMap(tasksOf),
  );
const TASKS = tasksOf(definition);

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:step';
const machine = new StateMachine(
  JSON.parse(JSON.stringify(definition).replaceAll(/\$\{\w+\}/g, ARN)) as StateMachineDefinition,
);

type Handlers = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>;
type Json = Parameters<Handlers[string]>[0];

/** Runs an execution to its end. Tasks whose answers were `kept` are not done again, as in a redrive. */
export async function runElsewhere(
  input: object,
  answer: Answer,
  kept: ReadonlyMap<string, object> = new Map(),
): Promise<Ended> {
  const tries: string[] = [];
  const answers = new Map(kept);
  const handlerOf = (state: string) => (parameters: Json) => {
    const known = answers.get(state);
    if (known) return known as Json;
    tries.push(state);
    const given = answer(state, parameters as object);
    answers.set(state, given);
    return given as Json;
  };
  const { result, eventLogs } = machine.run(structuredClone(input) as Json, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(TASKS.map((state) => [state, handlerOf(state)])),
      retryIntervalOverrides: Object.fromEntries(TASKS.map((state) => [state, 0])),
    },
  });
  const succeeded = result.then(
    () => true,
    () => false,
  );
  const failed = new Set<string>();
  for await (const event of eventLogs)
    if (event.type === 'StateFailed' && event.state.type !== 'Parallel')
      failed.add(`${event.state.type} ${event.state.name}`);
  return { tries, succeeded: await succeeded, failed, kept: answers };
}
