import { describe, expect, it } from 'vitest';
import { countRefund } from '../../../src/admin-api/refund-limit.ts';
import { accessClaims, signedToken } from '../../support/builders/operator-tokens.ts';
import { type AdminInMemory, adminInMemory } from '../../support/in-memory/admin-api.ts';

const REFUND = 'POST /api/v1/admin/payments/{id}/refund';
const operator = (username = 'ada') => signedToken(accessClaims(username, ['operator']));

/** Refunds part of a payment. */
const refund = (admin: AdminInMemory, id: string, value: string | undefined, reason: string, token = operator()) =>
  admin.call(REFUND, {
    id,
    token,
    body: { ...(value && { amount: { currency_code: 'EUR', value } }), reason },
  });

/** A shop with a paid order of EUR 20.00, where ada may refund EUR 10 a day. */
async function shopWithLimit() {
  const admin = adminInMemory();
  admin.refundLimits.operators.set('ada', 10);
  const { paymentId } = await admin.paid();
  return { admin, paymentId };
}

describe('refund limit', () => {
  it('refuses the refund that would exceed it, and names limit and remainder', async () => {
    const { admin, paymentId } = await shopWithLimit();
    await refund(admin, paymentId, '7.50', 'first');

    const { status, body } = await refund(admin, paymentId, '2.51', 'second');

    expect(status).toBe(403);
    expect(body).toMatchObject({
      type: '/problems/refund-limit',
      limit: { currency_code: 'EUR', value: '10.00' },
      left: { currency_code: 'EUR', value: '2.50' },
    });
    expect(admin.entries).toHaveLength(1);
    expect((await refund(admin, paymentId, '2.50', 'third')).status).toBe(200);
  });

  it('counts a repeated request of the same refund once', async () => {
    const { admin, paymentId } = await shopWithLimit();

    for (let i = 0; i < 3; i++) expect((await refund(admin, paymentId, '6.00', 'same')).status).toBe(200);

    expect(admin.refundLimits.counted()).toEqual({ '2026-06-01#EUR#ada': 600 });
  });

  it('counts what remains of the payment for a full refund', async () => {
    const { admin, paymentId } = await shopWithLimit();
    await refund(admin, paymentId, '4.00', 'part');

    expect((await refund(admin, paymentId, undefined, 'rest')).body).toMatchObject({
      type: '/problems/refund-limit',
      left: { value: '6.00' },
    });
  });

  it('is none for an admin', async () => {
    const { admin, paymentId } = await shopWithLimit();

    expect((await refund(admin, paymentId, undefined, 'all', signedToken(accessClaims()))).status).toBe(200);
    expect(admin.refundLimits.counted()).toEqual({});
  });

  it('is the stage’s for other operators, each for itself', async () => {
    const { admin, paymentId } = await shopWithLimit();
    await refund(admin, paymentId, '10.00', 'all of ada');

    expect((await refund(admin, paymentId, '1.00', 'of grace', operator('grace'))).status).toBe(200);
  });

  it('is that of the API key, and the stage’s for a key without one', async () => {
    const { admin, paymentId } = await shopWithLimit();
    const limited = await admin.apiKeys.add(['payments:write'], { refund_limit: 1 });
    const unlimited = await admin.apiKeys.add(['payments:write']);

    expect((await refund(admin, paymentId, '1.01', 'first', limited)).status).toBe(403);
    expect((await refund(admin, paymentId, '1.01', 'second', unlimited)).status).toBe(200);
  });

  it('counts nothing for a refund that is refused before it starts', async () => {
    const { admin, paymentId } = await shopWithLimit();
    const begun = await admin.shop.begin();

    await refund(admin, begun?.paymentId ?? '', '1.00', 'not captured');
    await refund(admin, begun?.paymentId ?? '', undefined, 'not captured');
    await refund(admin, paymentId, '0.00', 'zero');
    await refund(admin, 'pay_unknown', '1.00', 'unknown');
    await refund(admin, paymentId, undefined, 'all', signedToken(accessClaims()));
    await refund(admin, paymentId, undefined, 'again');

    expect(admin.refundLimits.counted()).toEqual({});
  });

  it('counts nothing for a refund that PayPal rejects', async () => {
    const { admin, paymentId } = await shopWithLimit();
    admin.refundLimits.operators.set('ada', 5000);

    expect((await refund(admin, paymentId, '4000.00', 'too much')).body.type).toBe('/problems/refund-refused');

    expect(admin.refundLimits.counted()).toEqual({ '2026-06-01#EUR#ada': 0 });
  });

  it('refunds nothing when the money arrives after the payment was read', async () => {
    const admin = adminInMemory();
    admin.refundLimits.operators.set('ada', 1);
    const begun = (await admin.shop.begin()) ?? expect.fail('no payment');
    admin.shop.paypal.approve(begun.orderId);
    admin.duringAuditWrite(async () => {
      await admin.shop.capture(begun.paymentId, 'return');
      await admin.shop.finish();
    });

    const { status, body } = await refund(admin, begun.paymentId, undefined, 'too early');

    expect([status, body.type]).toEqual([409, '/problems/nothing-to-refund']);
    expect(admin.refundLimits.counted()).toEqual({});
  });

  it('is not given back by a repeated request that PayPal rejects', async () => {
    const { admin, paymentId } = await shopWithLimit();
    const payment = admin.shop.payments.rows.get(paymentId) ?? expect.fail('no payment');
    const deps = { refundLimits: admin.refundLimits.repository, refundLimit: 10, now: () => new Date('2026-06-01') };
    const count = () =>
      countRefund(deps, { id: 'ada', role: 'operator' }, payment, { currency: 'EUR', minor: 500 }, 'same');

    expect(await count()).toMatchObject({ amount: { minor: 500 } });
    expect(await count()).toBeUndefined();
  });
});
