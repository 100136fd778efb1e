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

/** Checks the open payments in every run, however long a full scan takes: most new violations are among them. */
export async function checkOpenPayments(
  tables: PurchaseTables,
  context: CheckContext,
): Promise<{ readonly checked: number; readonly violations: readonly Violation[] }> {
  const ids: PaymentId[] = [];
  for await (const id of tables.payments.due(new Date(context.now.getTime() + HOUR_MS))) {
    ids.push(id);
    if (ids.length === MAX_OPEN) break;
  }
  const violations: Violation[] = [];
  for (let i = 0; i < ids.length; i += MAX_BATCH_GET) {
    const purchases = await readPurchases(tables, ids.slice(i, i + MAX_BATCH_GET).map(sessionIdOf));
    violations.push(...purchases.flatMap((purchase) => purchaseViolations(purchase, context)));
  }
  return { checked: ids.length, violations };
}
