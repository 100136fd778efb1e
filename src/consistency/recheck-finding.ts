import type { LedgerRepository } from '../ledger/ledger-repository.ts';
import type { PayPalOrder } from '../paypal/schema.ts';
import type { EventRepository } from '../paypal-webhook/event-repository.ts';
import { isPaymentId, sessionOf } from '../shared/ids.ts';
import type { CheckContext } from './checks/check-context.ts';
import { executionViolations, type SettlementTables } from './checks/executions.ts';
import { ledgerViolation } from './checks/ledger.ts';
import { purchaseViolations } from './checks/purchase.ts';
import { mayHaveRefunds, refundViolation } from './checks/refunds.ts';
import type { Violation } from './checks/violation.ts';
import { type Finding, findingIdOf } from './finding.ts';
import type { FindingRepository } from './finding-repository.ts';
import { type PurchaseTables, readPurchases } from './read-purchases.ts';

export interface RecheckDeps {
  readonly findings: Pick<FindingRepository, 'get' | 'put' | 'close'>;
  readonly tables: PurchaseTables;
  readonly failed: SettlementTables['failed'];
  readonly events: Pick<EventRepository, 'get'>;
  readonly ledger: Pick<LedgerRepository, 'linesOf' | 'span'>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
}

/**
 * Checks one finding again and records the result.
 * @returns the finding, closed if its violation is gone.
 * @throws PayPalUnavailable when the check needs PayPal, and PayPal does not respond.
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

/**
 * Rechecks a finding before its repair, as of its last check or later: an earlier time may be within its grace period.
 */
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
    // Needs a full scan of the reservations; the repair is conditional on the counters seen by the last one.
    case 'stock_counters':
      return finding;
    case 'refunds_match_paypal':
      return refundViolationOf(deps, subject, context);
    case 'ledger_matches_paypal':
      return ledgerViolationOf(deps, subject);
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
      // An unreadable row does not prove a repair.
      return violations.find((violation) => findingIdOf(violation) === finding.id) ?? (purchase?.unreadable && finding);
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

async function ledgerViolationOf({ ledger, tables }: RecheckDeps, subject: string): Promise<Violation | undefined> {
  if (!isPaymentId(subject)) return undefined;
  const [span, lines, [payment]] = await Promise.all([
    ledger.span(),
    ledger.linesOf(subject),
    tables.payments.getAll([subject]),
  ]);
  return span && ledgerViolation(subject, payment, lines, span);
}
