import definition from '../../../statemachines/payment-settlement.asl.json' with { type: 'json' };

/*
 * Interprets statemachines/payment-settlement.asl.json: Choice, Task, Parallel and Succeed, without retries. It runs
 * one task at a time, so that a test chooses the order of the tasks of all executions, and which of them run again.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly ResultPath?: string;
  readonly Choices?: readonly { readonly Variable: string; readonly StringEquals: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Branches?: readonly StateMap[];
}
interface StateMap {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

type Data = Readonly<Record<string, unknown>>;
/** Runs a task: its resource, such as `${InventoryArn}`, with its parameters. */
export type DoTask = (resource: string, parameters: Data) => Promise<object>;

export interface PendingTask {
  readonly name: string;
  /** Attempts the task. If it throws, the task stays pending, as it does for a redrive. */
  readonly run: () => Promise<void>;
}

/** A sequence of states: the execution itself, or a branch of a Parallel. */
interface Thread {
  readonly machine: StateMap;
  data: Data;
  /** The current state; undefined at the end. */
  at: string | undefined;
  branches: Thread[];
}

export class Execution {
  readonly name: string;
  readonly input: object;
  /** States entered so far: what Step Functions charges for. */
  transitions = 0;
  #root: Thread;
  #runTask: DoTask;

  constructor(name: string, input: object, runTask: DoTask) {
    this.name = name;
    this.input = input;
    this.#runTask = runTask;
    this.#root = startThread(definition as unknown as StateMap, copyOf(input), this);
  }

  get succeeded(): boolean {
    return this.#root.at === undefined;
  }

  /** The tasks that can run now; none at the end. */
  pending(): PendingTask[] {
    return this.#pendingIn(this.#root);
  }

  #pendingIn(thread: Thread): PendingTask[] {
    if (thread.at === undefined) return [];
    if (thread.branches.length > 0) return thread.branches.flatMap((branch) => this.#pendingIn(branch));
    return [{ name: thread.at, run: () => this.#run(thread, thread.at as string) }];
  }

  async #run(thread: Thread, name: string): Promise<void> {
    const state = stateOf(thread.machine, name);
    const parameters = Object.fromEntries(
      Object.entries(state.Parameters ?? {}).map(([key, value]) =>
        key.endsWith('.$') ? [key.slice(0, -2), valueAt(thread.data, value)] : [key, value],
      ),
    );
    const result = copyOf(await this.#runTask(state.Resource ?? '', parameters));
    // A concurrent attempt of the same task may have finished first.
    if (thread.at !== name) return;
    thread.data = state.ResultPath ? { ...thread.data, [state.ResultPath.replace('$.', '')]: result } : result;
    enter(thread, state.Next, this);
    leaveFinishedParallels(this.#root, this);
  }
}

/** Counts the states that are entered. */
type Counter = Pick<Execution, 'transitions'>;

function startThread(machine: StateMap, data: Data, counter: Counter): Thread {
  const thread: Thread = { machine, data, at: undefined, branches: [] };
  enter(thread, machine.StartAt, counter);
  return thread;
}

/** Enters a state, and follows choices up to the next state that runs something. */
function enter(thread: Thread, next: string | undefined, counter: Counter): void {
  thread.at = next;
  thread.branches = [];
  if (next === undefined) return;
  counter.transitions += 1;
  const state = stateOf(thread.machine, next);
  if (state.Type === 'Succeed') thread.at = undefined;
  else if (state.Type === 'Choice') {
    const choice = state.Choices?.find(({ Variable, StringEquals }) => valueAt(thread.data, Variable) === StringEquals);
    const chosen = choice?.Next ?? state.Default;
    if (!chosen) throw new Error(`${next}: no choice matches ${JSON.stringify(thread.data)}`);
    enter(thread, chosen, counter);
  } else if (state.Type === 'Parallel') {
    thread.branches = (state.Branches ?? []).map((branch) => startThread(branch, thread.data, counter));
  }
}

function leaveFinishedParallels(thread: Thread, counter: Counter): void {
  for (const branch of thread.branches) leaveFinishedParallels(branch, counter);
  const { at, branches } = thread;
  if (at === undefined || branches.length === 0 || branches.some((branch) => branch.at !== undefined)) return;
  enter(thread, stateOf(thread.machine, at).Next, counter);
}

function stateOf({ States }: StateMap, name: string): State {
  const state = States[name];
  if (!state) throw new Error(`state ${name} not found`);
  return state;
}

function valueAt(data: Data, path: string): unknown {
  const parts = path.split('.').slice(1);
  return parts.reduce<unknown>((at, part) => (at as Data | undefined)?.[part], data);
}

/** States pass data on as JSON. */
const copyOf = (value: object): Data => JSON.parse(JSON.stringify(value));
