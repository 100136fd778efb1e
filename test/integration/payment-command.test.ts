import { describe, expect, it } from 'vitest';
import { command } from '../support/stack/command.ts';
import { beginPurchase, captureOf, paidPurchase, payPal } from '../support/stack/shop.ts';

/** Runs the command against the shop under test. */
const payment = (...args: string[]) => command('ops/payment.ts', ...args);

describe('npm run payment', () => {
  it('prints all details of a payment without personal data', async () => {
    const purchase = await paidPurchase();
    const capture = await captureOf(purchase);

    const { status, stdout, stderr } = await payment(purchase.paymentId);

    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain(
      `${purchase.paymentId} is captured: EUR 19.99 requested, EUR 19.99 captured, EUR 0.00 refunded`,
    );
    expect(stdout).toContain(`${purchase.sessionId} is payment_completed`);
    expect(stdout).toContain(`committed: 1 × ${purchase.sku}`);
    expect(stdout).toContain(`${purchase.paymentId.replace('pay_', 'ord_')} is confirmed`);
    expect(stdout).toContain(`capture ${capture.id} is COMPLETED, EUR 19.99`);
    expect(stdout).toMatch(/event {6}CHECKOUT\.ORDER\.APPROVED received/);
    expect(stdout).toMatch(new RegExp(`execution {2}${purchase.paymentId}-captured ended: SUCCEEDED`));
    expect(stdout).not.toContain('@');
  });

  it('prints them as JSON without personal data', async () => {
    const purchase = await paidPurchase();

    const { status, stdout } = await payment(purchase.paymentId, '--json');

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      payment: { payment_id: purchase.paymentId, status: 'captured' },
      session: { checkout_session_id: purchase.sessionId },
      paypal: { order: { status: 'COMPLETED' } },
    });
    expect(stdout).not.toContain('@');
    expect(stdout).not.toContain('"buyer"');
  });

  it('prints them without PayPal’s view when PayPal does not respond', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/faults', {
      faults: [{ method: 'GET', path: `/v2/checkout/orders/${purchase.paypalOrderId}`, status: 503, times: 100 }],
    });

    const { status, stdout } = await payment(purchase.paymentId);

    expect(status).toBe(0);
    expect(stdout).toContain(`${purchase.paymentId} is created`);
    expect(stdout).toContain('PayPal   unavailable');
  });

  it.each([
    [['pay_00000000000000000000000000'], 1, 'not found'],
    [['nonsense'], 2, 'usage:'],
    [[], 2, 'usage:'],
  ] as const)('exits with an error for %j', async (args, status, words) => {
    const result = await payment(...args);

    expect(result.status).toBe(status);
    expect(result.stderr).toContain(words);
  });
});
