import { type PaymentId, sessionIdOf } from '../shared/ids.ts';
import { type CheckContext, purchaseViolations } from './checks/purchase.ts';
import type { Violation } from './finding.ts';
import { type PurchaseTables, readPurchases } from './read-purchases.ts';

/** More are left to the walk through all the books. */
const MOST_OPEN = 1000;
/** As many as one BatchGetItem reads. */
const AT_ONCE = 100;
/** Whoever looks after payments comes back to each within an hour. */
const HOUR = 3_600_000;

/**
 * Looks at the purchases that somebody must still look after: in every run, however long it takes to walk through all the books. What
 * goes wrong today is among them.
 */
export async function checkOpenPayments(
  tables: PurchaseTables,
  terms: CheckContext,
): Promise<{ readonly checked: number; readonly mistakes: readonly Violation[] }> {
  const ids: PaymentId[] = [];
  for await (const id of tables.payments.due(new Date(terms.now.getTime() + HOUR))) {
    ids.push(id);
    if (ids.length === MOST_OPEN) break;
  }
  const mistakes: Violation[] = [];
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const purchases = await readPurchases(tables, ids.slice(i, i + AT_ONCE).map(sessionIdOf));
    mistakes.push(...purchases.flatMap((purchase) => purchaseViolations(purchase, terms)));
  }
  return { checked: ids.length, mistakes };
}
