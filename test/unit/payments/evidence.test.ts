import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/payments/decide.ts';
import { type Evidence, evidenceOfOrder } from '../../../src/payments/evidence.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import type { PayPalCapture, PayPalOrder } from '../../../src/paypal/schema.ts';
import type { Money } from '../../../src/shared/money.ts';
import type { PaymentStatus } from '../../../src/shared/settlement.ts';
import { ASKED, evidenceOf, LESS, paymentThatIs } from '../../support/builders/payments.ts';

/** What a decision comes to: the new status and the settlement's name, or the decision's word. */
function outcomeOf(payment: Payment, evidence: Evidence): string {
  const decision = decide(payment, evidence);
  if (decision.do !== 'move') return decision.do;
  const { transition, settlement } = decision.move;
  return `${transition.to}${settlement ? `, ${settlement.name}` : ''}`;
}

const DOLLARS: Money = { currency: 'USD', minor: 2000 };
const minor = (minor: number): Money => ({ currency: 'EUR', minor });
const asked = { authoritative: true } as const;
const late = { late: true } as const;

type Example = [fact: string, status: PaymentStatus, more: Partial<Payment>, evidence: Evidence, outcome: string];

const examples: Record<string, Example[]> = {
  'the buyer approves': [
    ['and the shop captures', 'created', {}, evidenceOf('approved'), 'approved, approved'],
    ['after cancelling: PayPal is asked first', 'cancelled', {}, evidenceOf('approved'), 'ask'],
    [
      'after cancelling: stock is held again',
      'cancelled',
      {},
      evidenceOf('approved', asked),
      'approved, approved_late',
    ],
    ['after the time was over, too', 'expired', {}, evidenceOf('approved', asked), 'approved, approved_late'],
    ['a second time after cancelling: once is enough', 'cancelled', late, evidenceOf('approved', asked), 'ask'],
    ['what is paid already: nothing new', 'captured', {}, evidenceOf('approved'), 'nothing'],
  ],
  'a bank takes its time': [
    ['over an approved payment: nothing ships', 'approved', {}, evidenceOf('capture_pending'), 'capture_pending'],
    ['over one not known to be approved', 'created', {}, evidenceOf('capture_pending'), 'capture_pending'],
    ['over a cancelled one: PayPal is asked first', 'cancelled', {}, evidenceOf('capture_pending'), 'ask'],
    ['over what has been captured since: old news', 'captured', {}, evidenceOf('capture_pending'), 'nothing'],
  ],
  'money comes': [
    ['as asked', 'approved', {}, evidenceOf('captured'), 'captured, captured'],
    ['before anything else was heard', 'created', {}, evidenceOf('captured'), 'captured, captured'],
    ['when the bank is ready', 'capture_pending', {}, evidenceOf('captured'), 'captured, captured'],
    ['after cancelling', 'cancelled', {}, evidenceOf('captured'), 'captured, captured_late'],
    ['after the time was over', 'expired', {}, evidenceOf('captured'), 'captured, captured_late'],
    ['after a declined attempt', 'failed', {}, evidenceOf('captured'), 'captured, captured_late'],
    ['for a purchase taken up again', 'approved', late, evidenceOf('captured'), 'captured, captured_late'],
    ['but less than asked', 'approved', {}, evidenceOf('captured', { amount: LESS }), 'review'],
    ['but in another currency', 'approved', {}, evidenceOf('captured', { amount: DOLLARS }), 'review'],
    ['but less than asked, after cancelling', 'cancelled', {}, evidenceOf('captured', { amount: LESS }), 'review'],
    ['by a second capture: PayPal is asked', 'captured', {}, evidenceOf('captured', { captureId: 'CAPTURE2' }), 'ask'],
  ],
  'PayPal does not take what the buyer chose': [
    ['so the buyer chooses anew', 'approved', {}, evidenceOf('instrument_declined'), 'created'],
    ['before the shop heard of the approval', 'created', {}, evidenceOf('instrument_declined'), 'created'],
    ['twice told of one attempt', 'approved', { declines: 1 }, evidenceOf('instrument_declined'), 'nothing'],
    ['and then the buyer approves anew', 'created', { declines: 1 }, evidenceOf('approved'), 'approved, approved-2'],
    ['but it has captured', 'captured', {}, evidenceOf('instrument_declined'), 'nothing'],
  ],
  'an operator takes money that differs': [
    ['and its purchase is delivered', 'review', {}, evidenceOf('accepted'), 'captured, captured'],
    ['and its stock is taken again', 'review', late, evidenceOf('accepted'), 'captured, captured_late'],
    ['twice', 'captured', {}, evidenceOf('accepted'), 'nothing'],
    ['that went back since', 'refunded', {}, evidenceOf('accepted'), 'nothing'],
  ],
  'money does not come': [
    ['because the capture was declined', 'approved', {}, evidenceOf('capture_failed'), 'failed, released'],
    ['because the bank said no', 'capture_pending', {}, evidenceOf('capture_failed'), 'failed, released'],
    [
      'by an attempt before the present one: PayPal is asked',
      'capture_pending',
      { capture_id: 'CAPTURE2' },
      evidenceOf('capture_failed'),
      'ask',
    ],
    ['because the buyer cancelled', 'created', {}, evidenceOf('cancelled'), 'cancelled, released'],
    ['because PayPal voided the approved order', 'approved', {}, evidenceOf('cancelled', asked), 'cancelled, released'],
    ['says an old page of an approved payment: PayPal is asked', 'approved', {}, evidenceOf('cancelled'), 'ask'],
    ['says an old page, but it did', 'captured', {}, evidenceOf('cancelled'), 'nothing'],
    ['because PayPal forgot the order', 'created', {}, evidenceOf('expired', asked), 'expired, released'],
    ['because PayPal forgot the approved order', 'approved', {}, evidenceOf('expired', asked), 'expired, released'],
    [
      'for a purchase taken up again, which PayPal forgot',
      'approved',
      late,
      evidenceOf('expired', asked),
      'cancelled, released-cancelled-late',
    ],
    ['because the shop has no stock', 'approved', late, evidenceOf('declined'), 'cancelled, released-cancelled-late'],
    ['says the shop, which has no say in time', 'approved', {}, evidenceOf('declined'), 'ask'],
  ],
  'money goes back': [
    ['in part', 'captured', {}, evidenceOf('refunded', { total: minor(500) }), 'partially_refunded, refunded-500'],
    [
      'in another part',
      'partially_refunded',
      {},
      evidenceOf('refunded', { total: minor(900) }),
      'partially_refunded, refunded-900',
    ],
    ['in a part that is known', 'partially_refunded', {}, evidenceOf('refunded', { total: minor(500) }), 'nothing'],
    ['in the last part', 'partially_refunded', {}, evidenceOf('refunded'), 'refunded, refunded-2000'],
    ['as a whole', 'captured', {}, evidenceOf('refunded'), 'refunded, refunded-2000'],
    ['before it was heard that it came', 'approved', {}, evidenceOf('refunded'), 'ask'],
    ['under review', 'review', {}, evidenceOf('refunded', { total: LESS }), 'refunded, refunded-1900'],
    ['in part, under review', 'review', {}, evidenceOf('refunded', { total: minor(500) }), 'review'],
    ['by force', 'captured', {}, evidenceOf('reversed'), 'reversed, refunded-reversed'],
    ['by force, after a part', 'partially_refunded', {}, evidenceOf('reversed'), 'reversed, refunded-reversed'],
    [
      'by force, which PayPal first called a refund',
      'refunded',
      {},
      evidenceOf('reversed'),
      'reversed, refunded-reversed',
    ],
    ['by force, which is the last word', 'reversed', {}, evidenceOf('refunded'), 'nothing'],
  ],
};

