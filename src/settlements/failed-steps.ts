import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';

const FAILED_TYPES: ReadonlySet<string> = new Set([
  'LambdaFunctionFailed',
  'LambdaFunctionTimedOut',
  'LambdaFunctionScheduleFailed',
  'LambdaFunctionStartFailed',
]);

/** The input of a task. */
const taskSchema = z.pipe(
  z.transform((text) => JSON.parse(String(text))),
  z.object({ step: z.string() }),
);

/**
 * The steps whose last attempt since the latest redrive failed. A failure event does not name its step; the event that
 * scheduled the task, which it links back to, does.
 * @param events of the execution's history, the latest first
 */
export function failedSteps(events: readonly HistoryEvent[]): string[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const stepOf = (event: HistoryEvent | undefined): string | undefined => {
    if (!event) return undefined;
    const { input } = event.lambdaFunctionScheduledEventDetails ?? {};
    if (input === undefined) return stepOf(byId.get(event.previousEventId));
    return z.safeParse(taskSchema, input).data?.step;
  };

  const redriven = events.findIndex(({ type }) => type === 'ExecutionRedriven');
  const failed = new Map<string, boolean>();
  for (const event of redriven < 0 ? events : events.slice(0, redriven)) {
    const { type = '' } = event;
    if (!FAILED_TYPES.has(type) && type !== 'LambdaFunctionSucceeded') continue;
    const step = stepOf(event);
    if (step && !failed.has(step)) failed.set(step, FAILED_TYPES.has(type));
  }
  return [...failed]
    .filter(([, hasFailed]) => hasFailed)
    .map(([step]) => step)
    .sort();
}
