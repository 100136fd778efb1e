import type { PaymentId } from '../shared/ids.ts';
import { executionName, outcomeOf } from '../shared/settlement.ts';
import type { DeadLetter, DeadLetterQueue } from './dead-letter-queue.ts';
import { readExecutionStatusEvent } from './execution-status-event.ts';
import type { FailedSettlement, FailedSettlementRepository } from './failed-settlement-repository.ts';
import { type RetryDeps, retrySettlement } from './retry-settlement.ts';
import { syncResult } from './sync-result.ts';

export interface SweepDeps extends RetryDeps {
  readonly failed: Pick<FailedSettlementRepository, 'record' | 'remove' | 'list' | 'count'>;
  readonly queue: DeadLetterQueue;
  readonly now: () => Date;
  /** Called for each message or entry that could not be processed; the sweep continues. */
  readonly onError: (error: unknown) => void;
}

export interface SweepResult {
  /** Messages received. */
  readonly looked_at: number;
  /** Of these, removed: their settlement is no longer open. */
  readonly removed: number;
  /** Of these, put back. */
  readonly left: number;
  /** Entries removed from the list of failed settlements. */
  readonly closed: number;
  /** Captures of approved payments that were started again. */
  readonly retried: number;
  /** Entries left on the list; counted up to some hundred. */
  readonly waiting: number;
  /** Where the next sweep continues on the list; undefined: at its start. */
  readonly cursor?: string;
}

/** Limits of one sweep. SQS delivers in no order, so later sweeps receive the other messages. */
const MAX_MESSAGES = 200;
const MAX_ENTRIES = 200;
/** More than this have a common cause. */
const MAX_COUNTED = 1000;
/**
 * Far below the request quotas of Step Functions:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const CONCURRENCY = 10;

const MINUTE_MS = 60_000;
/** PayPal keeps an approved order for three hours: https://developer.paypal.com/docs/api/orders/v2/ */
const APPROVAL_MS = 180 * MINUTE_MS;
const MIN_RETRY_DELAY_MS = 5 * MINUTE_MS;
const MAX_RETRY_DELAY_MS = 20 * MINUTE_MS;

/**
 * Whether the capture of an approved payment is retried now: with exponential backoff, as long as PayPal keeps the
 * approval. After an outage of PayPal, the sale would else be lost without an operator. Other settlements wait for one.
 */
function isRetryDue(
  { settlement, failed_at, last_failed_at }: Pick<FailedSettlement, 'settlement' | 'failed_at' | 'last_failed_at'>,
  now: Date,
): boolean {
  if (!['approved', 'approved_late'].includes(outcomeOf(settlement))) return false;
  const [first, last] = [Date.parse(failed_at), Date.parse(last_failed_at)];
  const delay = Math.min(Math.max(last - first, MIN_RETRY_DELAY_MS), MAX_RETRY_DELAY_MS);
  return now.getTime() - last >= delay && now.getTime() - first < APPROVAL_MS;
}

/**
 * Synchronises the dead-letter queue and the list of failed settlements with the payments: removes settlements that are
 * no longer open from both, adds failures found only on the queue to the list, and retries the captures of approved
 * payments. Results come from Step Functions. Safe to run concurrently.
 * @param deadline no batch starts after it
 * @param cursor of the previous sweep
 */
export async function sweepDeadLetters(deps: SweepDeps, deadline: Date, cursor?: string): Promise<SweepResult> {
  const inTime = () => deps.now() < deadline;
  const isOpen = openCheck(deps);
  const list = await sweepList(deps, isOpen, inTime, cursor);
  const queue = await sweepQueue(deps, isOpen, inTime);
  return { ...list, ...queue, waiting: (await deps.failed.count(MAX_COUNTED)).matching };
}

type IsOpen = (paymentId: PaymentId, settlement: string, recorded?: FailedSettlement) => Promise<boolean>;

/** Checks each settlement once per sweep, however many messages it has. */
function openCheck(deps: SweepDeps): IsOpen {
  const checks = new Map<string, Promise<boolean>>();
  const check: IsOpen = async (paymentId, settlement, recorded) => {
    const payment = await deps.payments.get(paymentId);
    // Payment not found: the message stays for an operator.
    if (!payment) return true;
    if (!(settlement in payment.open)) return false;
    const latest = await syncResult(deps, paymentId, settlement, recorded);
    return latest?.execution.status !== 'SUCCEEDED';
  };
  return (paymentId, settlement, recorded) => {
    const id = executionName(paymentId, settlement);
    const checked = checks.get(id) ?? check(paymentId, settlement, recorded);
    checks.set(id, checked);
    return checked;
  };
}

async function sweepList(
  deps: SweepDeps,
  isOpen: IsOpen,
  inTime: () => boolean,
  start: string | undefined,
): Promise<Pick<SweepResult, 'closed' | 'retried' | 'cursor'>> {
  let closed = 0;
  let retried = 0;
  let cursor = start;
  for (let seen = 0; seen < MAX_ENTRIES && inTime(); seen += CONCURRENCY) {
    const page = await deps.failed.list(CONCURRENCY, cursor);
    await Promise.all(
      page.failed.map(async (entry) => {
        try {
          if (await isOpen(entry.payment_id, entry.settlement, entry)) {
            if (isRetryDue(entry, deps.now())) retried += await retry(deps, entry);
            return;
          }
          await deps.failed.remove(entry.payment_id, entry.settlement);
          closed++;
        } catch (error) {
          deps.onError(error);
        }
      }),
    );
    cursor = page.cursor;
    if (cursor === undefined) break;
  }
  return { closed, retried, ...(cursor !== undefined && { cursor }) };
}

/** @returns how many executions it started: none when one is running */
async function retry(deps: SweepDeps, { payment_id, settlement }: FailedSettlement): Promise<number> {
  const result = await retrySettlement(deps, payment_id, settlement);
  const settlements = result.outcome === 'retried' ? result.settlements : [];
  return settlements.filter(({ outcome }) => outcome !== 'running' && outcome !== 'succeeded').length;
}

async function sweepQueue(
  deps: SweepDeps,
  isOpen: IsOpen,
  inTime: () => boolean,
): Promise<Pick<SweepResult, 'looked_at' | 'removed' | 'left'>> {
  const { queue } = deps;
  const kept: DeadLetter[] = [];
  let removed = 0;
  const removeIfClosed = async (message: DeadLetter): Promise<boolean> => {
    try {
      const { paymentId, settlement } = readExecutionStatusEvent(JSON.parse(message.body));
      if (await isOpen(paymentId, settlement)) return false;
      await queue.remove(message);
      return true;
    } catch (error) {
      deps.onError(error);
      return false;
    }
  };
  // Kept messages stay invisible until the end, or this sweep would receive them again.
  try {
    while (kept.length + removed < MAX_MESSAGES && inTime()) {
      const messages = await queue.receive();
      if (messages.length === 0) break;
      await Promise.all(
        messages.map(async (message) => {
          if (await removeIfClosed(message)) removed++;
          else kept.push(message);
        }),
      );
    }
  } finally {
    await Promise.all(kept.map((message) => queue.putBack(message).catch(deps.onError)));
  }
  return { looked_at: kept.length + removed, removed, left: kept.length };
}
