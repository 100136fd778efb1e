import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';

const FAILED: ReadonlySet<string> = new Set([
  'LambdaFunctionFailed',
  'LambdaFunctionTimedOut',
  'LambdaFunctionScheduleFailed',
  'LambdaFunctionStartFailed',
]);

/** What a task of the workflow hands to its function. */
const taskSchema = z.pipe(
  z.transform((text) => JSON.parse(String(text))),
  z.object({ step: z.string() }),
);

/**
 * The steps whose last try failed, since the execution's latest redrive. A failure names no step, but leads back to the event that
 * scheduled it, which does.
 * @param events of an execution's history, the latest first, as many as there are
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
    if (!FAILED.has(type) && type !== 'LambdaFunctionSucceeded') continue;
    const step = stepOf(event);
    if (step && !failed.has(step)) failed.set(step, FAILED.has(type));
  }
  return [...failed]
    .filter(([, did]) => did)
    .map(([step]) => step)
    .sort();
}
