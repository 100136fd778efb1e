import fc from 'fast-check';
import type { Evidence, EvidenceKind } from '../../../src/payments/evidence.ts';
import { newPayment, type Payment } from '../../../src/payments/payment.ts';
import { isGivenUp, isPaid, TRANSITIONS } from '../../../src/payments/transitions.ts';
import type { Money } from '../../../src/shared/money.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from '../../../src/shared/settlement.ts';

/** Every kind of evidence: `satisfies` keeps the list complete. */
export const EVIDENCE_KINDS = Object.keys({
  approved: true,
  capture_pending: true,
  captured: true,
  capture_failed: true,
  cancelled: true,
  expired: true,
  instrument_declined: true,
  accepted: true,
  declined: true,
  refunded: true,
  reversed: true,
  already_captured: true,
  not_approved: true,
  refund_pending: true,
  refund_failed: true,
  reinstated: true,
} satisfies Record<EvidenceKind, true>) as readonly EvidenceKind[];

const ULID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
/** The ids of the sample purchase. */
export const PAYMENT = `pay_${ULID}` as const;
export const SESSION = `cs_${ULID}` as const;
export const ORDER = `ord_${ULID}` as const;

/** The requested amount. */
export const REQUESTED: Money = { currency: 'EUR', minor: 2000 };
export const LESS: Money = { currency: 'EUR', minor: 1900 };

/** A payment in this status, with the attributes that the status implies. */
export function paymentThatIs(status: PaymentStatus, more: Partial<Payment> = {}): Payment {
  const captured = status === 'review' ? LESS : REQUESTED;
  const refunded = { partially_refunded: 500, refunded: captured.minor, reversed: captured.minor };
  return {
    ...newPayment({ payment_id: PAYMENT, checkout_session_id: SESSION }, REQUESTED, '2026-06-01T12:00:00.000Z'),
    paypal_order_id: 'ORDER1',
    status,
    ...((isPaid(status) || status === 'capture_pending') && { capture_id: 'CAPTURE1' }),
    ...(isPaid(status) && { captured }),
    refunded_minor: refunded[status as keyof typeof refunded] ?? 0,
    ...more,
  };
}

/** Evidence of this kind; by default with the requested amount. */
export function evidenceOf(kind: EvidenceKind, more: Partial<EvidenceParts> = {}): Evidence {
  const {
    amount = REQUESTED,
    total = REQUESTED,
    captureId = 'CAPTURE1',
    attempt = 0,
    refundId = 'REFUND1',
    ...context
  } = more;
  const about = { source: 'test', ...context };
  switch (kind) {
    case 'captured':
      return { ...about, kind, captureId, amount };
    case 'reinstated':
      return { ...about, kind, captureId, amount, total, time: context.time ?? AFTER };
    case 'refunded':
      return { ...about, kind, captureId, total, refundIds: [refundId] };
    case 'refund_pending':
      return { ...about, kind, captureId, refundId, amount };
    case 'refund_failed':
      return { ...about, kind, captureId, refundId, status: 'FAILED' };
    case 'reversed':
      return { ...about, kind, captureId, total };
    case 'capture_pending':
    case 'capture_failed':
      return { ...about, kind, captureId };
    case 'instrument_declined':
    case 'not_approved':
      return { ...about, kind, attempt, issue: 'INSTRUMENT_DECLINED' };
    default:
      return { ...about, kind };
  }
}
interface EvidenceParts extends Pick<Evidence, 'source' | 'time' | 'authoritative' | 'paypalOrderId'> {
  readonly amount: Money;
  readonly total: Money;
  readonly captureId: string;
  readonly attempt: number;
  readonly refundId: string;
}

const someMoney = fc.constantFrom<Money>(REQUESTED, LESS, { currency: 'USD', minor: 2000 });

const BEFORE = '2026-06-01T12:04:59.000Z';
const REFUSED_AT = '2026-06-01T12:05:00.000Z';
const AFTER = '2026-06-01T12:05:00.001Z';

