import type { PayPalOrder } from '../paypal/schema.ts';
import type { EventRepository } from '../paypal-webhook/event-repository.ts';
import { isOrderId, isPaymentId, isSessionId, paymentIdOfOrder, type SessionId, sessionIdOf } from '../shared/ids.ts';
import type { CheckContext } from './checks/check-context.ts';
import { executionViolations, type SettlementTables } from './checks/executions.ts';
import { purchaseViolations } from './checks/purchase.ts';
import { mayHaveRefunds, refundViolation } from './checks/refunds.ts';
import { type Finding, findingIdOf, type Violation } from './finding.ts';
import type { FindingRepository } from './finding-repository.ts';
import { type PurchaseTables, readPurchases } from './read-purchases.ts';

/** What `recheck` works with. */
export interface RecheckDeps {
  readonly findings: Pick<FindingRepository, 'get' | 'put' | 'close'>;
  readonly tables: PurchaseTables;
  readonly failed: SettlementTables['failed'];
  readonly events: Pick<EventRepository, 'get'>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
}

/**
 * Looks again at what one finding is about, and takes down what it is by now.
 * @returns the finding, closed if it holds no more.
 * @throws PayPalUnavailable when only PayPal can tell, and does not answer.
 */
export async function recheckFinding(deps: RecheckDeps, finding: Finding, context: CheckContext): Promise<Finding> {
  const at = context.now.toISOString();
  const violation = await currentViolation(deps, finding, context);
  if (!violation) {
    await deps.findings.close(finding.id, context.now);
    return { ...finding, closed_at: at };
  }
  await deps.findings.put(violation, context.now);
  return { ...finding, ...violation, last_seen: at };
}

/** The same, for one that somebody wants to repair. What was past its time at the check is not called in flight again. */
export async function recheckFindingById(
  deps: RecheckDeps,
  findingId: string,
  context: CheckContext,
): Promise<Finding | undefined> {
  const finding = await deps.findings.get(findingId);
  if (!finding || finding.closed_at) return finding;
  const now = new Date(Math.max(context.now.getTime(), Date.parse(finding.last_seen)));
  return recheckFinding(deps, finding, { ...context, now });
}

async function currentViolation(
  deps: RecheckDeps,
  finding: Finding,
  context: CheckContext,
): Promise<Violation | undefined> {
  const { invariant, subject } = finding;
  switch (invariant) {
    // Only a count of all reservations can tell; the correction holds for the counters that were seen, and for no others.
    case 'stock_counters':
      return finding;
    case 'refunds_match_paypal':
      return refundViolationOf(deps, subject, context);
    case 'events_finished':
      return (await deps.events.get(subject))?.status === 'received' ? finding : undefined;
    case 'failures_listed': {
      const failure = { name: subject, status: 'FAILED', endedAt: new Date(0) } as const;
      const [violation] = await executionViolations({ ...deps.tables, failed: deps.failed }, [failure], context);
      return violation;
    }
    default: {
      const session = sessionOf(subject);
      const [purchase] = await readPurchases(deps.tables, session ? [session] : []);
      const violations = purchaseViolations(purchase ?? {}, context);
      // What cannot be read does not say that anything was mended.
      return violations.find((one) => findingIdOf(one) === finding.id) ?? (purchase?.unreadable && finding);
    }
  }
}

async function refundViolationOf(
  deps: RecheckDeps,
  subject: string,
  context: CheckContext,
): Promise<Violation | undefined> {
  const [payment] = isPaymentId(subject) ? await deps.tables.payments.getAll([subject]) : [];
  if (!payment?.paypal_order_id || !mayHaveRefunds(payment, context)) return undefined;
  const order = await deps.getOrder(payment.paypal_order_id);
  return order && refundViolation(payment, order, context);
}

/** The session of a purchase that is named by any of its ids. */
function sessionOf(id: string): SessionId | undefined {
  if (isSessionId(id)) return id;
  if (isPaymentId(id)) return sessionIdOf(id);
  return isOrderId(id) ? sessionIdOf(paymentIdOfOrder(id)) : undefined;
}
