import { describe, expect, it } from 'vitest';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';

describe('a capture that PayPal refuses because of the merchant', () => {
  const issue = 'PAYEE_ACCOUNT_RESTRICTED';

  it('is refused for the shopper, recorded, and keeps the reservation', async () => {
    const { shop, paymentId, approve, capture, payment, reservation } = await onePurchase();
    approve('restricted');

    expect(await capture()).toMatchObject({ outcome: 'refused', issue });

    expect(shop.refusals).toEqual([{ payment_id: paymentId, owner: 'merchant', issue }]);
    expect(payment()).toMatchObject({ status: 'created', declines: 1 });
    expect(reservation()?.status).toBe('held');
  });

  it('is recorded when only the workflow captures', async () => {
    const { shop, paymentId, approve, drain } = await onePurchase();
    approve('restricted');

    expect(await drain()).toEqual([]);

    expect(shop.refusals).toEqual([{ payment_id: paymentId, owner: 'merchant', issue }]);
  });

  it('is captured after the buyer has approved again', async () => {
    const { approve, drain, payment } = await onePurchase();
    approve('restricted');
    await drain();
    approve();
    await drain();

    expect(payment()).toMatchObject({ status: 'captured', late: false, open: {} });
  });
});

describe('a capture that PayPal refuses because of the buyer', () => {
  it('is declined and recorded', async () => {
    const { shop, paymentId, approve, capture } = await onePurchase();
    approve('refused');

    expect(await capture()).toMatchObject({ outcome: 'declined', issue: 'INSTRUMENT_DECLINED' });

    expect(shop.refusals).toEqual([{ payment_id: paymentId, owner: 'buyer', issue: 'INSTRUMENT_DECLINED' }]);
  });

  it('is not recorded when the buyer only has not approved', async () => {
    const { shop, approve, capture, drain } = await onePurchase();
    await capture();
    approve('unready');
    await drain();

    expect(shop.refusals).toEqual([]);
  });
});
