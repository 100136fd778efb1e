import { describe, expect, it } from 'vitest';
import { decide, settlementsOf } from '../../../src/payments/decide.ts';
import { type Evidence, evidenceOfOrder } from '../../../src/payments/evidence.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import type { PayPalCapture, PayPalOrder } from '../../../src/paypal/schema.ts';
import type { Money } from '../../../src/shared/money.ts';
import type { PaymentStatus } from '../../../src/shared/settlement.ts';
import { evidenceOf, LESS, paymentThatIs, REQUESTED } from '../../support/builders/payments.ts';

/** The new status and the settlement's name, or the decision. */
function outcomeOf(payment: Payment, evidence: Evidence): string {
  const decision = decide(payment, evidence);
  if (decision.do !== 'move') return decision.do;
  const { transition } = decision.move;
  return [transition.to, ...settlementsOf(decision.move).map(({ name }) => name)].join(', ');
}

const DOLLARS: Money = { currency: 'USD', minor: 2000 };
const minor = (minor: number): Money => ({ currency: 'EUR', minor });
const authoritative = { authoritative: true } as const;
const late = { late: true } as const;

type Example = [fact: string, status: PaymentStatus, more: Partial<Payment>, evidence: Evidence, outcome: string];

const examples: Record<string, Example[]> = {
  approved: [
    ['requests the capture', 'created', {}, evidenceOf('approved'), 'approved, approved'],
    ['refreshes from PayPal after a cancellation', 'cancelled', {}, evidenceOf('approved'), 'refresh'],
    [
      'requests the stock again after a cancellation',
      'cancelled',
      {},
      evidenceOf('approved', authoritative),
      'approved, approved_late',
    ],
    [
      'requests the stock again after expiry',
      'expired',
      {},
      evidenceOf('approved', authoritative),
      'approved, approved_late',
    ],
    [
      'refreshes from PayPal after a second cancellation',
      'cancelled',
      late,
      evidenceOf('approved', authoritative),
      'refresh',
    ],
    ['is a no-op for a captured payment', 'captured', {}, evidenceOf('approved'), 'no_op'],
  ],
  capture_pending: [
    [
      'moves an approved payment without a settlement',
      'approved',
      {},
      evidenceOf('capture_pending'),
      'capture_pending',
    ],
    ['moves a payment whose approval was lost', 'created', {}, evidenceOf('capture_pending'), 'capture_pending'],
    ['refreshes from PayPal for a cancelled payment', 'cancelled', {}, evidenceOf('capture_pending'), 'refresh'],
    ['is a no-op for a captured payment', 'captured', {}, evidenceOf('capture_pending'), 'no_op'],
  ],
  captured: [
    ['refreshes from PayPal when only an event claims it', 'approved', {}, evidenceOf('captured'), 'refresh'],
    [
      'requests delivery of an approved payment',
      'approved',
      {},
      evidenceOf('captured', authoritative),
      'captured, captured',
    ],
    [
      'requests delivery when it is the first evidence',
      'created',
      {},
      evidenceOf('captured', authoritative),
      'captured, captured',
    ],
    [
      'requests delivery after a pending capture',
      'capture_pending',
      {},
      evidenceOf('captured', authoritative),
      'captured, captured',
    ],
    ['is late after a cancellation', 'cancelled', {}, evidenceOf('captured', authoritative), 'captured, captured_late'],
    ['is late after expiry', 'expired', {}, evidenceOf('captured', authoritative), 'captured, captured_late'],
    ['is late after a failed capture', 'failed', {}, evidenceOf('captured', authoritative), 'captured, captured_late'],
    [
      'is late for a payment approved late',
      'approved',
      late,
      evidenceOf('captured', authoritative),
      'captured, captured_late',
    ],
    [
      'goes to review when the amount is too low',
      'approved',
      {},
      evidenceOf('captured', { amount: LESS, ...authoritative }),
      'review',
    ],
    [
      'goes to review when the currency differs',
      'approved',
      {},
      evidenceOf('captured', { amount: DOLLARS, ...authoritative }),
      'review',
    ],
    [
      'goes to review when the amount is too low after a cancellation',
      'cancelled',
      {},
      evidenceOf('captured', { amount: LESS, ...authoritative }),
      'review',
    ],
    [
      'refreshes from PayPal for a second capture',
      'captured',
      {},
      evidenceOf('captured', { captureId: 'CAPTURE2' }),
      'refresh',
    ],
  ],
  instrument_declined: [
    ['waits for the buyer to approve again', 'approved', {}, evidenceOf('instrument_declined'), 'created'],
    ['waits for the buyer when the approval was lost', 'created', {}, evidenceOf('instrument_declined'), 'created'],
    [
      'is a no-op when the attempt’s decline is already applied',
      'approved',
      { declines: 1 },
      evidenceOf('instrument_declined'),
      'no_op',
    ],
    ['is followed by another attempt', 'created', { declines: 1 }, evidenceOf('approved'), 'approved, approved-2'],
    ['is a no-op for a captured payment', 'captured', {}, evidenceOf('instrument_declined'), 'no_op'],
  ],
  accepted: [
    ['requests delivery', 'review', {}, evidenceOf('accepted'), 'captured, captured'],
    ['is late for a payment that was given up', 'review', late, evidenceOf('accepted'), 'captured, captured_late'],
    ['is a no-op when repeated', 'captured', {}, evidenceOf('accepted'), 'no_op'],
    ['is a no-op for a refunded payment', 'refunded', {}, evidenceOf('accepted'), 'no_op'],
  ],
  'capture_failed, cancelled, expired, declined': [
    [
      'fails an approved payment when the capture is declined',
      'approved',
      {},
      evidenceOf('capture_failed', authoritative),
      'failed, released',
    ],
    [
      'fails a pending payment when the bank declines',
      'capture_pending',
      {},
      evidenceOf('capture_failed', authoritative),
      'failed, released',
    ],
    [
      'refreshes from PayPal when an earlier capture failed',
      'capture_pending',
      { capture_id: 'CAPTURE2' },
      evidenceOf('capture_failed', authoritative),
      'refresh',
    ],
    ['refreshes from PayPal when only an event claims it', 'approved', {}, evidenceOf('capture_failed'), 'refresh'],
    ['cancels when the buyer cancels', 'created', {}, evidenceOf('cancelled'), 'cancelled, released'],
    [
      'cancels when PayPal voids the approved order',
      'approved',
      {},
      evidenceOf('cancelled', authoritative),
      'cancelled, released',
    ],
    [
      'refreshes from PayPal when a stale page cancels an approved payment',
      'approved',
      {},
      evidenceOf('cancelled'),
      'refresh',
    ],
    ['is a no-op when a stale page cancels a captured payment', 'captured', {}, evidenceOf('cancelled'), 'no_op'],
    [
      'expires when PayPal does not find the order',
      'created',
      {},
      evidenceOf('expired', authoritative),
      'expired, released',
    ],
    [
      'expires when PayPal does not find the approved order',
      'approved',
      {},
      evidenceOf('expired', authoritative),
      'expired, released',
    ],
    [
      'cancels a late payment when PayPal does not find the order',
      'approved',
      late,
      evidenceOf('expired', authoritative),
      'cancelled, released-cancelled-late',
    ],
    [
      'cancels a late payment when the stock is gone',
      'approved',
      late,
      evidenceOf('declined'),
      'cancelled, released-cancelled-late',
    ],
    ['refreshes from PayPal when a payment on time is declined', 'approved', {}, evidenceOf('declined'), 'refresh'],
  ],
  'refunded, reversed': [
    [
      'refunds in part',
      'captured',
      {},
      evidenceOf('refunded', { total: minor(500) }),
      'partially_refunded, refunded-500',
    ],
    [
      'refunds another part',
      'partially_refunded',
      {},
      evidenceOf('refunded', { total: minor(900) }),
      'partially_refunded, refunded-900',
    ],
    [
      'is a no-op for an applied partial refund',
      'partially_refunded',
      {},
      evidenceOf('refunded', { total: minor(500) }),
      'no_op',
    ],
    ['refunds the last part', 'partially_refunded', {}, evidenceOf('refunded'), 'refunded, refunded-2000'],
    ['refunds in full', 'captured', {}, evidenceOf('refunded'), 'refunded, refunded-2000'],
    ['refreshes from PayPal when the capture was lost', 'approved', {}, evidenceOf('refunded'), 'refresh'],
    ['refunds in full under review', 'review', {}, evidenceOf('refunded', { total: LESS }), 'refunded, refunded-1900'],
    [
      'stays under review after a partial refund',
      'review',
      {},
      evidenceOf('refunded', { total: minor(500) }),
      'review',
    ],
    ['reverses a captured payment', 'captured', {}, evidenceOf('reversed'), 'reversed, refunded-reversed'],
    [
      'reverses after a partial refund',
      'partially_refunded',
      {},
      evidenceOf('reversed'),
      'reversed, refunded-reversed',
    ],
    ['reverses after a full refund', 'refunded', {}, evidenceOf('reversed'), 'reversed, refunded-reversed'],
    ['is a no-op for a refund after a reversal', 'reversed', {}, evidenceOf('refunded'), 'no_op'],
  ],
};

