import fc from 'fast-check';
import type { Money } from '../../../src/shared/money.ts';
import type { CrashPoint } from './crashing-process.ts';
import type { Funding } from './paypal-state.ts';

/*
 * Random but possible histories of purchases: actions of buyers, banks, PayPal, the network, operators and the shop's
 * processes, in any sequence. PayPal's state is always consistent; which of its events reach the shop, when and how
 * often, is random.
 */

/** One action on one of the purchases; a no-op when it is not possible at that moment. */
export interface HistoryStep {
  readonly action:
    | { readonly kind: 'approve'; readonly funding: Funding; readonly takes?: Money; readonly recipient?: string }
    /** Captured at PayPal immediately, perhaps after a capture that was declined. */
    | { readonly kind: 'approveAndCapture'; readonly afterDeclined: boolean; readonly recipient: string }
    | { readonly kind: 'refundByOperator'; readonly minor: number; readonly pending: boolean }
    /** On PayPal's own pages. */
    | { readonly kind: 'refund'; readonly minor: number; readonly pending: boolean; readonly ofExtra: boolean }
    | { readonly kind: 'endRefund'; readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED'; readonly silent: boolean }
    /** For good, or until the dispute ends. */
    | { readonly kind: 'reverse' | 'openDispute'; readonly minor: number }
    | { readonly kind: 'resolveDispute'; readonly sellerLost: boolean; readonly minor: number }
    /** Starts another execution of a settlement, whatever the state of the first. */
    | { readonly kind: 'restart'; readonly which: number }
    /** Delivers one of PayPal's events, delivered before or not. */
    | { readonly kind: 'deliver'; readonly which: number }
    /** A process that called PayPal earlier continues with the response of that time. */
    | { readonly kind: 'applyStaleResponse'; readonly which: number }
    | { readonly kind: 'runTask'; readonly which: number; readonly task: number }
    | { readonly kind: 'passTime'; readonly minutes: number }
    | { readonly kind: (typeof PLAIN_ACTIONS)[number] };
  readonly buyer: number;
  readonly crashPoint?: CrashPoint | undefined;
}

const PLAIN_ACTIONS = [
  'completePending',
  'declinePending',
  'reverseApproval',
  'captureAgain',
  'cancelReversal',
  'expire',
  'hide',
  'show',
  'ship',
  'accept',
  'return',
  'return',
  'cancel',
  'callPayPal',
  'runJobs',
  'runJobs',
  'compareEvents',
] as const;

const REQUESTED: Money = { currency: 'EUR', minor: 2000 };
const funding = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Funding>('instant') },
  { weight: 2, arbitrary: fc.constant<Funding>('pending') },
  { weight: 1, arbitrary: fc.constant<Funding>('refused') },
  { weight: 2, arbitrary: fc.constant<Funding>('refused once') },
  { weight: 1, arbitrary: fc.constant<Funding>('declined') },
  { weight: 1, arbitrary: fc.constant<Funding>('unready') },
);
const takes = fc.oneof(
  { weight: 8, arbitrary: fc.constant(REQUESTED) },
  { weight: 1, arbitrary: fc.constant({ ...REQUESTED, minor: 1900 }) },
  { weight: 1, arbitrary: fc.constant({ ...REQUESTED, currency: 'USD' }) },
);
const minor = fc.constantFrom(500, 1500, 2000);
const which = fc.nat(11);
const recipient = fc.constantFrom('Ada', 'Bob', 'Cid');
const kind = <const Kind extends string>(name: Kind) => fc.constant(name);
const action: fc.Arbitrary<HistoryStep['action']> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: kind('approve'), funding, takes, recipient }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('approveAndCapture'), afterDeclined: fc.boolean(), recipient }) },
  { weight: 10, arbitrary: fc.record({ kind: kind('deliver'), which }) },
  { weight: 14, arbitrary: fc.record({ kind: kind('runTask'), which, task: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('applyStaleResponse'), which }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('refundByOperator'), minor, pending: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('refund'), minor, pending: fc.boolean(), ofExtra: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('endRefund'),
      status: fc.constantFrom('COMPLETED', 'FAILED', 'CANCELLED'),
      silent: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('reverse'), minor }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('openDispute'), minor: fc.constantFrom(0, 500, 2000) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('resolveDispute'), sellerLost: fc.boolean(), minor }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('restart'), which }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('passTime'), minutes: fc.constantFrom(1, 3, 10, 40, 180) }) },
  { weight: 14, arbitrary: fc.record({ kind: fc.constantFrom(...PLAIN_ACTIONS) }) },
);
const crashPoint = fc.option(fc.record({ at: fc.nat(5), when: fc.constantFrom('before' as const, 'after' as const) }), {
  nil: undefined,
  freq: 5,
});

const step = (buyers: number) => fc.record({ action, buyer: fc.nat(buyers - 1), crashPoint });

/** Many actions need money at PayPal, or a refusal, so most histories begin with one. */
const paid: HistoryStep[] = [
  { action: { kind: 'approve', funding: 'instant' }, buyer: 0 },
  { action: { kind: 'return' }, buyer: 0 },
];
const paidWrongly: HistoryStep[] = [
  { action: { kind: 'approve', funding: 'instant', takes: { ...REQUESTED, minor: 1900 } }, buyer: 0 },
  { action: { kind: 'return' }, buyer: 0 },
];
const paidWronglyAndRefunded: HistoryStep[] = [
  ...paidWrongly,
  { action: { kind: 'refundByOperator', minor: 500, pending: false }, buyer: 0 },
  { action: { kind: 'compareEvents' }, buyer: 0 },
];
const refused: HistoryStep[] = [
  { action: { kind: 'approve', funding: 'refused once' }, buyer: 0 },
  { action: { kind: 'return' }, buyer: 0 },
];
const refusedWhileTheWorkflowWaits: HistoryStep[] = [
  { action: { kind: 'approve', funding: 'refused once' }, buyer: 0 },
  { action: { kind: 'deliver', which: 0 }, buyer: 0 },
  { action: { kind: 'return' }, buyer: 0 },
];
/** The first buyer abandons the purchase, so that the item is available to the second. */
const abandoned = (...actions: HistoryStep['action'][]): HistoryStep[] => [
  ...actions.map((action) => ({ action, buyer: 0 })),
  { action: { kind: 'runTask', which: 0, task: 0 }, buyer: 0 },
  { action: { kind: 'runTask', which: 0, task: 0 }, buyer: 0 },
];

const beginningWith = (beginnings: readonly HistoryStep[][], buyers: number): fc.Arbitrary<HistoryStep[]> =>
  fc
    .tuple(fc.constantFrom(...beginnings), fc.array(step(buyers), { maxLength: 40, size: 'max' }))
    .map(([beginning, rest]) => [...beginning, ...rest]);

/** Histories of one purchase. */
export const histories = beginningWith(
  [[], [], paid, paid, paidWrongly, paidWronglyAndRefunded, refused, refusedWhileTheWorkflowWaits],
  1,
);

/** Histories of two purchases, many of them of the same last item. */
export const twoPurchaseHistories = beginningWith(
  [[], abandoned({ kind: 'cancel' }), abandoned({ kind: 'passTime', minutes: 40 }, { kind: 'runJobs' })],
  2,
);
