import { describe, expect, it } from 'vitest';
import { everythingIn } from '../support/stack/aws.ts';
import { command } from '../support/stack/command.ts';
import {
  approvalOf,
  approve,
  beginPurchase,
  captureAtPayPal,
  completedPayment,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  sessionOf,
  shop,
} from '../support/stack/shop.ts';

/** Name, email and address of the simulator's buyer. */
async function personalData({ paypalOrderId }: Purchase): Promise<string[]> {
  const { orders } = await payPal('GET', '/_sim/state');
  const text = JSON.stringify(orders[paypalOrderId]);
  const found = ['email_address', 'address_line_1', 'full_name', 'surname'].flatMap((field) => {
    const value = new RegExp(`"${field}":"([^"]+)"`).exec(text)?.[1];
    return value ? [value] : [];
  });
  expect(found.length).toBeGreaterThan(1);
  return found;
}

const buyerOf = async ({ paymentId }: Purchase) =>
  (await everythingIn('orders')).find(
    ({ order_id, part }) => order_id === paymentId.replace('pay_', 'ord_') && part === 'buyer',
  );

describe('the shop', () => {
  it.each([
    ['the approval’s event', async (purchase: Purchase) => void (await approve(purchase.paypalOrderId))],
    [
      'the response to the capture',
      async (purchase: Purchase) => {
        await payPal('PUT', '/_sim/delivery', { drop: true });
        await approve(purchase.paypalOrderId);
        await shop('POST', `/api/v1/payments/${purchase.paymentId}/capture`);
      },
    ],
    ['PayPal’s order, when only the capture’s event came', captureAtPayPal],
  ])('stores name, email and address for the warehouse from %s', async (_, pay) => {
    const purchase = await beginPurchase();

    await pay(purchase);

    await completedPayment(purchase, 'captured');
    const kept = await buyerOf(purchase);
    expect(kept?.buyer).toMatchObject({
      name: expect.any(String),
      email: expect.stringContaining('@'),
      ship_to: { address_line_1: expect.any(String) },
    });
    expect(kept).not.toHaveProperty('expires_at');
  });

  it('exposes no name, email or address in public responses or payments', async () => {
    const purchase = await paidPurchase();
    const secrets = [...(await personalData(purchase)), 'sandbox-secret'];

    const exposed = [
      await paymentOf(purchase),
      (await shop('GET', `/api/v1/orders/${purchase.orderId}`)).body,
      await sessionOf(purchase),
      await everythingIn('payments'),
      await everythingIn('idempotency'),
    ].map((part) => JSON.stringify(part));

    expect(exposed[0]).toContain(purchase.paymentId);
    for (const secret of secrets) expect(exposed.filter((part) => part.includes(secret))).toEqual([]);
  });

  it('erases nothing of an order of which nothing is stored', async () => {
    const unknown = 'ord_00000000000000000000000000';

    expect(await command('ops/erase.ts', unknown)).toEqual({
      status: 1,
      stdout: '',
      stderr: `order ${unknown} not found\n`,
    });
    expect((await everythingIn('orders')).filter(({ order_id }) => order_id === unknown)).toEqual([]);
  });

  it('erases a buyer whose order does not exist yet', async () => {
    const purchase = await beginPurchase();

    const { status, stdout } = await command('ops/erase.ts', purchase.paymentId.replace('pay_', 'ord_'));

    expect(status).toBe(0);
    expect(stdout).toContain('erased');
    expect(await buyerOf(purchase)).toHaveProperty('erased_at');
  });

  it('erases a buyer permanently', async () => {
    const purchase = await paidPurchase();
    const data = await personalData(purchase);
    const kept = async () => {
      const text = JSON.stringify([
        await buyerOf(purchase),
        (await everythingIn('webhook-events')).filter(({ payment_id }) => payment_id === purchase.paymentId),
      ]);
      return data.filter((item) => text.includes(item));
    };
    expect(await kept()).toEqual(data);
    const preview = await command('ops/erase.ts', purchase.orderId, '--dry-run', '--json');
    expect(JSON.parse(preview.stdout)).toMatchObject({ orders: [{ order_id: purchase.orderId, buyer: true }] });
    expect(await kept()).toEqual(data);

    const erased = await command('ops/erase.ts', purchase.orderId);

    expect(erased.stderr).toBe('');
    expect(erased.stdout).toMatch(/^erased: name, email and address of 1 order, [1-9]\d* events?$/m);
    expect(await kept()).toEqual([]);
    // A redelivered event does not restore the data.
    const { id: event_id, event_type, resource } = await approvalOf(purchase);
    const { deliveries } = await payPal('POST', '/_sim/events', { event_id, event_type, resource, signature: 'good' });
    expect(deliveries).toMatchObject([{ http_status: 200, answer: { status: 'duplicate' } }]);
    expect(await kept()).toEqual([]);
  });
});
