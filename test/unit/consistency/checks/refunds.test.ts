import { describe, expect, it } from 'vitest';
import { mayHaveRefunds, refundViolation } from '../../../../src/consistency/checks/refunds.ts';
import type { Payment } from '../../../../src/payments/payment.ts';
import type { PayPalOrder, PayPalRefund } from '../../../../src/paypal/schema.ts';
import type { PaymentStatus } from '../../../../src/shared/settlement.ts';
import { LESS, PAYMENT, paymentThatIs, REQUESTED } from '../../../support/builders/payments.ts';

const NOW = new Date('2026-06-02T12:00:00.000Z');
const CONTEXT = { now: NOW, graceSeconds: 300 };
const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();
const DAY = 24 * 60 * 60;

const refundOf = (minor: number, more: Partial<PayPalRefund> = {}): PayPalRefund => ({
  id: `REFUND${minor}`,
  status: 'COMPLETED',
  amount: { ...REQUESTED, minor },
  capture_id: 'CAPTURE1',
  updated_at: secondsAgo(DAY),
  ...more,
});
const orderWith = (refunds: PayPalRefund[], captureStatus = 'COMPLETED'): PayPalOrder => ({
  id: 'ORDER1',
  status: 'COMPLETED',
  captures: [{ id: 'CAPTURE1', status: captureStatus, amount: REQUESTED, updated_at: secondsAgo(DAY) }],
  refunds,
});
const violationOf = (payment: Payment, order: PayPalOrder) => refundViolation(payment, order, CONTEXT);

describe('refundViolation', () => {
  it.each<[what: string, Payment, PayPalOrder]>([
    ['none', paymentThatIs('captured'), orderWith([])],
    ['one', paymentThatIs('partially_refunded'), orderWith([refundOf(500)])],
    [
      'several',
      paymentThatIs('partially_refunded', { refunded_minor: 800 }),
      orderWith([refundOf(500), refundOf(300)], 'PARTIALLY_REFUNDED'),
    ],
    ['all', paymentThatIs('refunded'), orderWith([refundOf(2000)], 'REFUNDED')],
    ['a pending one', paymentThatIs('captured'), orderWith([refundOf(500, { status: 'PENDING' })])],
    ['one of another capture', paymentThatIs('captured'), orderWith([refundOf(500, { capture_id: 'CAPTURE2' })])],
  ])('finds nothing when the refunds match PayPal’s: %s', (_, payment, order) => {
    expect(violationOf(payment, order)).toBeUndefined();
  });

  it('repairs from PayPal when PayPal has more', () => {
    expect(violationOf(paymentThatIs('partially_refunded'), orderWith([refundOf(500), refundOf(300)]))).toEqual({
      invariant: 'refunds_match_paypal',
      subject: PAYMENT,
      what: 'PayPal reports EUR 8.00 refunded, the payment records EUR 5.00',
      repair: { kind: 'ask_paypal', payment_id: PAYMENT },
    });
  });

  it('repairs from PayPal when only the capture is marked refunded', () => {
    expect(violationOf(paymentThatIs('captured'), orderWith([], 'REFUNDED'))?.repair).toMatchObject({
      kind: 'ask_paypal',
    });
  });

  it.each<[what: string, PayPalOrder]>([
    ['is missing', { ...orderWith([]), captures: [] }],
    ['is another', { ...orderWith([]), captures: [{ id: 'CAPTURE9', status: 'COMPLETED', amount: REQUESTED }] }],
    ['is pending', orderWith([], 'PENDING')],
    ['is declined', orderWith([], 'DECLINED')],
    ['has another amount', { ...orderWith([]), captures: [{ id: 'CAPTURE1', status: 'COMPLETED', amount: LESS }] }],
  ])('requires manual review when PayPal’s capture %s', (_, order) => {
    expect(violationOf(paymentThatIs('captured'), order)).toMatchObject({
      invariant: 'refunds_match_paypal',
      repair: null,
    });
  });

  it('finds nothing for a reversal that PayPal does not report as a refund', () => {
    const reversal = {
      at: '2026-06-01T12:00:00.000Z',
      status: 'reversed',
      evidence: 'reversed',
      source: 'test',
    } as const;
    const reversed = paymentThatIs('reversed', { history: [reversal] });

    expect(violationOf(reversed, orderWith([]))).toBeUndefined();
  });

  it('repairs from PayPal when more was refunded after a reversal of a part', () => {
    const reversal = {
      at: '2026-06-01T12:00:00.000Z',
      status: 'partially_refunded',
      evidence: 'reversed',
      source: 'test',
    } as const;
    const reversed = paymentThatIs('partially_refunded', { history: [reversal] });

    expect(violationOf(reversed, orderWith([refundOf(500), refundOf(300)]))?.repair).toMatchObject({
      kind: 'ask_paypal',
    });
    expect(violationOf(reversed, orderWith([refundOf(500)]))).toBeUndefined();
  });

  it('requires manual review when PayPal has less', () => {
    expect(violationOf(paymentThatIs('partially_refunded'), orderWith([]))).toMatchObject({
      what: 'PayPal reports EUR 0.00 refunded, the payment records EUR 5.00',
      repair: null,
    });
  });

  it('finds nothing when the refund is within the grace period', () => {
    const refundedAgo = (seconds: number) => orderWith([refundOf(500, { updated_at: secondsAgo(seconds) })]);

    expect(violationOf(paymentThatIs('captured'), refundedAgo(299))).toBeUndefined();
    expect(violationOf(paymentThatIs('captured'), refundedAgo(300))).toBeDefined();
  });
});

describe('mayHaveRefunds', () => {
  const isCompared = (payment: Payment) => mayHaveRefunds(payment, CONTEXT);

  it.each<PaymentStatus>(['captured', 'partially_refunded', 'refunded', 'reversed', 'review'])(
    'includes a payment that is %s',
    (status) => {
      expect(isCompared(paymentThatIs(status))).toBe(true);
    },
  );

  it.each<PaymentStatus>(['created', 'approved', 'capture_pending', 'cancelled', 'expired', 'failed'])(
    'excludes a payment that is %s, with nothing to refund',
    (status) => {
      expect(isCompared(paymentThatIs(status, { capture_id: 'CAPTURE1' }))).toBe(false);
    },
  );

  it('excludes a payment within the grace period', () => {
    expect(isCompared(paymentThatIs('captured', { updated_at: secondsAgo(299) }))).toBe(false);
    expect(isCompared(paymentThatIs('captured', { updated_at: secondsAgo(300) }))).toBe(true);
  });

  it('excludes a payment beyond the refund window', () => {
    expect(isCompared(paymentThatIs('captured', { updated_at: secondsAgo(180 * DAY) }))).toBe(true);
    expect(isCompared(paymentThatIs('captured', { updated_at: secondsAgo(180 * DAY + 1) }))).toBe(false);
  });
});
