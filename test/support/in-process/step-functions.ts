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

/** An execution with its status and history. */
interface ExecutionState {
  readonly arn: string;
  readonly execution: Execution;
  readonly history: HistoryEvent[];
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  stopDate?: Date;
  redrives: number;
  /** Attempts of each task since the start or the last redrive. */
  attempts: Map<string, number>;
}

/**
 * The EventBridge event of a finished execution:
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
interface ExecutionStatusEvent {
  readonly detail: {
    readonly executionArn: string;
    readonly name: string;
    readonly status: 'SUCCEEDED' | 'FAILED';
    readonly stopDate: number;
    readonly redriveCount: number;
  };
}

/** One attempt and eight retries, as in the state machine's definition. */
const MAX_ATTEMPTS = 9;
const $metadata = {};

/**
 * The Step Functions API calls that the shop uses, with their semantics on AWS, on top of the interpreter in
 * in-memory/workflow.ts. Nothing runs on its own.
 */
export function stepFunctionsInProcess(stateMachineArn: string, doTask: DoTask) {
  const executions = new Map<string, ExecutionState>();
  const arnOf = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const find = (arn = '') => {
    const found = [...executions.values()].find((one) => one.arn === arn);
    if (!found) throw new ExecutionDoesNotExist({ message: arn, $metadata });
    return found;
  };

  /** Runs a task and records its history events. */
  const recording =
    (history: HistoryEvent[]): DoTask =>
    async (resource, parameters) => {
      const record = (type: HistoryEvent['type'], more: Partial<HistoryEvent> = {}) =>
        history.push({ id: history.length + 1, timestamp: new Date(), type, ...more });
      const previousEventId = record('LambdaFunctionScheduled', {
        lambdaFunctionScheduledEventDetails: { resource, input: JSON.stringify(parameters) },
      });
      try {
        const result = await doTask(resource, parameters);
        record('LambdaFunctionSucceeded', { previousEventId });
        return result;
      } catch (error) {
        record('LambdaFunctionFailed', { previousEventId });
        throw error;
      }
    };

  const standIns = {
    async StartExecutionCommand({ name = '', input = '{}' }: StartExecutionCommandInput) {
      if (executions.has(name)) throw new ExecutionAlreadyExists({ message: name, $metadata });
      const history: HistoryEvent[] = [];
      const execution = new Execution(name, JSON.parse(input), recording(history));
      const arn = arnOf(name);
      executions.set(name, { arn, execution, history, status: 'RUNNING', redrives: 0, attempts: new Map() });
      return { executionArn: arn, startDate: new Date() };
    },
    async DescribeExecutionCommand({ executionArn }: DescribeExecutionCommandInput) {
      const { arn, execution, status, stopDate, redrives } = find(executionArn);
      const redriveStatus = status === 'FAILED' ? 'REDRIVABLE' : 'NOT_REDRIVABLE';
      return { executionArn: arn, name: execution.name, status, stopDate, redriveCount: redrives, redriveStatus };
    },
    async ListExecutionsCommand({ statusFilter }: ListExecutionsCommandInput) {
      const listed = [...executions.values()]
        .filter(({ status }) => status === statusFilter)
        .map(({ arn, execution, stopDate }) => ({ executionArn: arn, name: execution.name, stopDate }));
      return { executions: listed };
    },
    async RedriveExecutionCommand({ executionArn }: RedriveExecutionCommandInput) {
      const found = find(executionArn);
      if (found.status !== 'FAILED') throw new ExecutionNotRedrivable({ message: found.status, $metadata });
      const redrives = found.redrives + 1;
      Object.assign(found, { status: 'RUNNING', stopDate: undefined, redrives, attempts: new Map() });
      found.history.push({ id: found.history.length + 1, timestamp: new Date(), type: 'ExecutionRedriven' });
      return { redriveDate: new Date() };
    },
    async GetExecutionHistoryCommand({ executionArn }: GetExecutionHistoryCommandInput) {
      return { events: find(executionArn).history.toReversed() };
    },
  };

  return {
    standIns,

    /** All executions, oldest first. */
    executions: () => [...executions.values()],

    clear: () => executions.clear(),

    /**
     * Runs the pending task with the fewest attempts once. Without `retry`, its failure fails the execution.
     * @returns the EventBridge event when the execution has ended
     */
    async runTask(state: ExecutionState, { retry }: { retry: boolean }): Promise<ExecutionStatusEvent | undefined> {
      const attemptsOf = ({ name }: { readonly name: string }) => state.attempts.get(name) ?? 0;
      const [task] = state.execution.pending().toSorted((a, b) => attemptsOf(a) - attemptsOf(b));
      if (!task) throw new Error(`${state.execution.name} has no pending task`);
      const attempt = attemptsOf(task) + 1;
      state.attempts.set(task.name, attempt);
      const failed = await task.run().then(
        () => false,
        () => !retry || attempt === MAX_ATTEMPTS,
      );
      if (!failed && !state.execution.succeeded) return undefined;
      state.status = failed ? 'FAILED' : 'SUCCEEDED';
      state.stopDate = new Date();
      const { arn: executionArn, execution, status, redrives: redriveCount } = state;
      return { detail: { executionArn, name: execution.name, status, stopDate: Date.now(), redriveCount } };
    },
  };
}
