import * as z from 'zod/mini';
import { settlementOf } from '../shared/settlement.ts';
import { FAILED_STATUSES } from './failed-settlement-repository.ts';
import type { ExecutionResult } from './record-result.ts';

/**
 * EventBridge's news that an execution has ended, as far as it is needed. Error and cause are null or missing where nothing failed.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const endEventSchema = z.object({
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

/**
 * Reads the news of an end.
 * @throws Error when it is none, or of an execution that belongs to no payment.
 */
export function readExecutionStatusEvent(event: unknown): ExecutionResult {
  const { executionArn, name, status, stopDate, redriveCount, error, cause } = z.parse(endEventSchema, event).detail;
  const settlement = settlementOf(name);
  if (!settlement) throw new Error(`execution ${name} belongs to no payment`);
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
