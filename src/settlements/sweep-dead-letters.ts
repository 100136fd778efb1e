import type { PaymentId } from '../shared/ids.ts';
import { executionName } from '../shared/settlement.ts';
import type { DeadLetter, DeadLetterQueue } from './dead-letter-queue.ts';
import { readExecutionStatusEvent } from './execution-status-event.ts';
import type { FailedSettlement, FailedSettlementRepository } from './failed-settlement-repository.ts';
import { type SyncResultDeps, syncResult } from './sync-result.ts';

export interface SweepDeps extends SyncResultDeps {
  readonly failed: Pick<FailedSettlementRepository, 'record' | 'remove' | 'list'>;
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
  /** Where the next sweep continues on the list; undefined: at its start. */
  readonly cursor?: string;
}

/** Limits of one sweep. SQS delivers in no order, so later sweeps receive the other messages. */
const MAX_MESSAGES = 200;
const MAX_ENTRIES = 100;
/**
 * Far below the request quotas of Step Functions:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const CONCURRENCY = 10;

/**
 * Synchronises the dead-letter queue and the list of failed settlements with the payments: removes settlements that are
 * no longer open from both, and adds failures found only on the queue to the list. Results come from Step Functions.
 * Safe to run concurrently.
 * @param deadline no batch starts after it
 * @param cursor of the previous sweep
 */
export async function sweepDeadLetters(deps: SweepDeps, deadline: Date, cursor?: string): Promise<SweepResult> {
  const inTime = () => deps.now() < deadline;
  const isOpen = openCheck(deps);
  const list = await sweepList(deps, isOpen, inTime, cursor);
  return { ...list, ...(await sweepQueue(deps, isOpen, inTime)) };
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
): Promise<Pick<SweepResult, 'closed' | 'cursor'>> {
  let closed = 0;
  let cursor = start;
  for (let seen = 0; seen < MAX_ENTRIES && inTime(); seen += CONCURRENCY) {
    const page = await deps.failed.list(CONCURRENCY, cursor);
    await Promise.all(
      page.failed.map(async (entry) => {
        try {
          if (await isOpen(entry.payment_id, entry.settlement, entry)) return;
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
  return { closed, ...(cursor !== undefined && { cursor }) };
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
