import {
  type DescribeExecutionCommandInput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  type GetExecutionHistoryCommandInput,
  type HistoryEvent,
  type ListExecutionsCommandInput,
  type RedriveExecutionCommandInput,
  type StartExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { type DoTask, Execution } from '../in-memory/workflow.ts';

/** An execution and what has become of it. */
interface Run {
  readonly arn: string;
  readonly execution: Execution;
  readonly history: HistoryEvent[];
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  stopDate?: Date;
  redrives: number;
  /** How often each task was tried since the start, or the last redrive. */
  tries: Map<string, number>;
}

/** What EventBridge tells of an execution's end: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
interface End {
  readonly detail: {
    readonly executionArn: string;
    readonly name: string;
    readonly status: 'SUCCEEDED' | 'FAILED';
    readonly stopDate: number;
    readonly redriveCount: number;
  };
}

/** As often as the definition says: once, and eight times more. */
const MOST_TRIES = 9;
const $metadata = {};

/**
 * Step Functions as far as the shop uses it, with the meaning that its calls have on AWS, over the interpreter of workflow-in-memory.ts.
 * Nothing runs by itself.
 */
export function stepFunctionsInProcess(stateMachineArn: string, doTask: DoTask) {
  const runs = new Map<string, Run>();
  const arnOf = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const find = (arn = '') => {
    const run = [...runs.values()].find((one) => one.arn === arn);
    if (!run) throw new ExecutionDoesNotExist({ message: arn, $metadata });
    return run;
  };

  /** Does a task, and writes down what the history of an execution says of it. */
  const noting =
    (history: HistoryEvent[]): DoTask =>
    async (resource, parameters) => {
      const note = (type: HistoryEvent['type'], more: Partial<HistoryEvent> = {}) =>
        history.push({ id: history.length + 1, timestamp: new Date(), type, ...more });
      const previousEventId = note('LambdaFunctionScheduled', {
        lambdaFunctionScheduledEventDetails: { resource, input: JSON.stringify(parameters) },
      });
      try {
        const result = await doTask(resource, parameters);
        note('LambdaFunctionSucceeded', { previousEventId });
        return result;
      } catch (error) {
        note('LambdaFunctionFailed', { previousEventId });
        throw error;
      }
    };

  const standIns = {
    async StartExecutionCommand({ name = '', input = '{}' }: StartExecutionCommandInput) {
      if (runs.has(name)) throw new ExecutionAlreadyExists({ message: name, $metadata });
      const history: HistoryEvent[] = [];
      const execution = new Execution(name, JSON.parse(input), noting(history));
      runs.set(name, { arn: arnOf(name), execution, history, status: 'RUNNING', redrives: 0, tries: new Map() });
      return { executionArn: arnOf(name), startDate: new Date() };
    },
    async DescribeExecutionCommand({ executionArn }: DescribeExecutionCommandInput) {
      const { arn, execution, status, stopDate, redrives } = find(executionArn);
      const redriveStatus = status === 'FAILED' ? 'REDRIVABLE' : 'NOT_REDRIVABLE';
      return { executionArn: arn, name: execution.name, status, stopDate, redriveCount: redrives, redriveStatus };
    },
    async ListExecutionsCommand({ statusFilter }: ListExecutionsCommandInput) {
      const executions = [...runs.values()]
        .filter(({ status }) => status === statusFilter)
        .map(({ arn, execution, stopDate }) => ({ executionArn: arn, name: execution.name, stopDate }));
      return { executions };
    },
    async RedriveExecutionCommand({ executionArn }: RedriveExecutionCommandInput) {
      const run = find(executionArn);
      if (run.status !== 'FAILED') throw new ExecutionNotRedrivable({ message: run.status, $metadata });
      Object.assign(run, { status: 'RUNNING', stopDate: undefined, redrives: run.redrives + 1, tries: new Map() });
      run.history.push({ id: run.history.length + 1, timestamp: new Date(), type: 'ExecutionRedriven' });
      return { redriveDate: new Date() };
    },
    async GetExecutionHistoryCommand({ executionArn }: GetExecutionHistoryCommandInput) {
      return { events: find(executionArn).history.toReversed() };
    },
  };

  return {
    standIns,

    /** All executions, in the order of their starts. */
    runs: () => [...runs.values()],

    /** Forgets everything. */
    clear: () => runs.clear(),

    /**
     * Tries one task of an execution, the one that was tried least. Whoever is `impatient` does not try again what failed.
     * @returns what EventBridge tells if that was the end.
     */
    async work(run: Run, impatient: boolean): Promise<End | undefined> {
      const triesOf = ({ name }: { readonly name: string }) => run.tries.get(name) ?? 0;
      const [task] = run.execution.pending().toSorted((a, b) => triesOf(a) - triesOf(b));
      if (!task) throw new Error(`${run.execution.name} has nothing left to do`);
      const tries = triesOf(task) + 1;
      run.tries.set(task.name, tries);
      const failed = await task.run().then(
        () => false,
        () => impatient || tries === MOST_TRIES,
      );
      if (!failed && !run.execution.succeeded) return undefined;
      run.status = failed ? 'FAILED' : 'SUCCEEDED';
      run.stopDate = new Date();
      const { arn: executionArn, execution, status, redrives: redriveCount } = run;
      return { detail: { executionArn, name: execution.name, status, stopDate: Date.now(), redriveCount } };
    },
  };
}
