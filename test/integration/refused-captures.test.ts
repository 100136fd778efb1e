import { expect, it } from 'vitest';
import { stockOf } from '../support/stack/invariants.ts';
import { seenByOperator } from '../support/stack/operator.ts';
import { approve, beginPurchase, completedPayment, paymentOf, payPal, shop, until } from '../support/stack/shop.ts';

it('a capture refused because of the merchant blames no card, names the issue to operators, and can be repeated', async () => {
  const purchase = await beginPurchase();
  const path = `/v2/checkout/orders/${purchase.paypalOrderId}/capture`;
  await payPal('PUT', '/_sim/faults', { faults: [{ method: 'POST', path, issue: 'PERMISSION_DENIED', times: 100 }] });
  await approve(purchase.paypalOrderId);

  const refused = await until(
    () => shop('POST', `/api/v1/payments/${purchase.paymentId}/capture`),
    ({ status }) => status === 409,
  );
  expect(refused.body).toEqual({
    type: '/problems/payment-refused',
    title: 'Payment refused',
    status: 409,
    detail: 'the shop cannot take this payment at the moment; nothing was charged',
    issue: 'PERMISSION_DENIED',
  });
  expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 1, sold: 0 });
  const { body } = await seenByOperator('/api/v1/admin/health');
  expect(body.checks.find(({ name }: { name: string }) => name === 'captures')).toMatchObject({
    status: expect.stringMatching(/^(failing|attention)$/),
    detail: expect.stringContaining('PERMISSION_DENIED'),
  });

  await payPal('PUT', '/_sim/faults', { faults: [] });
  await until(
    () => paymentOf(purchase),
    ({ status }) => status === 'created',
  );
  await approve(purchase.paypalOrderId);

  expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
});
