import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import type { PaymentId } from '../shared/ids.ts';
import { outcomeOf } from '../shared/settlement.ts';
import type { ExecutionClient } from './execution-client.ts';
import type { FAILED_STATUSES, FailedSettlementRepository } from './failed-settlement-repository.ts';
import type { HourlyMetricsRepository } from './hourly-metrics-repository.ts';

/** How an execution ended. */
export interface ExecutionResult {
  readonly paymentId: PaymentId;
  /** The last part of the execution's name, without what a further start adds to it. */
  readonly settlement: string;
  readonly executionArn: string;
  readonly status: 'SUCCEEDED' | (typeof FAILED_STATUSES)[number];
  readonly endedAt: Date;
  /** How often it had been redriven by then. */
  readonly redrives: number;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** What became of the news of an end. */
export type RecordedResult =
  /** The payment has that settlement behind it. `captureToOrder`: milliseconds from the money to the order. */
  | { readonly recorded: 'success'; readonly captureToOrder?: number }
  | { readonly recorded: 'failure' }
  /** It was known, or says nothing any more: the settlement has succeeded, or is not needed. */
  | { readonly recorded: 'nothing' };

/** What `recordEnd` works with. */
export interface RecordResultDeps {
  readonly payments: Pick<PaymentRepository, 'get' | 'closeSettlement'>;
  readonly failed: Pick<FailedSettlementRepository, 'note' | 'remove'>;
  readonly hours: Pick<HourlyMetricsRepository, 'add'>;
  readonly workflow: Pick<ExecutionClient, 'failedSteps'>;
}

/**
 * Takes down how an execution ended. The news may come late, twice, in any order, or again after a redrive: what counts is whether
 * the payment still has that settlement open.
 */
export const recordResult = (deps: RecordResultDeps, end: ExecutionResult): Promise<RecordedResult> =>
  end.status === 'SUCCEEDED' ? recordSuccess(deps, end) : recordFailure(deps, end, end.status);

async function recordSuccess(
  deps: RecordResultDeps,
  { paymentId, settlement, endedAt }: ExecutionResult,
): Promise<RecordedResult> {
  const closed = await deps.payments.closeSettlement(paymentId, settlement, endedAt);
  // Also when it was closed before: whoever did may have got no further.
  await deps.failed.remove(paymentId, settlement);
  if (!('moved' in closed)) return { recorded: 'nothing' };
  const captureToOrder = hasMadeOrder(closed.moved, settlement) ? sinceCapture(closed.moved, endedAt) : undefined;
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

/** Late money led to an order, unless the settlement gave it back: the payment knows that before the settlement ends. */
const hasMadeOrder = ({ status }: Payment, settlement: string): boolean =>
  settlement === 'captured' || (settlement === 'captured_late' && status !== 'refunded' && status !== 'reversed');

function sinceCapture({ history }: Payment, endedAt: Date): number | undefined {
  const captured = history.find(({ status }) => status === 'captured');
  return captured && endedAt.getTime() - Date.parse(captured.at);
}

/**
 * Milliseconds from a webhook to the status that it told of: the one that asked for the settlement, or the approval right before it, whose own
 * settlement is never closed because the money makes it pointless. Undefined where no webhook told of either.
 */
function sinceWebhook({ history }: Payment, settlement: string): number | undefined {
  const asked = history.findIndex((one) => one.settlement === settlement);
  const before = history[asked - 1];
  const approved = before?.settlement?.startsWith('approved') ? before : undefined;
  const told = [history[asked], approved].find((chapter) => chapter?.heard_at !== undefined);
  return told?.heard_at === undefined ? undefined : Date.parse(told.at) - Date.parse(told.heard_at);
}

/** Step Functions gives up to 32 kB, most of it a stack. */
const MAX_CAUSE_LENGTH = 1024;

async function recordFailure(
  deps: RecordResultDeps,
  { paymentId, settlement, executionArn, endedAt, redrives, error, cause }: ExecutionResult,
  status: (typeof FAILED_STATUSES)[number],
): Promise<RecordedResult> {
  const isOpen = async () => settlement in ((await deps.payments.get(paymentId))?.open ?? {});
  if (!(await isOpen())) return { recorded: 'nothing' };
  const failedSteps = await deps.workflow.failedSteps(executionArn);
  const noted = await deps.failed.note({
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
  // Its success may have been taken down meanwhile, before there was an entry to remove.
  if (!(await isOpen())) {
    await deps.failed.remove(paymentId, settlement);
    return { recorded: 'nothing' };
  }
  if (!noted) return { recorded: 'nothing' };
  await deps.hours.add(endedAt, {
    [`failed.${outcomeOf(settlement)}`]: 1,
    ...Object.fromEntries(failedSteps.map((step) => [`step_failed.${step}`, 1])),
  });
  return { recorded: 'failure' };
}
