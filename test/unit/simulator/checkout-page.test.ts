import { describe, expect, it } from 'vitest';
import { AMOUNT, CANCEL_URL, orderRequest, RETURN_URL, useSimulator } from './harness.ts';

const paypal = useSimulator();
const eur = (value: string) => ({ currency_code: 'EUR', value });
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const page = async (id: string) => {
  const { status, headers, body } = await paypal.send('GET', `/checkoutnow?token=${id}`);
  return { status, headers, html: String(body) };
};
const press = (id: string, choice: string) => paypal.send('POST', `/checkoutnow?token=${id}`, `choice=${choice}`, FORM);
const statusOf = async (id: string) => (await paypal.api('GET', `/v2/checkout/orders/${id}`)).body.status;

describe('GET /checkoutnow', () => {
  it('shows the merchant, the items, the total and the payment options', async () => {
    const unit = {
      amount: { ...eur('19.99'), breakdown: { item_total: eur('19.99') } },
      items: [{ name: 'Green tea', quantity: '1', unit_amount: eur('19.99') }],
    };
    const id = await paypal.order(orderRequest(unit, { brand_name: 'Tea House' }));

    const { status, html } = await page(id);

    expect(status).toBe(200);
    for (const text of [
      'Tea House',
      'Green tea',
      '19.99 EUR',
      'Pay now',
      'Pay by e-check (takes days)',
      'Pay with a declined card',
      'Cancel and return to shop',
      'close this window',
    ]) {
      expect(html).toContain(text);
    }
    expect(html).toContain('<html lang="en">');
  });

  it('escapes every text of the shop', async () => {
    const unit = {
      amount: { ...eur('1.00'), breakdown: { item_total: eur('1.00') } },
      items: [{ name: '<img src=x onerror=alert(1)>', quantity: '1', unit_amount: eur('1.00') }],
    };
    const { html } = await page(await paypal.order(orderRequest(unit, { brand_name: '"><script>alert(1)</script>' })));

    expect(html).not.toContain('<img');
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('sets a CSP for its own style and script, and for forms that redirect to the shop', async () => {
    const id = await paypal.order(
      orderRequest({}, { return_url: 'http://127.0.0.1:9/ok', cancel_url: 'https://shop.example/no' }),
    );

    const { headers, html } = await page(id);

    const policy = headers.get('content-security-policy') ?? '';
    const nonce = /<style nonce="([^"]+)">/.exec(html)?.[1];
    expect(policy).toBe(
      [
        "default-src 'none'",
        `style-src 'nonce-${nonce}'`,
        `script-src 'nonce-${nonce}'`,
        "connect-src 'self'",
        "form-action 'self' http://127.0.0.1:9 https://shop.example",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['unknown', async () => 'X'],
    [
      'expired',
      async () => {
        const id = await paypal.order();
        await paypal.control('POST', `orders/${id}/expire`);
        return id;
      },
    ],
  ])('responds with 404 to an %s order', async (_, make) => {
    const id = await make();

    expect(await page(id)).toMatchObject({ status: 404, html: expect.stringContaining('Order not found') });
    expect((await press(id, 'pay')).status).toBe(404);
  });

  it('responds with 404 without a token', async () => {
    expect((await paypal.send('GET', '/checkoutnow')).status).toBe(404);
  });

  it('links a paid order back to the shop', async () => {
    const { orderId } = await paypal.captured();

    const { html } = await page(orderId);

    expect(html).toContain('This order is paid.');
    expect(html).toContain('Return to the shop');
    expect(html).not.toContain('Pay now');
    expect((await press(orderId, 'pay')).status).toBe(409);
  });
});

describe('POST /checkoutnow', () => {
  it.each([
    ['pay', 'instant'],
    ['echeck', 'pending'],
    ['declined', 'declined'],
  ])('for "%s" approves with %s funding and redirects to the shop', async (choice, funding) => {
    const id = await paypal.order();

    const { status, headers } = await press(id, choice);

    expect(status).toBe(303);
    expect(headers.get('location')).toBe(`${RETURN_URL}&token=${id}&PayerID=BUYER22222222`);
    expect((await paypal.control('GET', 'state')).orders).toMatchObject({ [id]: { status: 'APPROVED', funding } });
  });

  it('for "cancel" changes nothing and redirects to the shop', async () => {
    const id = await paypal.order();

    const { status, headers } = await press(id, 'cancel');

    expect(status).toBe(303);
    expect(headers.get('location')).toBe(`${CANCEL_URL}&token=${id}`);
    expect(await statusOf(id)).toBe('PAYER_ACTION_REQUIRED');
  });

  it('rejects an unknown choice', async () => {
    const id = await paypal.order();

    expect((await press(id, 'steal')).status).toBe(400);
    expect(await statusOf(id)).toBe('PAYER_ACTION_REQUIRED');
  });

  it('does not redirect when the shop has no return URL', async () => {
    const id = await paypal.order({ intent: 'CAPTURE', purchase_units: [{ amount: AMOUNT }] });

    expect(await press(id, 'pay')).toMatchObject({
      status: 200,
      body: expect.stringContaining('not set a return URL'),
    });
    expect(await statusOf(id)).toBe('APPROVED');
  });
});
