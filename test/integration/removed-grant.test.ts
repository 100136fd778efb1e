import { expect, it } from 'vitest';
import { firstFailuresOf, noFailuresOf, retry } from '../support/stack/settlements.ts';
import { approve, beginPurchase, completedPayment, paymentOf, sessionOf } from '../support/stack/shop.ts';
import { withoutGrant } from '../support/stack/without-grant.ts';

it('fails the settlement when the checkout function lacks its write grant', async () => {
  const purchase = await beginPurchase();

  await withoutGrant('dynamodb:UpdateItem', 'checkout', async () => {
    await approve(purchase.paypalOrderId);
    // Fails every attempt, so the number of retries before the grant is restored does not matter.
    expect(await firstFailuresOf(purchase)).toMatchObject([{ settlement: 'captured', status: 'FAILED' }]);
    expect((await paymentOf(purchase)).order).not.toBeNull();
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_pending' });
  });

  await retry(purchase);
  await completedPayment(purchase, 'captured');
  expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_completed' });
  await noFailuresOf(purchase);
});

it('sells again when the grant is restored', async () => {
  const purchase = await beginPurchase();

  await approve(purchase.paypalOrderId);

  expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
});
