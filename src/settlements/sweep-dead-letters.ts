import type { PaymentId } from '../shared/ids.ts';
import { executionName } from '../shared/settlement.ts';
import type { DeadLetter, DeadLetterQueue } from './dead-letter-queue.ts';
import { readExecutionStatusEvent } from './execution-status-event.ts';
import type { FailedSettlement, FailedSettlementRepository } from './failed-settlement-repository.ts';
import { type SyncResultDeps, syncResult } from './sync-result.ts';

/** What `sweepDeadLetters` works with. */
export interface SweepDeps extends SyncResultDeps {
  readonly failed: Pick<FailedSettlementRepository, 'note' | 'remove' | 'list'>;
  readonly queue: DeadLetterQueue;
  readonly now: () => Date;
  /** Hears why one message or entry could not be dealt with; the others are. */
  readonly onError: (error: unknown) => void;
}

/** What a sweep found. */
export interface SweepResult {
  /** Messages that were looked at. */
  readonly looked_at: number;
  /** Of these, the ones whose settlement was not to be done any more. */
  readonly removed: number;
  /** Of these, the ones that stay. */
  readonly left: number;
  /** Entries of the list of failed settlements that were closed. */
  readonly closed: number;
  /** Where on the list the next sweep is to go on; nothing: from its start. */
  readonly cursor?: string;
}

/** A sweep's bounds. A busy queue's messages come in any order, so later sweeps see the others. */
const MOST_MESSAGES = 200;
const MOST_ENTRIES = 100;
/** Together, and far below what Step Functions allows: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const AT_ONCE = 10;

/**
 * Brings the dead letter queue and the list of failed settlements in line with the payments: what is done, or need not be done any
 * more, goes off both; what is on the queue alone, goes on the list too. In doubt Step Functions is asked. Two at once do no harm.
 * @param deadline after which nothing more is begun
 * @param cursor of the sweep before
 */
export async function sweepDeadLetters(deps: SweepDeps, deadline: Date, cursor?: string): Promise<SweepResult> {
  const inTime = () => deps.now() < deadline;
  const look = looking(deps);
  const list = await sweepList(deps, look, inTime, cursor);
  return { ...list, ...(await sweepQueue(deps, look, inTime)) };
}

/** Whether a settlement is still to be done. */
type Look = (paymentId: PaymentId, settlement: string, known?: FailedSettlement) => Promise<boolean>;

/** Looks at each settlement once in a sweep, however many messages speak of it. */
function looking(deps: SweepDeps): Look {
  const looks = new Map<string, Promise<boolean>>();
  const look: Look = async (paymentId, settlement, known) => {
    const payment = await deps.payments.get(paymentId);
    // A message about a payment that is not there is for a person to look at.
    if (!payment) return true;
    if (!(settlement in payment.open)) return false;
    const latest = await syncResult(deps, paymentId, settlement, known);
    return latest?.execution.status !== 'SUCCEEDED';
  };
  return (paymentId, settlement, known) => {
    const id = executionName(paymentId, settlement);
    const looked = looks.get(id) ?? look(paymentId, settlement, known);
    looks.set(id, looked);
    return looked;
  };
}

async function sweepList(
  deps: SweepDeps,
  look: Look,
  inTime: () => boolean,
  start: string | undefined,
): Promise<Pick<SweepResult, 'closed' | 'cursor'>> {
  let closed = 0;
  let cursor = start;
  for (let seen = 0; seen < MOST_ENTRIES && inTime(); seen += AT_ONCE) {
    const page = await deps.failed.list(AT_ONCE, cursor);
    await Promise.all(
      page.failed.map(async (entry) => {
        try {
          if (await look(entry.payment_id, entry.settlement, entry)) return;
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
  look: Look,
  inTime: () => boolean,
): Promise<Pick<SweepResult, 'looked_at' | 'removed' | 'left'>> {
  const { queue } = deps;
  const stay: DeadLetter[] = [];
  let removed = 0;
  const takenOff = async (letter: DeadLetter): Promise<boolean> => {
    try {
      const { paymentId, settlement } = readExecutionStatusEvent(JSON.parse(letter.body));
      if (await look(paymentId, settlement)) return false;
      await queue.remove(letter);
      return true;
    } catch (error) {
      deps.onError(error);
      return false;
    }
  };
  // What stays is hidden until the end, or it would be seen again at once.
  try {
    while (stay.length + removed < MOST_MESSAGES && inTime()) {
      const letters = await queue.receive();
      if (letters.length === 0) break;
      await Promise.all(
        letters.map(async (letter) => {
          if (await takenOff(letter)) removed++;
          else stay.push(letter);
        }),
      );
    }
  } finally {
    await Promise.all(stay.map((letter) => queue.putBack(letter).catch(deps.onError)));
  }
  return { looked_at: stay.length + removed, removed, left: stay.length };
}
