import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import type { PayPalOrder } from '../paypal/schema.ts';
import type { ScanKey } from '../shared/dynamo.ts';
import type { CheckContext } from './checks/check-context.ts';
import { isolateUnreadable } from './checks/isolate-unreadable.ts';
import { mayHaveRefunds, refundViolation } from './checks/refunds.ts';
import type { Violation } from './checks/violation.ts';

export interface CompareDeps {
  readonly payments: Pick<PaymentRepository, 'ids' | 'getAll'>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  readonly hasTime: () => boolean;
}

export interface CompareRefundsResult {
  readonly violations: readonly Violation[];
  readonly checked: number;
  /** Where the next run continues; absent: at the beginning. */
  readonly after: ScanKey | undefined;
  /** Set when PayPal did not respond. The remaining payments are compared in the next round. */
  readonly error: Error | undefined;
}

/** PayPal publishes no rate limit, but advises against polling: each run compares the next few payments. */
const MAX_CALLS = 20;
const CONCURRENCY = 5;
const PAGE_SIZE = 50;
/** Where few payments have refunds, a run would read pages until its time is up. */
const MAX_PAGES = 20;

/** Compares the refunds of the next payments that may have any with PayPal's. */
export async function compareRefunds(
  deps: CompareDeps,
  start: ScanKey | undefined,
  context: CheckContext,
): Promise<CompareRefundsResult> {
  const { candidates, after } = await nextCandidates(deps, start, context);
  const violations: Violation[] = [];
  let checked = 0;
  for (let i = 0; i < candidates.length && deps.hasTime(); i += CONCURRENCY) {
    const batch = candidates.slice(i, i + CONCURRENCY);
    checked += batch.length;
    const orders = await Promise.allSettled(batch.map(({ paypal_order_id = '' }) => deps.getOrder(paypal_order_id)));
    for (const [j, order] of orders.entries()) {
      const payment = batch[j];
      if (order.status === 'rejected') return { violations, checked, after, error: order.reason };
      const violation = payment && order.value && refundViolation(payment, order.value, context);
      if (violation) violations.push(violation);
    }
  }
  return { violations, checked, after, error: undefined };
}

async function nextCandidates({ payments, hasTime }: CompareDeps, start: ScanKey | undefined, context: CheckContext) {
  const candidates: Payment[] = [];
  let after = start;
  let pages = 0;
  do {
    pages += 1;
    const { items, next } = await payments.ids(PAGE_SIZE, after);
    const { rows } = await isolateUnreadable(payments.getAll, items);
    const position = new Map(items.map((id, i) => [id, i]));
    const inScanOrder = rows.toSorted((a, b) => (position.get(a.payment_id) ?? 0) - (position.get(b.payment_id) ?? 0));
    for (const payment of inScanOrder) {
      if (!mayHaveRefunds(payment, context)) continue;
      candidates.push(payment);
      if (candidates.length === MAX_CALLS) return { candidates, after: { payment_id: payment.payment_id } };
    }
    after = next;
  } while (after && pages < MAX_PAGES && hasTime());
  return { candidates, after };
}