describe.each(Object.entries(examples))('%s', (_, rows) => {
  it.each(rows)('%s', (_, status, more, evidence, outcome) => {
    expect(outcomeOf(paymentThatIs(status, more), evidence)).toBe(outcome);
  });
});

describe('evidenceOfOrder', () => {
  const capture = (status: string): PayPalCapture => ({ id: 'CAPTURE1', status, amount: REQUESTED });
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
    ['is empty before the buyer approves', order('PAYER_ACTION_REQUIRED'), []],
    ['is the approval', order('APPROVED'), ['approved']],
    ['is the cancellation of a voided order', order('VOIDED'), ['cancelled']],
    ['is the capture, not the approval', order('APPROVED', { captures: [capture('COMPLETED')] }), ['captured']],
    ['is the pending capture', order('COMPLETED', { captures: [capture('PENDING')] }), ['capture_pending']],
    ['is the declined capture', order('COMPLETED', { captures: [capture('DECLINED')] }), ['capture_failed']],
    ['is the failed capture', order('COMPLETED', { captures: [capture('FAILED')] }), ['capture_failed']],
    [
      'is empty for a declined capture beside one that cannot be read',
      order('COMPLETED', { captures: [capture('DECLINED')], incomplete: true }),
      [],
    ],
    [
      'is the completed capture before the pending one',
      order('COMPLETED', { captures: [capture('PENDING'), capture('COMPLETED')] }),
      ['captured', 'capture_pending'],
    ],
    [
      'is capture and refund of a refunded capture',
      order('COMPLETED', { captures: [capture('REFUNDED')] }),
      ['captured', 'refunded 2000'],
    ],
    [
      'is the total of completed refunds, and the pending ones',
      order('COMPLETED', {
        captures: [capture('PARTIALLY_REFUNDED')],
        refunds: [refund('COMPLETED', 300), refund('PENDING', 400), refund('COMPLETED', 500)],
      }),
      ['captured', 'refunded 800', 'refund_pending'],
    ],
    ['is empty for an unknown capture status', order('COMPLETED', { captures: [capture('ON_THE_MOON')] }), []],
  ])('%s', (_, paypalOrder, facts) => {
    const evidence = evidenceOfOrder(paypalOrder, { source: 'test' });

    expect(evidence.map((fact) => (fact.kind === 'refunded' ? `refunded ${fact.total.minor}` : fact.kind))).toEqual(
      facts,
    );
    expect(evidence.every(({ paypalOrderId }) => paypalOrderId === 'ORDER1')).toBe(true);
  });
});
