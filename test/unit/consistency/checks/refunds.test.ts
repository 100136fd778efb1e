import { describe, expect, it } from 'vitest';
import { mayHaveRefunds, refundViolation } from '../../../../src/consistency/checks/refunds.ts';
import type { Payment } from '../../../../src/payments/payment.ts';
import type { PayPalOrder, PayPalRefund } from '../../../../src/paypal/schema.ts';
import type { PaymentStatus } from '../../../../src/shared/settlement.ts';
import { ASKED, PAYMENT, paymentThatIs } from '../../../support/builders/payments.ts';

const NOW = new Date('2026-06-02T12:00:00.000Z');
const CONTEXT = { now: NOW, graceSeconds: 300 };
const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();
const DAY = 24 * 60 * 60;

const refundOf = (minor: number, more: Partial<PayPalRefund> = {}): PayPalRefund => ({
  id: `REFUND${minor}`,
  status: 'COMPLETED',
  amount: { ...ASKED, minor },
  capture_id: 'CAPTURE1',
  updated_at: secondsAgo(DAY),
  ...more,
});
const orderWith = (refunds: PayPalRefund[], captureStatus = 'COMPLETED'): PayPalOrder => ({
  id: 'ORDER1',
  status: 'COMPLETED',
  captures: [{ id: 'CAPTURE1', status: captureStatus, amount: ASKED, updated_at: secondsAgo(DAY) }],
  refunds,
});
const violationOf = (payment: Payment, order: PayPalOrder) => refundViolation(payment, order, CONTEXT);

describe('the refunds that a payment knows', () => {
  it.each<[what: string, Payment, PayPalOrder]>([
    ['none', paymentThatIs('captured'), orderWith([])],
    ['one', paymentThatIs('partially_refunded'), orderWith([refundOf(500)])],
    [
      'several',
      paymentThatIs('partially_refunded', { refunded_minor: 800 }),
      orderWith([refundOf(500), refundOf(300)], 'PARTIALLY_REFUNDED'),
    ],
    ['all', paymentThatIs('refunded'), orderWith([refundOf(2000)], 'REFUNDED')],
    ['one that is not complete yet', paymentThatIs('captured'), orderWith([refundOf(500, { status: 'PENDING' })])],
    ['one of another capture', paymentThatIs('captured'), orderWith([refundOf(500, { capture_id: 'CAPTURE2' })])],
  ])('are those at PayPal: %s', (_, payment, order) => {
    expect(violationOf(payment, order)).toBeUndefined();
  });

  it('are fewer than at PayPal: the shop is to ask', () => {
    expect(violationOf(paymentThatIs('partially_refunded'), orderWith([refundOf(500), refundOf(300)]))).toEqual({
      invariant: 'refunds_match_paypal',
      subject: PAYMENT,
      what: 'PayPal says that EUR 8.00 went back, the payment says EUR 5.00',
      repair: { kind: 'ask_paypal', payment_id: PAYMENT },
    });
  });

  it('are fewer than at PayPal, where the capture alone says so', () => {
    expect(violationOf(paymentThatIs('captured'), orderWith([], 'REFUNDED'))?.repair).toMatchObject({
      kind: 'ask_paypal',
    });
  });

  it('are more than at PayPal: no answer of PayPal’s takes that back, so a person must look', () => {
    expect(violationOf(paymentThatIs('partially_refunded'), orderWith([]))).toMatchObject({
      what: 'PayPal says that EUR 0.00 went back, the payment says EUR 5.00',
      repair: null,
    });
  });

  it('need not be known yet when they were made within the time of grace', () => {
    const refundedAgo = (seconds: number) => orderWith([refundOf(500, { updated_at: secondsAgo(seconds) })]);

    expect(violationOf(paymentThatIs('captured'), refundedAgo(299))).toBeUndefined();
    expect(violationOf(paymentThatIs('captured'), refundedAgo(300))).toBeDefined();
  });
});

describe('PayPal is asked about the refunds', () => {
  const asked = (payment: Payment) => mayHaveRefunds(payment, CONTEXT);

  it.each<PaymentStatus>(['captured', 'partially_refunded', 'refunded', 'review'])(
    'of a payment that is %s',
    (status) => {
      expect(asked(paymentThatIs(status))).toBe(true);
    },
  );

  it.each<PaymentStatus>(['created', 'approved', 'capture_pending', 'cancelled', 'expired', 'failed'])(
    'but not of one that is %s: there is nothing to give back',
    (status) => {
      expect(asked(paymentThatIs(status, { capture_id: 'CAPTURE1' }))).toBe(false);
    },
  );

  it('but not of one that was reversed: PayPal’s answers do not tell that from a refund', () => {
    expect(asked(paymentThatIs('reversed'))).toBe(false);
  });

  it('but not of one that changed a moment ago', () => {
    expect(asked(paymentThatIs('captured', { updated_at: secondsAgo(299) }))).toBe(false);
    expect(asked(paymentThatIs('captured', { updated_at: secondsAgo(300) }))).toBe(true);
  });

  it('but not of one that is too old to be refunded', () => {
    expect(asked(paymentThatIs('captured', { updated_at: secondsAgo(180 * DAY) }))).toBe(true);
    expect(asked(paymentThatIs('captured', { updated_at: secondsAgo(180 * DAY + 1) }))).toBe(false);
  });
});
