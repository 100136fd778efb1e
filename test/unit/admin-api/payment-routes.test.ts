import { describe, expect, it } from 'vitest';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const REFUND = 'POST /api/v1/admin/payments/{id}/refund';
const ACCEPT = 'POST /api/v1/admin/payments/{id}/accept';
const SHIP = 'POST /api/v1/admin/orders/{id}/ship';
const unknown = '0'.repeat(26);

describe('an operator', () => {
  it('gives money back, and the audit says who did it, why, and what was wished', async () => {
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

  it('is not let down by the audit: what cannot be written down is not done', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    admin.fail('audit.write', new Error('no'));

    const { status } = await admin.call(REFUND, { id: paymentId, body: { reason: 'returned' } });

    expect(status).toBe(500);
    expect(admin.shop.payments.rows.get(paymentId)?.status).toBe('captured');
  });

  it('is told PayPal’s reason when it refuses', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();

    const { status, body } = await admin.call(REFUND, {
      id: paymentId,
      body: { amount: { currency_code: 'EUR', value: '99.00' }, reason: 'too much' },
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({ type: '/problems/refund-refused', issue: 'REFUND_AMOUNT_EXCEEDED' });
  });

  it('who wants some of the money back never gives back all of it, though it came this very moment', async () => {
    const admin = adminInMemory();
    const begun = await admin.shop.begin();
    if (!begun) throw new Error('nothing begun');
    admin.shop.paypal.approve(begun.orderId);
    admin.happensMeanwhile(() => admin.shop.capture(begun.paymentId, 'return'));

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
  ] as const)('cannot do %s to a payment of which no money has come', async (call, problem) => {
    const admin = adminInMemory();
    const begun = await admin.shop.begin();

    const { status, body } = await admin.call(call, { id: begun?.paymentId ?? '', body: { reason: 'a try' } });

    expect(status).toBe(409);
    expect(body.type).toBe(`/problems/${problem}`);
  });

  it('takes money that differs from what was asked, and the audit says who did it, and why', async () => {
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

  it('sees on order and payment alike what the buyer disputes, and again when it is shipped', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    const dispute = { status: 'OPEN', updated_at: '2026-06-01T11:00:00.000Z' };
    await admin.shop.payments.repository.flagDispute(paymentId, 'PP-D-1', dispute);

    const story = await admin.call('GET /api/v1/admin/payments/{id}', { id: paymentId });
    const shipped = await admin.call(SHIP, { id: paymentId.replace('pay_', 'ord_'), body: { reason: 'parcel 1' } });

    const disputes = [{ dispute_id: 'PP-D-1', ...dispute }];
    expect(story.body).toMatchObject({ payment: { disputes }, order: { disputes } });
    expect(shipped.body).toMatchObject({ status: 'shipped', disputes });
  });

  it('cannot ship an order whose money went back', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    await admin.call(REFUND, { id: paymentId, body: { reason: 'returned' } });
    await admin.shop.finish();

    const { status, body } = await admin.call(SHIP, {
      id: paymentId.replace('pay_', 'ord_'),
      body: { reason: 'parcel 1' },
    });

    expect(status).toBe(409);
    expect(body.type).toBe('/problems/not-shippable');
  });

  it.each([
    [REFUND, `pay_${unknown}`],
    [REFUND, 'nonsense'],
    [ACCEPT, `pay_${unknown}`],
    [SHIP, `ord_${unknown}`],
    [SHIP, 'nonsense'],
  ] as const)('is told that there is nothing for %s of %s, and nothing is written down', async (call, id) => {
    const admin = adminInMemory();

    expect((await admin.call(call, { id, body: { reason: 'a try' } })).status).toBe(404);
    expect(admin.entries).toEqual([]);
  });

  it.each([REFUND, ACCEPT, SHIP] as const)('must give a reason for %s', async (call) => {
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

  it('is given the first answer again with the same idempotency key, but nobody else’s', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    const refund = (claims?: Record<string, string>) =>
      admin.call(REFUND, {
        id: paymentId,
        body: { amount: { currency_code: 'EUR', value: '5.00' }, reason: 'scratched' },
        headers: { 'idempotency-key': 'one' },
        ...(claims && { claims }),
      });

    await refund();
    await refund();
    await refund({ token_use: 'access', username: 'grace', 'cognito:groups': '[operators]' });

    expect(admin.entries.map(({ who }) => who)).toEqual(['ada', 'grace']);
  });
});