describe.each(Object.entries(examples))('%s', (_, rows) => {
  it.each(rows)('%s', (_, status, more, evidence, outcome) => {
    expect(outcomeOf(paymentThatIs(status, more), evidence)).toBe(outcome);
  });
});

describe('an order tells', () => {
  const capture = (status: string): PayPalCapture => ({ id: 'CAPTURE1', status, amount: ASKED });
  const order = (status: string, more: Partial<PayPalOrder> = {}): PayPalOrder => ({
    id: 'ORDER1',
    status,
    captures: [],
    refunds: [],
    ...more,
  });
  const refund = (status: string, amount: number) => ({
    id: `REFUND${amount}`,
    status,
    amount: minor(amount),
    capture_id: 'CAPTURE1',
  });

  it.each<[string, PayPalOrder, string[]]>([
    ['nothing while the buyer is busy', order('PAYER_ACTION_REQUIRED'), []],
    ['of its approval', order('APPROVED'), ['approved']],
    ['of its end', order('VOIDED'), ['cancelled']],
    ['of money rather than of its approval', order('APPROVED', { captures: [capture('COMPLETED')] }), ['captured']],
    ['of money on its way', order('COMPLETED', { captures: [capture('PENDING')] }), ['capture_pending']],
    ['of a declined capture', order('COMPLETED', { captures: [capture('DECLINED')] }), ['capture_failed']],
    ['of a failed capture', order('COMPLETED', { captures: [capture('FAILED')] }), ['capture_failed']],
    [
      'of money that came and went',
      order('COMPLETED', { captures: [capture('REFUNDED')] }),
      ['captured', 'refunded 2000'],
    ],
    [
      'the sum of what went back, without what is still on its way',
      order('COMPLETED', {
        captures: [capture('PARTIALLY_REFUNDED')],
        refunds: [refund('COMPLETED', 300), refund('PENDING', 400), refund('COMPLETED', 500)],
      }),
      ['captured', 'refunded 800'],
    ],
    ['nothing by a word that nobody knows yet', order('COMPLETED', { captures: [capture('ON_THE_MOON')] }), []],
  ])('%s', (_, told, facts) => {
    const evidence = evidenceOfOrder(told, { source: 'test' });

    expect(evidence.map((fact) => (fact.kind === 'refunded' ? `refunded ${fact.total.minor}` : fact.kind))).toEqual(
      facts,
    );
    expect(evidence.every(({ paypalOrderId }) => paypalOrderId === 'ORDER1')).toBe(true);
  });
});
