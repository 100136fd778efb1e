import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import type { PaymentId } from '../shared/ids.ts';
import { outcomeOf } from '../shared/settlement.ts';
import type { ExecutionClient } from './execution-client.ts';
import type { FAILED_STATUSES, FailedSettlementRepository } from './failed-settlement-repository.ts';
import type { HourlyMetricsRepository } from './hourly-metrics-repository.ts';

export interface ExecutionResult {
  readonly paymentId: PaymentId;
  /** The last part of the execution's name, without the restart suffix. */
  readonly settlement: string;
  readonly executionArn: string;
  readonly status: 'SUCCEEDED' | (typeof FAILED_STATUSES)[number];
  readonly endedAt: Date;
  /** How often it had been redriven when it ended. */
  readonly redrives: number;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

export type RecordedResult =
  /** The settlement was closed. `captureToOrder`: milliseconds from the first evidence of the capture to the order. */
  | { readonly recorded: 'success'; readonly captureToOrder?: number }
  | { readonly recorded: 'failure' }
  /** A no-op: already recorded, or the settlement is no longer open. */
  | { readonly recorded: 'nothing' };

export interface RecordResultDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'closeSettlement'>;
  readonly failed: Pick<FailedSettlementRepository, 'record' | 'remove'>;
  readonly hours: Pick<HourlyMetricsRepository, 'add'>;
  readonly workflow: Pick<ExecutionClient, 'failedSteps'>;
}

/**
 * Records an execution result. Events may be late, duplicated or out of order; the payment's `open` map decides.
 */
export const recordResult = (deps: RecordResultDeps, result: ExecutionResult): Promise<RecordedResult> =>
  result.status === 'SUCCEEDED' ? recordSuccess(deps, result) : recordFailure(deps, result, result.status);

async function recordSuccess(
  deps: RecordResultDeps,
  { paymentId, settlement, endedAt }: ExecutionResult,
): Promise<RecordedResult> {
  const closed = await deps.payments.closeSettlement(paymentId, settlement, endedAt);
  // Also when it was closed before: that run may have crashed before the removal.
  await deps.failed.remove(paymentId, settlement);
  if (!('moved' in closed)) return { recorded: 'nothing' };
  const captureToOrder = hasCreatedOrder(closed.moved, settlement) ? sinceCapture(closed.moved, endedAt) : undefined;
  const webhookToStatus = sinceWebhook(closed.moved, settlement);
  await deps.hours.add(
    endedAt,
    { [`settled.${outcomeOf(settlement)}`]: 1 },
    {
      ...(captureToOrder !== undefined && { capture_to_order: captureToOrder }),
      ...(webhookToStatus !== undefined && { webhook_to_status: webhookToStatus }),
    },
  );
  return { recorded: 'success', ...(captureToOrder !== undefined && { captureToOrder }) };
}

/**
 * A late payment got an order unless its settlement refunded it, which the payment records before the execution ends.
 */
const hasCreatedOrder = ({ status }: Payment, settlement: string): boolean =>
  settlement === 'captured' || (settlement === 'captured_late' && status !== 'refunded' && status !== 'reversed');

function sinceCapture({ history }: Payment, endedAt: Date): number | undefined {
  const captured = history.find(({ status }) => status === 'captured');
  return captured && endedAt.getTime() - Date.parse(captured.at);
}

/**
 * Milliseconds from a webhook's arrival to the status change that it caused: the one that requested the settlement, or
 * the approval before it, whose own settlement the capture superseded. Undefined when neither came from a webhook.
 */
function sinceWebhook({ history }: Payment, settlement: string): number | undefined {
  const index = history.findIndex((entry) => entry.settlement === settlement);
  const before = history[index - 1];
  const approved = before?.settlement?.startsWith('approved') ? before : undefined;
  const entry = [history[index], approved].find((candidate) => candidate?.heard_at !== undefined);
  return entry?.heard_at === undefined ? undefined : Date.parse(entry.at) - Date.parse(entry.heard_at);
}

/** Step Functions provides up to 32 kB, most of it a stack trace. */
const MAX_CAUSE_LENGTH = 1024;

async function recordFailure(
  deps: RecordResultDeps,
  { paymentId, settlement, executionArn, endedAt, redrives, error, cause }: ExecutionResult,
  status: (typeof FAILED_STATUSES)[number],
): Promise<RecordedResult> {
  const isOpen = async () => settlement in ((await deps.payments.get(paymentId))?.open ?? {});
  if (!(await isOpen())) return { recorded: 'nothing' };
  const failedSteps = await deps.workflow.failedSteps(executionArn);
  const isNew = await deps.failed.record({
    payment_id: paymentId,
    settlement,
    execution_arn: executionArn,
    redrives,
    status,
    error: error ?? null,
    cause: cause?.slice(0, MAX_CAUSE_LENGTH) ?? null,
    failed_steps: failedSteps,
    failed_at: endedAt.toISOString(),
    last_failed_at: endedAt.toISOString(),
  });
  // Its success may have been recorded concurrently, before there was an entry to remove.
  if (!(await isOpen())) {
    await deps.failed.remove(paymentId, settlement);
    return { recorded: 'nothing' };
  }
  if (!isNew) return { recorded: 'nothing' };
  await deps.hours.add(endedAt, {
    [`failed.${outcomeOf(settlement)}`]: 1,
    ...Object.fromEntries(failedSteps.map((step) => [`step_failed.${step}`, 1])),
  });
  return { recorded: 'failure' };
}
