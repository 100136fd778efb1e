import definition from '../../../statemachines/payment-settlement.asl.json' with { type: 'json' };

/*
 * Runs statemachines/payment-settlement.asl.json, as far as its language goes: Choice, Task, Parallel, Succeed. One task at a time, so that a
 * test says in what order the tasks of all executions are done, and which of them are tried again.
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
  readonly Branches?: readonly StatesOf[];
}
interface StatesOf {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

type Data = Readonly<Record<string, unknown>>;
/** Does a task: `${InventoryArn}` and the like, with the task's parameters. */
export type DoTask = (resource: string, parameters: Data) => Promise<object>;

/** A task that can be tried now. */
export interface PendingTask {
  readonly name: string;
  /** Tries it: when it throws, it stays pending, as a redrive would find it. */
  readonly run: () => Promise<void>;
}

/** One line of states: the execution itself, or a branch of a Parallel. */
interface Line {
  readonly machine: StatesOf;
  data: Data;
  /** Undefined at the end. */
  at: string | undefined;
  branches: Line[];
}

/** One execution, as far as it has come. */
export class Execution {
  readonly name: string;
  readonly input: object;
  #line: Line;
  #doTask: DoTask;

  constructor(name: string, input: object, doTask: DoTask) {
    this.name = name;
    this.input = input;
    this.#doTask = doTask;
    this.#line = lineOf(definition as unknown as StatesOf, copyOf(input));
  }

  get succeeded(): boolean {
    return this.#line.at === undefined;
  }

  /** What can be done now; empty at the end. */
  pending(): PendingTask[] {
    return this.#pendingIn(this.#line);
  }

  #pendingIn(line: Line): PendingTask[] {
    if (line.at === undefined) return [];
    if (line.branches.length > 0) return line.branches.flatMap((branch) => this.#pendingIn(branch));
    return [{ name: line.at, run: () => this.#run(line, line.at as string) }];
  }

  async #run(line: Line, name: string): Promise<void> {
    const state = stateOf(line.machine, name);
    const parameters = Object.fromEntries(
      Object.entries(state.Parameters ?? {}).map(([key, value]) =>
        key.endsWith('.$') ? [key.slice(0, -2), valueAt(line.data, value)] : [key, value],
      ),
    );
    const result = copyOf(await this.#doTask(state.Resource ?? '', parameters));
    // A second run of the same task may have been faster.
    if (line.at !== name) return;
    line.data = state.ResultPath ? { ...line.data, [state.ResultPath.replace('$.', '')]: result } : result;
    goOn(line, state.Next);
    goOnAfterBranches(this.#line);
  }
}

function lineOf(machine: StatesOf, data: Data): Line {
  const line: Line = { machine, data, at: undefined, branches: [] };
  goOn(line, machine.StartAt);
  return line;
}

/** Goes to a state, and through choices to the next that has something to do. */
function goOn(line: Line, next: string | undefined): void {
  line.at = next;
  line.branches = [];
  if (next === undefined) return;
  const state = stateOf(line.machine, next);
  if (state.Type === 'Succeed') line.at = undefined;
  else if (state.Type === 'Choice') {
    const choice = state.Choices?.find(({ Variable, StringEquals }) => valueAt(line.data, Variable) === StringEquals);
    const chosen = choice?.Next ?? state.Default;
    if (!chosen) throw new Error(`${next} has no choice for this`);
    goOn(line, chosen);
  } else if (state.Type === 'Parallel') {
    line.branches = (state.Branches ?? []).map((branch) => lineOf(branch, line.data));
  }
}

function goOnAfterBranches(line: Line): void {
  for (const branch of line.branches) goOnAfterBranches(branch);
  if (line.at === undefined || line.branches.length === 0 || line.branches.some(({ at }) => at !== undefined)) return;
  goOn(line, stateOf(line.machine, line.at).Next);
}

function stateOf({ States }: StatesOf, name: string): State {
  const state = States[name];
  if (!state) throw new Error(`there is no state ${name}`);
  return state;
}

function valueAt(data: Data, path: string): unknown {
  const parts = path.split('.').slice(1);
  return parts.reduce<unknown>((at, part) => (at as Data | undefined)?.[part], data);
}

/** Step Functions hands on JSON, nothing else. */
const copyOf = (value: object): Data => JSON.parse(JSON.stringify(value));
