import { describe, expect, it } from 'vitest';
import { orderIdOf, type PaymentId } from '../../../src/shared/ids.ts';
import { accessClaims, signedToken } from '../../support/builders/operator-tokens.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const REFUND = 'POST /api/v1/admin/payments/{id}/refund';
const ACCEPT = 'POST /api/v1/admin/payments/{id}/accept';
const SHIP = 'POST /api/v1/admin/orders/{id}/ship';
const UNKNOWN = '0'.repeat(26);

interface Purchase {
  readonly admin: ReturnType<typeof adminInMemory>;
  readonly id: PaymentId;
  readonly orderId: string;
}

describe('paymentRoutes', () => {
  it('refunds an amount and records actor, reason and amount', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();

    const { status, body } = await admin.call(REFUND, {
      id: paymentId,
      body: { amount: { currency_code: 'EUR', value: '5.00' }, reason: 'scratched' },
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'partially_refunded', refunded: { currency_code: 'EUR', value: '5.00' } });
    expect(admin.entries).toMatchObject([
      {
        who: 'ada',
        what: 'refund',
        target: paymentId,
        why: 'scratched',
        details: { amount: { currency_code: 'EUR', value: '5.00' } },
      },
    ]);
  });

  it('refunds nothing when the audit entry cannot be written', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    admin.fail('audit.write', new Error('no'));

    const { status } = await admin.call(REFUND, { id: paymentId, body: { reason: 'returned' } });

    expect(status).toBe(500);
    expect(admin.shop.payments.rows.get(paymentId)?.status).toBe('captured');
  });

  it('returns PayPal’s issue when PayPal rejects the refund', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();

    const { status, body } = await admin.call(REFUND, {
      id: paymentId,
      body: { amount: { currency_code: 'EUR', value: '99.00' }, reason: 'too much' },
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({ type: '/problems/refund-refused', issue: 'REFUND_AMOUNT_EXCEEDED' });
  });

  it('rejects a partial refund when the capture arrives meanwhile', async () => {
    const admin = adminInMemory();
    const begun = await admin.shop.begin();
    if (!begun) throw new Error('out of stock');
    admin.shop.paypal.approve(begun.orderId);
    admin.duringAuditWrite(() => admin.shop.capture(begun.paymentId, 'return'));

    const { status, body } = await admin.call(REFUND, {
      id: begun.paymentId,
      body: { amount: { currency_code: 'EUR', value: '5.00' }, reason: 'scratched' },
    });

    expect([status, body.type]).toEqual([409, '/problems/nothing-to-refund']);
    expect(admin.shop.paypal.orders.get(begun.orderId)?.capture?.refunds ?? []).toEqual([]);
  });

  it.each([
    [REFUND, 'nothing-to-refund'],
    [ACCEPT, 'not-under-review'],
  ] as const)('rejects %s for a payment without a capture', async (call, problem) => {
    const admin = adminInMemory();
    const begun = await admin.shop.begin();

    const { status, body } = await admin.call(call, { id: begun?.paymentId ?? '', body: { reason: 'test' } });

    expect(status).toBe(409);
    expect(body.type).toBe(`/problems/${problem}`);
  });

  it('accepts a differing amount and records actor and reason', async () => {
    const admin = adminInMemory();
    const begun = await admin.shop.begin();
    admin.shop.paypal.approve(begun?.orderId ?? '', 'instant', { currency: 'EUR', minor: 1 });
    for (const { event } of admin.shop.paypal.events) await admin.shop.deliver(event);
    await admin.shop.finish();
    const id = begun?.paymentId ?? '';

    const { status, body } = await admin.call(ACCEPT, { id, body: { reason: 'agreed by phone' } });

    expect([status, body.status]).toEqual([200, 'captured']);
    expect(admin.entries).toMatchObject([{ who: 'ada', what: 'accept', target: id, why: 'agreed by phone' }]);
  });

  it('ships an order once', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    const id = paymentId.replace('pay_', 'ord_');

    const first = await admin.call(SHIP, { id, body: { reason: 'parcel 1' } });
    const second = await admin.call(SHIP, { id, body: { reason: 'parcel 1' } });

    expect(first.body).toMatchObject({ status: 'shipped', shipped_at: '2026-06-01T12:00:00.000Z' });
    expect(second.body).toEqual(first.body);
  });

  it('returns disputes with the payment, the order and the shipment', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    const dispute = { status: 'OPEN', updated_at: '2026-06-01T11:00:00.000Z' };
    await admin.shop.payments.repository.flagDispute(paymentId, 'PP-D-1', dispute);

    const details = await admin.call('GET /api/v1/admin/payments/{id}', { id: paymentId });
    const shipped = await admin.call(SHIP, { id: paymentId.replace('pay_', 'ord_'), body: { reason: 'parcel 1' } });

    const disputes = [{ dispute_id: 'PP-D-1', ...dispute }];
    expect(details.body).toMatchObject({ payment: { disputes }, order: { disputes } });
    expect(shipped.body).toMatchObject({ status: 'shipped', disputes });
  });

  it('rejects the shipment of a refunded order', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    await admin.call(REFUND, { id: paymentId, body: { reason: 'returned' } });
    await admin.shop.finish();

    const { status, body } = await admin.call(SHIP, {
      id: paymentId.replace('pay_', 'ord_'),
      body: { reason: 'parcel 1' },
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({ type: '/problems/not-shippable', detail: 'the payment is refunded' });
  });

  it.each<[string, (purchase: Purchase) => Promise<unknown>, string]>([
    [
      'was refunded a moment ago',
      ({ admin, id }) => admin.call(REFUND, { id, body: { reason: 'returned' } }),
      'the payment is refunded',
    ],
    [
      'was refunded in two parts a moment ago',
      async ({ admin, id }) => {
        for (const value of ['5.00', '15.00'])
          await admin.call(REFUND, { id, body: { amount: { currency_code: 'EUR', value }, reason: value } });
      },
      'the payment is refunded',
    ],
    [
      'was taken back a moment ago',
      async ({ admin: { shop }, orderId }) => {
        shop.paypal.reverse(orderId);
        for (const { event } of shop.paypal.events) await shop.deliver(event);
      },
      'the payment is reversed',
    ],
    [
      'is refunded slowly, as the operator asked',
      async ({ admin, id, orderId }) => {
        const order = admin.shop.paypal.orders.get(orderId);
        if (order) order.slowRefunds = true;
        await admin.call(REFUND, { id, body: { reason: 'returned' } });
      },
      'a refund is pending at PayPal',
    ],
    [
      'is refunded slowly in part, as PayPal tells',
      async ({ admin: { shop }, orderId }) => {
        shop.paypal.refund(orderId, 500, { status: 'PENDING' });
        for (const { event } of shop.paypal.events) await shop.deliver(event);
      },
      'a refund is pending at PayPal',
    ],
  ])('rejects the shipment of a confirmed order whose payment %s', async (_, takeBack, detail) => {
    const admin = adminInMemory();
    const { paymentId, orderId } = await admin.paid();
    const order = () => admin.shop.orders.rows.get(orderIdOf(paymentId));
    await takeBack({ admin, id: paymentId, orderId });
    expect(order()?.status).toBe('confirmed');

    const { status, body } = await admin.call(SHIP, { id: orderIdOf(paymentId), body: { reason: 'parcel 1' } });

    expect([status, body]).toMatchObject([409, { type: '/problems/not-shippable', detail }]);
    expect(order()?.status).toBe('confirmed');
  });

  it('rejects the shipment of an order while a refund is pending, before it is recorded', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    const payment = admin.shop.payments.rows.get(paymentId);
    if (!payment?.capture_id || !payment.captured) throw new Error('not captured');
    const { capture_id: captureId, captured: amount } = payment;
    const refund = { kind: 'refund_pending', source: 'test', captureId, refundId: 'REFUND1', amount } as const;
    await admin.shop.evidenceApplier.apply(paymentId, refund);

    const { status, body } = await admin.call(SHIP, {
      id: paymentId.replace('pay_', 'ord_'),
      body: { reason: 'parcel 1' },
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({ type: '/problems/not-shippable', detail: 'a refund is pending at PayPal' });
    expect(admin.entries).toEqual([]);
  });

  it.each([
    [REFUND, `pay_${UNKNOWN}`],
    [REFUND, 'nonsense'],
    [ACCEPT, `pay_${UNKNOWN}`],
    [SHIP, `ord_${UNKNOWN}`],
    [SHIP, 'nonsense'],
  ] as const)('returns 404 and records nothing for %s of %s', async (call, id) => {
    const admin = adminInMemory();

    expect((await admin.call(call, { id, body: { reason: 'test' } })).status).toBe(404);
    expect(admin.entries).toEqual([]);
  });

  it.each([REFUND, ACCEPT, SHIP] as const)('rejects %s without a reason', async (call) => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();

    const { status, body } = await admin.call(call, {
      id: call === SHIP ? paymentId.replace('pay_', 'ord_') : paymentId,
      body: {},
    });

    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'reason', detail: 'missing' }]);
    expect(admin.entries).toEqual([]);
  });

  it('replays the response for an idempotency key, per operator', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    const refund = (username: string) =>
      admin.call(REFUND, {
        id: paymentId,
        body: { amount: { currency_code: 'EUR', value: '5.00' }, reason: 'scratched' },
        headers: { 'idempotency-key': 'the-only-request' },
        token: signedToken(accessClaims(username)),
      });

    await refund('ada');
    await refund('ada');
    await refund('grace');

    expect(admin.entries.map(({ who }) => who)).toEqual(['ada', 'grace']);
  });
});
