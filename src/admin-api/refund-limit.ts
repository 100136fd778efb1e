import type { Caller } from '../access/caller.ts';
import type { CountedRefund, RefundLimitRepository } from '../access/refund-limit-repository.ts';
import type { Payment } from '../payments/payment.ts';
import { isReturned } from '../payments/transitions.ts';
import { Problem } from '../shared/http/problem.ts';
import { type Money, moneyText, parseMoney } from '../shared/money.ts';

export interface RefundLimitDeps {
  readonly refundLimits: Pick<RefundLimitRepository, 'ofOperator' | 'count' | 'discount'>;
  /** Major units per caller, day and currency, unless the caller has a limit of its own. */
  readonly refundLimit: number;
  readonly now: () => Date;
}

export const isLimited = (caller: Caller): boolean => !('role' in caller) || caller.role !== 'admin';

/**
 * Counts a refund against the caller's limit of the day. Admins have none.
 * @param amount undefined for what remains of the payment
 * @param key the refund's idempotency key
 * @returns the refund, if this call has counted it
 * @throws Problem `refund-limit` with the limit and what is left of it; `nothing-to-refund`
 */
export async function countRefund(
  { refundLimits, refundLimit, now }: RefundLimitDeps,
  caller: Caller,
  { payment_id, captured, refunded_minor, status }: Payment,
  amount: Money | undefined,
  key: string,
): Promise<CountedRefund | undefined> {
  if (!isLimited(caller)) return undefined;
  // Not left to PayPal: between its read and this one, money may have arrived, which would not be counted.
  if (!captured || isReturned(status)) throw new Problem('nothing-to-refund', `the payment is ${status}`);
  const { currency } = captured;
  const refund: CountedRefund = {
    caller: caller.id,
    amount: amount ?? { currency, minor: captured.minor - refunded_minor },
    request: `${payment_id}-${key}`,
    at: now(),
  };
  const ownLimit = 'role' in caller ? await refundLimits.ofOperator(caller.id) : caller.refundLimit;
  const limit = parseMoney({ currency_code: currency, value: String(ownLimit ?? refundLimit) });
  const result = await refundLimits.count(refund, limit.minor);
  if (result === 'counted') return refund;
  if (result === 'before') return undefined;
  const left = moneyText({ currency, minor: result.left });
  throw new Problem(
    'refund-limit',
    `at most ${currency} ${moneyText(limit).value} a day, of which ${currency} ${left.value} is left: ask an admin`,
    { limit: moneyText(limit), left },
  );
}
