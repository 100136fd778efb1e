import fc from 'fast-check';
import type { Money } from '../../../src/shared/money.ts';
import type { CrashPoint } from './crashing-process.ts';
import type { Funding } from './paypal-state.ts';

/*
 * Random but possible histories of purchases: actions of buyers, banks, PayPal, the network and the shop's processes,
 * in any sequence. PayPal's state is always consistent; which of its events reach the shop, when and how often, is
 * random.
 */

/** One action on one of the purchases; a no-op when it is not possible at that moment. */
export interface HistoryStep {
  readonly action:
    | { readonly kind: 'approve'; readonly funding: Funding; readonly takes?: Money }
    /** On PayPal's own pages, or by the shop's operator. */
    | { readonly kind: 'refund' | 'refundByOperator'; readonly minor: number }
    /** Starts another execution of a settlement, whatever the state of the first. */
    | { readonly kind: 'restart'; readonly which: number }
    /** Delivers one of PayPal's events, delivered before or not. */
    | { readonly kind: 'deliver'; readonly which: number }
    /** A process that called PayPal earlier continues with the response of that time. */
    | { readonly kind: 'applyStaleResponse'; readonly which: number }
    | { readonly kind: 'runTask'; readonly which: number; readonly task: number }
    | { readonly kind: (typeof PLAIN_ACTIONS)[number] };
  readonly buyer: number;
  readonly crashPoint?: CrashPoint | undefined;
}

const PLAIN_ACTIONS = [
  'approveAndCapture',
  'completePending',
  'declinePending',
  'reverse',
  'reverseApproval',
  'expire',
  'dispute',
  'ship',
  'accept',
  'return',
  'cancel',
  'callPayPal',
  'reconcile',
  'timeIsUp',
] as const;

const REQUESTED: Money = { currency: 'EUR', minor: 2000 };
const funding = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Funding>('instant') },
  { weight: 2, arbitrary: fc.constant<Funding>('pending') },
  { weight: 1, arbitrary: fc.constant<Funding>('refused') },
  { weight: 1, arbitrary: fc.constant<Funding>('declined') },
  { weight: 1, arbitrary: fc.constant<Funding>('unready') },
);
const takes = fc.oneof(
  { weight: 8, arbitrary: fc.constant(REQUESTED) },
  { weight: 1, arbitrary: fc.constant({ ...REQUESTED, minor: 1900 }) },
  { weight: 1, arbitrary: fc.constant({ ...REQUESTED, currency: 'USD' }) },
);
const refunds = fc.constantFrom(500, 1500, 2000);
const which = fc.nat(11);
const action: fc.Arbitrary<HistoryStep['action']> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('approve' as const), funding, takes }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('deliver' as const), which }) },
  { weight: 14, arbitrary: fc.record({ kind: fc.constant('runTask' as const), which, task: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('applyStaleResponse' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('refund' as const, 'refundByOperator' as const), minor: refunds }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), which }) },
  { weight: 14, arbitrary: fc.record({ kind: fc.constantFrom(...PLAIN_ACTIONS) }) },
);
const crashPoint = fc.option(fc.record({ at: fc.nat(5), when: fc.constantFrom('before' as const, 'after' as const) }), {
  nil: undefined,
  freq: 5,
});

const step = (buyers: number) => fc.record({ action, buyer: fc.nat(buyers - 1), crashPoint });
/** The first buyer abandons the purchase, so that the item is available to the second. */
const abandon = (kind: 'cancel' | 'timeIsUp'): HistoryStep[] => [
  { action: { kind }, buyer: 0 },
  { action: { kind: 'runTask', which: 0, task: 0 }, buyer: 0 },
  { action: { kind: 'runTask', which: 0, task: 0 }, buyer: 0 },
];

/** Histories of one purchase. */
export const histories: fc.Arbitrary<HistoryStep[]> = fc.array(step(1), { maxLength: 40, size: 'max' });

/** Histories of two purchases, many of them of the same last item. */
export const twoPurchaseHistories: fc.Arbitrary<HistoryStep[]> = fc
  .tuple(fc.constantFrom([], abandon('cancel'), abandon('timeIsUp')), fc.array(step(2), { maxLength: 40, size: 'max' }))
  .map(([beginning, rest]) => [...beginning, ...rest]);
