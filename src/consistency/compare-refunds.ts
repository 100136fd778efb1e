import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import type { PayPalOrder } from '../paypal/schema.ts';
import type { ScanKey } from '../shared/dynamo.ts';
import type { CheckContext } from './checks/check-context.ts';
import { mayHaveRefunds, refundViolation } from './checks/refunds.ts';
import type { Violation } from './finding.ts';
import { isolateUnreadable } from './isolate-unreadable.ts';

/** What `compareRefunds` works with. */
export interface CompareDeps {
  readonly payments: Pick<PaymentRepository, 'ids' | 'getAll'>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  /** False when the time for it is over. */
  readonly hasTime: () => boolean;
}

/** What the refunds of some payments were found to be. */
export interface CompareRefundsResult {
  readonly violations: readonly Violation[];
  readonly checked: number;
  /** Where to go on the next time; absent when that is at the beginning. */
  readonly after: ScanKey | undefined;
  /** What kept PayPal from answering: those that were not asked about come again in the next round. */
  readonly error: Error | undefined;
}

/** PayPal does not say how many calls it takes, only that one should not poll: so it is asked about few at a time, and all in turn. */
const MAX_CALLS = 20;
const CONCURRENCY = 5;
const PAGE_SIZE = 50;

/** Invariant 8 for the next payments that may have been refunded, as PayPal has them now. */
export async function compareRefunds(
  deps: CompareDeps,
  start: ScanKey | undefined,
  context: CheckContext,
): Promise<CompareRefundsResult> {
  const { candidates, after } = await nextCandidates(deps, start, context);
  const violations: Violation[] = [];
  let checked = 0;
  for (let i = 0; i < candidates.length && deps.hasTime(); i += CONCURRENCY) {
    const some = candidates.slice(i, i + CONCURRENCY);
    checked += some.length;
    const answers = await Promise.allSettled(some.map(({ paypal_order_id = '' }) => deps.getOrder(paypal_order_id)));
    for (const [j, answer] of answers.entries()) {
      const payment = some[j];
      if (answer.status === 'rejected') return { violations, checked, after, error: answer.reason };
      const violation = payment && answer.value && refundViolation(payment, answer.value, context);
      if (violation) violations.push(violation);
    }
  }
  return { violations, checked, after, error: undefined };
}

async function nextCandidates({ payments, hasTime }: CompareDeps, start: ScanKey | undefined, context: CheckContext) {
  const candidates: Payment[] = [];
  let after = start;
  do {
    const { items, next } = await payments.ids(PAGE_SIZE, after);
    const { rows: found } = await isolateUnreadable(payments.getAll, items);
    const order = new Map(items.map((id, place) => [id, place]));
    for (const payment of found.toSorted((a, b) => (order.get(a.payment_id) ?? 0) - (order.get(b.payment_id) ?? 0))) {
      if (!mayHaveRefunds(payment, context)) continue;
      candidates.push(payment);
      if (candidates.length === MAX_CALLS) return { candidates, after: { payment_id: payment.payment_id } };
    }
    after = next;
  } while (after && hasTime());
  return { candidates, after };
}
