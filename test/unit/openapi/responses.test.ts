import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Session, sessionSchema } from '../../../src/checkout/session.ts';
import { ORDER_STATUSES, type Order } from '../../../src/fulfillment/order.ts';
import { newPayment, type Payment } from '../../../src/payments/payment.ts';
import type { ReceiveResult } from '../../../src/paypal-webhook/receive.ts';
import type { VerificationResult } from '../../../src/paypal-webhook/verify-signature.ts';
import { OUTCOMES, PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';
import {
  toOrderResponse,
  toPaymentResponse,
  toProductResponse,
  toSessionResponse,
} from '../../../src/storefront-api/responses.ts';
import { componentErrors, schemaOf } from '../../support/api-document.ts';

const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'HUF', 'TWD');
const money = fc.record({ currency, minor: fc.nat(10 ** 12) });
const time = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());
const ulid = fc.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
const text = fc.string({ minLength: 1, unit: 'grapheme' });
const line = fc.record({ sku: text, name: text, quantity: fc.integer({ min: 1, max: 999 }), unit_price: money });
const items = fc.array(line, { minLength: 1, maxLength: 3 });
const paymentStatus = fc.constantFrom(...PAYMENT_STATUSES);

const session: fc.Arbitrary<Session> = ulid.chain((id) =>
  fc.record({
    checkout_session_id: fc.constant(`cs_${id}` as const),
    status: fc.constantFrom(...sessionSchema.shape.status.options),
    items,
    amount: money,
    expires_at: time,
    payment_id: fc.option(fc.constant(`pay_${id}` as const)),
    payment_status: fc.option(paymentStatus),
    created_at: time,
  }),
);

const order: fc.Arbitrary<Order> = ulid.chain((id) =>
  fc.record(
    {
      order_id: fc.constant(`ord_${id}` as const),
      payment_id: fc.constant(`pay_${id}` as const),
      checkout_session_id: fc.constant(`cs_${id}` as const),
      // Void orders never appear in a response.
      status: fc.constantFrom(...ORDER_STATUSES.filter((status) => status !== 'void')),
      items,
      amount: money,
      refunded_minor: fc.nat(10 ** 12),
      shipped_at: time,
      created_at: time,
    },
    {
      requiredKeys: [
        'order_id',
        'payment_id',
        'checkout_session_id',
        'status',
        'items',
        'amount',
        'refunded_minor',
        'created_at',
      ],
    },
  ),
);

const payment: fc.Arbitrary<Payment> = ulid.chain((id) => {
  const ids = { payment_id: `pay_${id}`, checkout_session_id: `cs_${id}` } as const;
  const settlement = fc.record({
    payment_id: fc.constant(ids.payment_id),
    checkout_session_id: fc.constant(ids.checkout_session_id),
    outcome: fc.constantFrom(...OUTCOMES),
    payment_status: paymentStatus,
    captured: fc.option(money),
    refunded_minor: fc.nat(),
  });
  const known = fc.record({
    status: paymentStatus,
    open: fc.dictionary(fc.constantFrom(...OUTCOMES), settlement, { maxKeys: 2 }),
    updated_at: time,
  });
  const atPayPal = fc.option(
    fc.record({
      paypal_order_id: fc.stringMatching(/^[A-Z0-9]{17}$/),
      approve_url: fc.constant('https://www.paypal.com/checkoutnow?token=5O190127TN364715T'),
    }),
  );
  return fc
    .tuple(money, time, known, atPayPal)
    .map(([amount, at, rest, paypal]) => ({ ...newPayment(ids, amount, at), ...rest, ...paypal }));
});

const product = fc.record({
  sku: text,
  name: text,
  price: money,
  available: fc.nat(),
  reserved: fc.nat(),
  sold: fc.nat(),
  stocked: fc.nat(),
  max_per_order: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
});

const RESPONSES: readonly (readonly [schema: string, fc.Arbitrary<object>])[] = [
  ['Product', product.map(toProductResponse)],
  ['CheckoutSession', session.map(toSessionResponse)],
  ['Order', order.map(toOrderResponse)],
  ['Payment', fc.tuple(payment, fc.option(order)).map(([paid, its]) => toPaymentResponse(paid, its ?? undefined))],
];

describe('docs/openapi.yaml: responses', () => {
  it.each(RESPONSES)('matches every response with a %s, property by property', (name, responses) => {
    const { properties = {} } = schemaOf(name);

    fc.assert(
      fc.property(responses, (response) => {
        expect(componentErrors(name, JSON.parse(JSON.stringify(response)))).toEqual([]);
        expect(Object.keys(response).sort()).toEqual(Object.keys(properties).sort());
      }),
      { numRuns: 200 },
    );
  });

  it('matches the order within a payment, property by property', () => {
    const [one] = fc.sample(order, 1);
    const [paid] = fc.sample(payment, 1);
    if (!one || !paid) throw new Error('no samples');

    expect(Object.keys(toPaymentResponse(paid, one).order ?? {}).sort()).toEqual(
      Object.keys(schemaOf('OrderInPayment').properties ?? {}).sort(),
    );
  });
});

describe('docs/openapi.yaml: enums', () => {
  const reasons: Record<Extract<VerificationResult, { genuine: false }>['reason'], true> = {
    algorithm: true,
    'certificate-url': true,
    'certificate-unknown': true,
    'certificate-name': true,
    'certificate-validity': true,
    'certificate-key': true,
    signature: true,
    'too-old': true,
  };
  const receipts: Record<ReceiveResult['status'], true> = {
    accepted: true,
    duplicate: true,
    ignored: true,
    parked: true,
  };

  it.each([
    ['payment status', schemaOf('PaymentStatus').enum, PAYMENT_STATUSES],
    ['session status', schemaOf('SessionStatus').enum, sessionSchema.shape.status.options],
    ['public order status', schemaOf('OrderStatus').enum, ORDER_STATUSES.filter((one) => one !== 'void')],
    ['webhook receipt status', schemaOf('EventReceipt').properties?.status?.enum, Object.keys(receipts)],
    ['signature rejection reason', schemaOf('BadSignature').properties?.reason?.enum, Object.keys(reasons)],
  ])('lists every %s', (_, documented, known) => {
    expect(documented?.toSorted()).toEqual(known.toSorted());
  });
});
