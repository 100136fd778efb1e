import { MAX_BATCH_GET } from '../shared/dynamo.ts';
import type { SessionId } from '../shared/ids.ts';
import { inBatches } from '../shared/in-batches.ts';
import type { CheckQueue } from './check-queue.ts';
import { MAX_DELAY_SECONDS } from './check-times.ts';
import type { CheckContext } from './checks/check-context.ts';
import { purchaseViolations } from './checks/purchase.ts';
import type { Violation } from './checks/violation.ts';
import type { FindingRepository } from './finding-repository.ts';
import { type PurchaseRows, readPurchases } from './read-purchases.ts';

export interface CheckChangesDeps {
  readonly tables: PurchaseRows;
  readonly findings: Pick<FindingRepository, 'put'>;
  readonly queue: Pick<CheckQueue, 'send'>;
}

export interface CheckChangesResult {
  readonly checked: number;
  readonly violations: readonly Violation[];
  /** Purchases in flight, to be checked again. */
  readonly postponed: number;
}

/** Longer than a session may hold stock, and the job that releases it may be late. */
const HORIZON_MS = 3_600_000;

const CONCURRENCY = 10;

/**
 * Checks purchases whose changes have aged past the grace period. One that is in flight, but would be in violation if it
 * stayed as it is, is checked again later. Idempotent, as SQS delivers at least once.
 */
export async function checkChanges(
  { tables, findings, queue }: CheckChangesDeps,
  ids: readonly SessionId[],
  context: CheckContext,
): Promise<CheckChangesResult> {
  const changed = [...new Set(ids)];
  const later = { ...context, now: new Date(context.now.getTime() + HORIZON_MS) };
  const violations: Violation[] = [];
  const postponed: SessionId[] = [];
  for (let i = 0; i < changed.length; i += MAX_BATCH_GET) {
    const page = changed.slice(i, i + MAX_BATCH_GET);
    for (const [j, purchase] of (await readPurchases(tables, page)).entries()) {
      const found = purchaseViolations(purchase, context);
      violations.push(...found);
      const id = page[j];
      if (found.length === 0 && id && purchaseViolations(purchase, later).length > 0) postponed.push(id);
    }
  }
  await inBatches(violations, CONCURRENCY, (violation) => findings.put(violation, context.now));
  await queue.send(postponed, MAX_DELAY_SECONDS);
  return { checked: changed.length, violations, postponed: postponed.length };
}
