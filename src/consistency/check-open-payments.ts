import { MAX_BATCH_GET } from '../shared/dynamo.ts';
import { type PaymentId, sessionIdOf } from '../shared/ids.ts';
import type { CheckContext } from './checks/check-context.ts';
import { purchaseViolations } from './checks/purchase.ts';
import type { Violation } from './checks/violation.ts';
import { type PurchaseTables, readPurchases } from './read-purchases.ts';

/** The scan checks the others. */
const MAX_OPEN = 1000;
/** Reconciliation reschedules an open payment within an hour. */
const HOUR_MS = 3_600_000;

/**
 * Checks the open payments in every run, however long a full scan takes: most new violations are among them. Paid ones
 * come first. A page is read when the caller asks for it, so that a run can end between two pages.
 */
export async function* checkOpenPayments(
  tables: PurchaseTables,
  context: CheckContext,
): AsyncGenerator<{ readonly checked: number; readonly violations: readonly Violation[] }> {
  for await (const ids of openPages(tables, context)) {
    const purchases = await readPurchases(tables, ids.map(sessionIdOf));
    yield { checked: ids.length, violations: purchases.flatMap((purchase) => purchaseViolations(purchase, context)) };
  }
}

async function* openPages({ payments }: PurchaseTables, { now }: CheckContext): AsyncGenerator<PaymentId[]> {
  // A payment that moves between two partitions of the index while they are read is in both.
  const seen = new Set<PaymentId>();
  let page: PaymentId[] = [];
  for await (const id of payments.due(new Date(now.getTime() + HOUR_MS))) {
    if (seen.has(id)) continue;
    seen.add(id);
    page.push(id);
    if (page.length === MAX_BATCH_GET) {
      yield page;
      page = [];
    }
    if (seen.size === MAX_OPEN) break;
  }
  if (page.length > 0) yield page;
}
