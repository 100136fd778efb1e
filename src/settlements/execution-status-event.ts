import * as z from 'zod/mini';
import { settlementOf } from '../shared/settlement.ts';
import { FAILED_STATUSES } from './failed-settlement-repository.ts';
import type { ExecutionResult } from './record-result.ts';

/**
 * The EventBridge event of an execution that ended. `error` and `cause` are null or absent after a success.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const eventSchema = z.object({
  detail: z.object({
    executionArn: z.string(),
    name: z.string(),
    status: z.enum(['SUCCEEDED', ...FAILED_STATUSES]),
    /** Milliseconds since 1970. */
    stopDate: z.int(),
    redriveCount: z.nullish(z.int()),
    error: z.nullish(z.string()),
    cause: z.nullish(z.string()),
  }),
});

/** @throws Error for another event, or an execution whose name has no payment id. */
export function readExecutionStatusEvent(event: unknown): ExecutionResult {
  const { executionArn, name, status, stopDate, redriveCount, error, cause } = z.parse(eventSchema, event).detail;
  const settlement = settlementOf(name);
  if (!settlement) throw new Error(`execution ${name} has no payment id in its name`);
  return {
    ...settlement,
    executionArn,
    status,
    endedAt: new Date(stopDate),
    redrives: redriveCount ?? 0,
    error: error ?? undefined,
    cause: cause ?? undefined,
  };
}
