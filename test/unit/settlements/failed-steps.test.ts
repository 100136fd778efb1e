import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { failedSteps } from '../../../src/settlements/failed-steps.ts';

/**
 * An execution history, the latest event first; each line is a type, its previous event, and a scheduled task's step.
 */
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

describe('failedSteps', () => {
  it('returns the step whose last attempt failed', () => {
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

  it('returns every step once, sorted, however often it failed', () => {
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

  it('skips a step whose retry succeeded', () => {
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

  it('returns only failures after the latest redrive', () => {
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

  it('is empty when the history does not contain the step', () => {
    const truncated = historyOf(['LambdaFunctionStarted', 7], ['LambdaFunctionFailed', 1], ['ExecutionFailed', 2]);
    const withoutStep = historyOf(['LambdaFunctionScheduled', 0, ''], ['LambdaFunctionFailed', 1]);

    expect(failedSteps(truncated)).toEqual([]);
    expect(failedSteps(withoutStep)).toEqual([]);
  });
});
