import { describe, expect, it } from 'vitest';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { product, shopInMemory } from '../../support/in-memory/shop.ts';
import type { Gate } from '../../support/in-memory/tables.ts';

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

describe('a refusal that is recorded after the one of another tab', () => {
  /** The refusal reaches the shop after `meanwhile`. */
  async function refusedTwice(by: 'return' | 'workflow', after: (shop: ReturnType<typeof shopInMemory>) => unknown) {
    let meanwhile: (() => Promise<unknown>) | undefined;
    const gate: Gate = async (call, effect) => {
      const run = call === 'payments.move' ? meanwhile : undefined;
      if (run) meanwhile = undefined;
      await run?.();
      return effect();
    };
    const shop = shopInMemory({ products: [product(10)], gate });
    const { paymentId = 'pay_', orderId = '' } = (await shop.begin()) ?? {};
    shop.paypal.approve(orderId, 'refused');
    await shop.deliver(lastEvent(shop));
    meanwhile = async () => {
      await shop.capture(paymentId, 'return');
      after(shop);
    };
    return { shop, orderId, paymentId, result: await shop.capture(paymentId, by) };
  }

  const lastEvent = ({ paypal }: ReturnType<typeof shopInMemory>) => {
    const last = paypal.events.at(-1);
    if (!last) throw new Error('no event');
    return last.event;
  };
  const approveAgain = ({ paypal }: ReturnType<typeof shopInMemory>) => {
    paypal.advance(1000);
    for (const id of paypal.orders.keys()) paypal.approve(id);
  };

  it('is not reported to a buyer who has approved again since, and is charged', async () => {
    const { result } = await refusedTwice('return', approveAgain);

    expect(result).toMatchObject({ outcome: 'done', payment: { status: 'captured', declines: 1 } });
  });

  it('is reported when the buyer has not', async () => {
    const { result } = await refusedTwice('return', () => undefined);

    expect(result).toMatchObject({ outcome: 'declined', payment: { status: 'created', declines: 1 } });
  });

  it('is outdated for the workflow', async () => {
    const { result } = await refusedTwice('workflow', () => undefined);

    expect(result).toMatchObject({ outcome: 'outdated', payment: { status: 'created', declines: 1 } });
  });
});
