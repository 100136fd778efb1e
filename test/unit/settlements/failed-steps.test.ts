import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { failedSteps } from '../../../src/settlements/failed-steps.ts';

/** A history as AWS writes it, the latest event first; each line is a type, or that of a task with its step. */
function historyOf(...lines: readonly (readonly [type: string, previous: number, step?: string])[]): HistoryEvent[] {
  return lines
    .map(
      ([type, previousEventId, step], i) =>
        ({
          id: i + 1,
          previousEventId,
          type,
          timestamp: new Date(0),
          ...(step && {
            lambdaFunctionScheduledEventDetails: { resource: 'arn', input: JSON.stringify({ step, settlement: {} }) },
          }),
        }) as HistoryEvent,
    )
    .toReversed();
}

const START = [
  ['ExecutionStarted', 0],
  ['ParallelStateEntered', 1],
  ['ParallelStateStarted', 2],
] as const;
const COMMITTED = [
  ['LambdaFunctionScheduled', 3, 'CommitStock'],
  ['LambdaFunctionStarted', 4],
  ['LambdaFunctionSucceeded', 5],
] as const;

it('names the step whose last try failed', () => {
  const history = historyOf(
    ...START,
    ...COMMITTED,
    ['LambdaFunctionScheduled', 3, 'CreateOrder'],
    ['LambdaFunctionStarted', 7],
    ['LambdaFunctionFailed', 8],
    ['ParallelStateFailed', 9],
    ['ExecutionFailed', 9],
  );

  expect(failedSteps(history)).toEqual(['CreateOrder']);
});

it('names every such step once, however often and in whatever way it failed', () => {
  const history = historyOf(
    ...START,
    ['LambdaFunctionScheduled', 3, 'CreateOrder'],
    ['LambdaFunctionTimedOut', 4],
    ['LambdaFunctionScheduled', 5, 'CreateOrder'],
    ['LambdaFunctionTimedOut', 6],
    ['LambdaFunctionScheduled', 3, 'CommitStock'],
    ['LambdaFunctionScheduleFailed', 8],
    ['ExecutionFailed', 9],
  );

  expect(failedSteps(history)).toEqual(['CommitStock', 'CreateOrder']);
});

it('does not name a step that worked in the end', () => {
  const history = historyOf(
    ...START,
    ['LambdaFunctionScheduled', 3, 'CommitStock'],
    ['LambdaFunctionStarted', 4],
    ['LambdaFunctionFailed', 5],
    ['LambdaFunctionScheduled', 6, 'CommitStock'],
    ['LambdaFunctionStarted', 7],
    ['LambdaFunctionSucceeded', 8],
    ['ExecutionAborted', 0],
  );

  expect(failedSteps(history)).toEqual([]);
});

it('names, after a redrive, what failed since', () => {
  const history = historyOf(
    ...START,
    ['LambdaFunctionScheduled', 3, 'CommitStock'],
    ['LambdaFunctionStarted', 4],
    ['LambdaFunctionFailed', 5],
    ['ExecutionFailed', 6],
    ['ExecutionRedriven', 7],
    ['LambdaFunctionScheduled', 6, 'CreateOrder'],
    ['LambdaFunctionStarted', 9],
    ['LambdaFunctionFailed', 10],
    ['ExecutionFailed', 11],
  );

  expect(failedSteps(history)).toEqual(['CreateOrder']);
});

it('names nothing where the history does not tell', () => {
  const lost = historyOf(['LambdaFunctionStarted', 7], ['LambdaFunctionFailed', 1], ['ExecutionFailed', 2]);
  const strange = historyOf(['LambdaFunctionScheduled', 0, ''], ['LambdaFunctionFailed', 1]);

  expect(failedSteps(lost)).toEqual([]);
  expect(failedSteps(strange)).toEqual([]);
});