/** Evidence of these kinds about the sample purchase, or another order. */
const evidenceOfKinds = (kinds: readonly EvidenceKind[]): fc.Arbitrary<Evidence> =>
  fc
    .record({
      kind: fc.constantFrom(...kinds),
      authoritative: fc.boolean(),
      paypalOrderId: fc.constantFrom(undefined, 'ORDER1', 'ORDER2'),
      time: fc.constantFrom(undefined, BEFORE, REFUSED_AT, AFTER),
      captureId: fc.constantFrom('CAPTURE1', 'CAPTURE2', 'CAPTURE3'),
      refundId: fc.constantFrom('REFUND1', 'REFUND2'),
      amount: someMoney,
      attempt: fc.nat(2),
      total: fc.record({
        currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'JPY'),
        minor: fc.constantFrom(0, 500, 1000, 1900, 2000, 2500),
      }),
    })
    .map(({ kind, ...parts }) => evidenceOf(kind, parts));

export const anyEvidence = evidenceOfKinds(EVIDENCE_KINDS);

/** Payments with this captured amount, which never changes once stored. */
const paymentsWith = (captured: Money, statuses: readonly PaymentStatus[]): fc.Arbitrary<Payment> =>
  fc
    .record({
      status: fc.constantFrom(...statuses),
      late: fc.boolean(),
      declines: fc.nat(2),
      attached: fc.boolean(),
      hasCapture: fc.boolean(),
      refunded: fc.constantFrom(0, 500, 1500),
      refundStatus: fc.constantFrom(undefined, 'PENDING' as const, 'COMPLETED' as const, 'FAILED' as const),
      extraRefunded: fc.constantFrom(undefined, 0, 500),
      reinstated: fc.constantFrom(undefined, 1),
    })
    .map(({ status, late, declines, attached, hasCapture, refunded, refundStatus, extraRefunded, reinstated }) => {
      const { paypal_order_id, ...payment } = paymentThatIs(status, {
        // A created payment is late only if an attempt after the session was given up was declined.
        late: late && (status !== 'created' || declines > 0),
        declines,
        ...(declines > 0 && { refused_at: REFUSED_AT }),
        ...(isPaid(status) && status !== 'review' && reinstated !== undefined && { reinstated }),
        ...(isPaid(status) &&
          refundStatus && {
            refunds: { REFUND1: { status: refundStatus } },
            refunds_pending: Number(refundStatus === 'PENDING'),
          }),
        ...(isPaid(status) &&
          extraRefunded !== undefined && {
            extra_captures: { CAPTURE2: { amount: REQUESTED, refunded_minor: extraRefunded } },
          }),
        ...(isPaid(status) && { captured }),
        ...(isGivenUp(status) && hasCapture && { capture_id: 'CAPTURE1' }),
        ...(status === 'refunded' && { refunded_minor: captured.minor }),
        ...(status === 'reversed' && { refunded_minor: captured.minor }),
        ...(status === 'review' && { refunded_minor: refunded }),
        ...(status === 'partially_refunded' && { refunded_minor: refunded || 100 }),
      });
      return attached || status !== 'created' ? { ...payment, paypal_order_id: 'ORDER1' } : payment;
    });

export const anyPayment: fc.Arbitrary<Payment> = fc
  .constantFrom(REQUESTED, LESS)
  .chain((captured) => paymentsWith(captured, PAYMENT_STATUSES));

/** Evidence that may move a payment, the payment as it was read, and as it may be stored now. */
export const anyMeeting: fc.Arbitrary<{ evidence: Evidence; read: Payment; now: Payment }> = fc
  .tuple(fc.constantFrom(...TRANSITIONS), fc.constantFrom(REQUESTED, LESS))
  .chain(([{ evidence, from }, captured]) =>
    fc.record({
      evidence: evidenceOfKinds([evidence]),
      read: paymentsWith(captured, from),
      now: paymentsWith(captured, from),
    }),
  );
