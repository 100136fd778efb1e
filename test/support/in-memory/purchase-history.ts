import fc from 'fast-check';
import type { Money } from '../../../src/shared/money.ts';
import type { CrashPoint } from './crashing-process.ts';
import type { Funding } from './paypal-state.ts';

/*
 * Random but possible histories of purchases: what buyers, banks, PayPal, the network and our own processes do, in any order. PayPal
 * stays true to itself; what reaches the shop of it, when, and how often, is chance.
 */

/** One thing that happens to one of the purchases; what is not possible at that moment does not happen. */
export interface Happening {
  readonly what:
    | { readonly kind: 'approve'; readonly funding: Funding; readonly takes?: Money }
    /** Money goes back: on PayPal's own pages, or by the shop's operator. */
    | { readonly kind: 'refund' | 'giveBack'; readonly minor: number }
    /** An execution is started anew, whatever became of it. */
    | { readonly kind: 'again'; readonly which: number }
    /** Delivers one of PayPal's events, whether or not it was delivered before. */
    | { readonly kind: 'deliver'; readonly which: number }
    /** A process that asked PayPal earlier goes on with the answer that it got then. */
    | { readonly kind: 'answer'; readonly which: number }
    | { readonly kind: 'work'; readonly which: number; readonly task: number }
    | { readonly kind: (typeof PLAIN)[number] };
  readonly buyer: number;
  readonly death?: CrashPoint | undefined;
}

const PLAIN = [
  'approveAndCapture',
  'clear',
  'bounce',
  'reverse',
  'reverseApproval',
  'expire',
  'dispute',
  'ship',
  'accept',
  'return',
  'cancel',
  'ask',
  'lookAfter',
  'timeIsUp',
] as const;

const ASKED: Money = { currency: 'EUR', minor: 2000 };
const funding = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Funding>('instant') },
  { weight: 2, arbitrary: fc.constant<Funding>('pending') },
  { weight: 1, arbitrary: fc.constant<Funding>('refused') },
  { weight: 1, arbitrary: fc.constant<Funding>('declined') },
  { weight: 1, arbitrary: fc.constant<Funding>('unready') },
);
const takes = fc.oneof(
  { weight: 8, arbitrary: fc.constant(ASKED) },
  { weight: 1, arbitrary: fc.constant({ ...ASKED, minor: 1900 }) },
  { weight: 1, arbitrary: fc.constant({ ...ASKED, currency: 'USD' }) },
);
const refunds = fc.constantFrom(500, 1500, 2000);
const which = fc.nat(11);
const what: fc.Arbitrary<Happening['what']> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('approve' as const), funding, takes }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('deliver' as const), which }) },
  { weight: 14, arbitrary: fc.record({ kind: fc.constant('work' as const), which, task: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('refund' as const, 'giveBack' as const), minor: refunds }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), which }) },
  { weight: 14, arbitrary: fc.record({ kind: fc.constantFrom(...PLAIN) }) },
);
const death = fc.option(fc.record({ at: fc.nat(5), when: fc.constantFrom('before' as const, 'after' as const) }), {
  nil: undefined,
  freq: 5,
});

const happening = (buyers: number) => fc.record({ what, buyer: fc.nat(buyers - 1), death });
/** The first buyer gives up, so that the piece is there for the second. */
const givenUp = (kind: 'cancel' | 'timeIsUp'): Happening[] => [
  { what: { kind }, buyer: 0 },
  { what: { kind: 'work', which: 0, task: 0 }, buyer: 0 },
  { what: { kind: 'work', which: 0, task: 0 }, buyer: 0 },
];

/** Histories of one purchase. */
export const histories: fc.Arbitrary<Happening[]> = fc.array(happening(1), { maxLength: 40, size: 'max' });

/** Histories of two purchases; in many of them both buyers are after the same piece. */
export const twoPurchaseHistories: fc.Arbitrary<Happening[]> = fc
  .tuple(
    fc.constantFrom([], givenUp('cancel'), givenUp('timeIsUp')),
    fc.array(happening(2), { maxLength: 40, size: 'max' }),
  )
  .map(([beginning, rest]) => [...beginning, ...rest]);
