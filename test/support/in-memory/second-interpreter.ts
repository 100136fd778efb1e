import { readFileSync } from 'node:fs';
import { type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { DEFAULT_STEP_RETRY, withStepRetry } from '../../../lib/step-retry.ts';

/*
 * Runs statemachines/payment-settlement.asl.json with a third-party interpreter: with the deployed retry policy,
 * without its delays.
 * https://github.com/nibble-4bits/aws-local-stepfunctions
 */

/** Runs one attempt of a task; throws to fail it. */
export type TaskHandler = (state: string, parameters: object) => object;

/** An execution that ended. */
interface Ended {
  /** Every attempt of every task, in order. */
  readonly attempts: readonly string[];
  readonly succeeded: boolean;
  /** The states that failed, each with its type, such as `Task CommitStock`, without the enclosing Parallel. */
  readonly failed: ReadonlySet<string>;
  /** The results of the tasks that succeeded, by state: Step Functions keeps them for a redrive. */
  readonly results: ReadonlyMap<string, object>;
}

interface Machine {
  readonly States: Readonly<Record<string, { readonly Type: string; readonly Branches?: unknown }>>;
}

const source = readFileSync(new URL('../../../statemachines/payment-settlement.asl.json', import.meta.url), 'utf8');
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:step';
const definition = JSON.parse(withStepRetry(source, DEFAULT_STEP_RETRY).replaceAll(/\$\{\w+\}/g, ARN));
const machine = new StateMachine(definition as StateMachineDefinition);

const tasksOf = ({ States }: Machine): string[] =>
  Object.entries(States).flatMap(([name, { Type, Branches = [] }]) =>
    Type === 'Task' ? [name] : (Branches as Machine[]).flatMap(tasksOf),
  );
const TASKS = tasksOf(definition);

type Handlers = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>;
type Json = Parameters<Handlers[string]>[0];

/** Runs an execution to its end. Tasks with an earlier result do not run again, as in a redrive. */
export async function runSecondInterpreter(
  input: object,
  runTask: TaskHandler,
  earlier: ReadonlyMap<string, object> = new Map(),
): Promise<Ended> {
  const attempts: string[] = [];
  const results = new Map(earlier);
  const handlerOf = (state: string) => (parameters: Json) => {
    const known = results.get(state);
    if (known) return known as Json;
    attempts.push(state);
    const result = runTask(state, parameters as object);
    results.set(state, result);
    return result as Json;
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
  return { attempts, succeeded: await succeeded, failed, results };
}
