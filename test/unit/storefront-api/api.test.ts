import { describe, expect, it } from 'vitest';
import { apiDocument, commonResponseErrors } from '../../support/api-document.ts';
import { product } from '../../support/in-memory/shop.ts';
import { type StorefrontInMemory, storefrontInMemory } from '../../support/in-memory/storefront-api.ts';

const basket = { items: [{ sku: 'MUG', quantity: 2 }] };

async function begin({ call }: StorefrontInMemory) {
  const { checkout_session_id } = (await call('POST /api/v1/checkout-sessions', { body: basket })).body;
  return (await call('POST /api/v1/payments', { body: { checkout_session_id } })).body;
}

async function buy(storefront: StorefrontInMemory) {
  const { payment_id, paypal_order_id } = await begin(storefront);
  storefront.shop.paypal.approve(paypal_order_id);
  await storefront.call('POST /api/v1/payments/{id}/capture', { id: payment_id });
  await storefront.shop.finish();
  return storefront.call('POST /api/v1/payments/{id}/capture', { id: payment_id });
}

describe('storefrontApi', () => {
  it('lists products by SKU with the decimals of their currency', async () => {
    const storefront = storefrontInMemory([
      { ...product(5, 'B'), price: { currency: 'JPY', minor: 500 } },
      { ...product(0, 'A'), price: { currency: 'EUR', minor: 5 }, max_per_order: 3 },
    ]);

    expect((await storefront.call('GET /api/v1/products')).body).toEqual({
      products: [
        {
          sku: 'A',
          name: 'Product A',
          unit_price: { currency_code: 'EUR', value: '0.05' },
          available: 0,
          max_per_order: 3,
        },
        {
          sku: 'B',
          name: 'Product B',
          unit_price: { currency_code: 'JPY', value: '500' },
          available: 5,
          max_per_order: 10,
        },
      ],
    });
  });

  it('gives the stock of a session back, once', async () => {
    const storefront = storefrontInMemory();
    const opened = await storefront.call('POST /api/v1/checkout-sessions', { body: basket });
    const id = opened.body.checkout_session_id;
    const available = () => storefront.shop.stock.products.get('MUG')?.available;
    expect(available()).toBeLessThan(10);

    const released = await storefront.call('POST /api/v1/checkout-sessions/{id}/release', { id });
    const again = await storefront.call('POST /api/v1/checkout-sessions/{id}/release', { id });

    expect([released.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual({ ...opened.body, status: 'expired' });
    expect(available()).toBe(10);
    const payment = await storefront.call('POST /api/v1/payments', { body: { checkout_session_id: id } });
    expect(payment.body.type).toBe('/problems/session-over');
  });

  it('replaces a session once for each idempotency key', async () => {
    const storefront = storefrontInMemory();
    const first = await storefront.call('POST /api/v1/checkout-sessions', {
      body: { items: [{ sku: 'LAST', quantity: 1 }] },
    });
    const replaces = first.body.checkout_session_id;
    const request = {
      body: { items: [...basket.items, { sku: 'LAST', quantity: 1 }], replaces },
      headers: { 'idempotency-key': 'replace-the-session' },
    };

    const second = await storefront.call('POST /api/v1/checkout-sessions', request);
    const again = await storefront.call('POST /api/v1/checkout-sessions', request);

    expect([second.status, second.body.status, again.body]).toEqual([201, 'open', second.body]);
    const { body } = await storefront.call('GET /api/v1/checkout-sessions/{id}', { id: replaces });
    expect(body.status).toBe('expired');
    expect(storefront.shop.stock.products.get('LAST')).toMatchObject({ available: 0, reserved: 1 });
  });

  it('lets 200 shoppers behind one address check out', async () => {
    const storefront = storefrontInMemory([product(200)]);
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const body = { items: [{ sku: 'MUG', quantity: 1 }] };

    for (let shopper = 0; shopper < 200; shopper++) {
      const { body: session } = await storefront.call('POST /api/v1/checkout-sessions', { body, headers });
      const { checkout_session_id } = session;
      const payment = await storefront.call('POST /api/v1/payments', { body: { checkout_session_id }, headers });
      expect(payment.status).toBe(201);
    }

    expect(storefront.shop.stock.products.get('MUG')).toMatchObject({ available: 0, reserved: 200 });
  });

  it('opens a session and returns it', async () => {
    const storefront = storefrontInMemory();
    const opened = await storefront.call('POST /api/v1/checkout-sessions', { body: basket });

    expect(opened.status).toBe(201);
    expect(opened.body).toMatchObject({ status: 'open', amount: { currency_code: 'EUR', value: '40.00' } });
    const id = opened.body.checkout_session_id;
    expect((await storefront.call('GET /api/v1/checkout-sessions/{id}', { id })).body).toEqual(opened.body);
  });

  it('names unknown SKUs', async () => {
    const response = await storefrontInMemory().call('POST /api/v1/checkout-sessions', {
      body: { items: [...basket.items, { sku: 'CUP', quantity: 1 }, { sku: 'POT', quantity: 1 }] },
    });

    expect(response.body.skus).toEqual(['CUP', 'POT']);
  });

  it('names the items out of stock and reserves none', async () => {
    const storefront = storefrontInMemory();

    const response = await storefront.call('POST /api/v1/checkout-sessions', {
      body: { items: [...basket.items, { sku: 'LAST', quantity: 3 }] },
    });

    expect(response.body.items).toEqual([{ sku: 'LAST', requested: 3, available: 1 }]);
    expect(storefront.shop.stock.products.get('MUG')?.available).toBe(10);
  });

  it.each([
    [undefined, 11, 'items.1.quantity: must be at most 10 of PEN'],
    [3, 4, 'items.1.quantity: must be at most 3 of PEN'],
    [50, 51, 'items.1.quantity: must be at most 50 of PEN'],
  ])('names the item above the limit per order and reserves none: %s, quantity %d', async (limit, quantity, detail) => {
    const pen = { ...product(100, 'PEN'), ...(limit && { max_per_order: limit }) };
    const storefront = storefrontInMemory([product(10), pen]);

    const response = await storefront.call('POST /api/v1/checkout-sessions', {
      body: { items: [...basket.items, { sku: 'PEN', quantity }] },
    });

    expect([response.status, response.body.detail]).toEqual([400, detail]);
    expect(storefront.changes()).toEqual([]);
  });

  it.each([
    [undefined, 10],
    [50, 50],
  ])('opens a session at the limit per order: %s, quantity %d', async (limit, quantity) => {
    const storefront = storefrontInMemory([{ ...product(100, 'PEN'), ...(limit && { max_per_order: limit }) }]);

    const response = await storefront.call('POST /api/v1/checkout-sessions', {
      body: { items: [{ sku: 'PEN', quantity }] },
    });

    expect(response.status).toBe(201);
  });

  it('returns the approve URL of a new payment', async () => {
    const payment = await begin(storefrontInMemory());

    expect(payment).toMatchObject({ status: 'created', settled: false, order: null });
    expect(payment.approve_url).toContain(payment.paypal_order_id);
  });

  it('returns a captured payment with its order', async () => {
    const storefront = storefrontInMemory();
    const { body } = await buy(storefront);

    expect(body).toMatchObject({ status: 'captured', settled: true, order: { status: 'confirmed' } });
    const { order_id, status, items, amount } = (
      await storefront.call('GET /api/v1/orders/{id}', { id: body.order.order_id })
    ).body;
    expect({ order_id, status, items, amount }).toEqual(body.order);
  });

  it('accepts an empty object as the body of a capture', async () => {
    const storefront = storefrontInMemory();
    const { payment_id, paypal_order_id } = await begin(storefront);
    storefront.shop.paypal.approve(paypal_order_id);

    const response = await storefront.call('POST /api/v1/payments/{id}/capture', { id: payment_id, body: {} });

    expect(response.body.status).toBe('captured');
  });

  it('cancels a payment when the token matches', async () => {
    const storefront = storefrontInMemory();
    const { payment_id, paypal_order_id } = await begin(storefront);

    const response = await storefront.call('POST /api/v1/payments/{id}/cancel', {
      id: payment_id,
      body: { token: paypal_order_id },
    });

    expect(response.body.status).toBe('cancelled');
  });

  it.each([
    ['another payment’s token', 'ORDER999'],
    ['an empty token', ''],
  ])('does not cancel a payment for %s', async (_, token) => {
    const storefront = storefrontInMemory();
    const { payment_id } = await begin(storefront);
    storefront.forget();

    const response = await storefront.call('POST /api/v1/payments/{id}/cancel', { id: payment_id, body: { token } });

    expect(response.body.type).toBe('/problems/wrong-token');
    expect(storefront.changes()).toEqual([]);
  });

  it('returns the approve URL when the payment is not approved', async () => {
    const storefront = storefrontInMemory();
    const { payment_id, approve_url } = await begin(storefront);

    const response = await storefront.call('POST /api/v1/payments/{id}/capture', { id: payment_id });

    expect(response.body).toMatchObject({ type: '/problems/not-approved', approve_url });
  });

  it('reports ok and its version', async () => {
    expect((await storefrontInMemory().call('GET /api/v1/health')).body).toEqual({ status: 'ok', version: '1.2.3' });
  });

  it('accepts a body in base64', async () => {
    const response = await storefrontInMemory().call('POST /api/v1/checkout-sessions', { body: basket, base64: true });

    expect(response.status).toBe(201);
  });

  it('decodes a body as UTF-8', async () => {
    const storefront = storefrontInMemory([product(1, 'GRÜNTEE-緑')]);

    const response = await storefront.call('POST /api/v1/checkout-sessions', {
      body: { items: [{ sku: 'GRÜNTEE-緑', quantity: 1 }] },
      base64: true,
    });

    expect(response.status).toBe(201);
  });

  it('ignores the body of a GET', async () => {
    expect((await storefrontInMemory().call('GET /api/v1/products', { body: '{' })).status).toBe(200);
  });
});

describe('storefrontApi responses', () => {
  it('contains no personal data in any response', async () => {
    const storefront = storefrontInMemory();
    const { body } = await buy(storefront);
    const order = await storefront.call('GET /api/v1/orders/{id}', { id: body.order.order_id });

    expect([...storefront.shop.orders.buyers.values()]).toHaveLength(1);
    expect(JSON.stringify([body, order.body])).not.toMatch(/Ada|ada@example/);
  });

  it('forbids caching of every response', async () => {
    const storefront = storefrontInMemory();

    expect((await storefront.call('GET /api/v1/products')).headers['cache-control']).toBe('no-store');
    expect((await buy(storefront)).headers['cache-control']).toBe('no-store');
  });
});

describe('storefrontApi when a dependency fails', () => {
  it.each([
    ['an error', new Error('SECRET at /var/task')],
    ['an error subclass', new RangeError('SECRET')],
    ['a rejection by PayPal', Object.assign(new Error('SECRET'), { name: 'PayPalRefused', status: 422 })],
    ['invalid PayPal credentials', Object.assign(new Error('SECRET'), { name: 'PayPalUnauthorized', status: 401 })],
  ])('returns 500 without the message of %s', async (_, error) => {
    const storefront = storefrontInMemory();
    storefront.fail('stock.products', error);

    const response = await storefront.call('GET /api/v1/products');

    expect(response.status).toBe(500);
    expect(response.body.type).toBe('/problems/internal-error');
    expect(JSON.stringify(response)).not.toMatch(/SECRET|Error|stack|task/);
  });

  it('returns 503 and retry-after for a transient error', async () => {
    const storefront = storefrontInMemory();
    storefront.fail(
      'stock.products',
      Object.assign(new Error('busy'), { $fault: 'server', $metadata: { httpStatusCode: 500 } }),
    );

    const response = await storefront.call('GET /api/v1/products');

    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
  });
});

describe('storefrontApi routes', () => {
  it.each([
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v2/products',
    '/api/v1/products/MUG',
    '/api/v1/orders/a/b',
    '/api/v1/orders/',
    '/api/v1/orders/%20',
    '/api/v1/orders/%',
    '/api/v1/checkout-sessions/%ZZ',
    '/api/v1/payments//capture',
    '//api/v1/products',
    '/API/v1/products',
  ])('returns 404 for %s', async (path) => {
    const storefront = storefrontInMemory();

    const response = await storefront.send('GET', path);

    expect(response.status).toBe(404);
    expect(commonResponseErrors('NotFound', toActual(response))).toEqual([]);
    expect(storefront.calls()).toEqual([]);
  });

  // The admin API has its own test.
  const paths = Object.entries(apiDocument.paths).filter(([path]) => /^\/api\/v1\/(?!admin\/)/.test(path));
  const notAllowed = paths.flatMap(([path, operations]) => {
    const allowed = Object.keys(operations).map((method) => method.toUpperCase());
    return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
      .filter((method) => !allowed.includes(method))
      .map((method) => [method, path, allowed.toSorted().join(', ')] as const);
  });

  it.each(notAllowed)('returns 405 for %s %s and allows %s', async (method, path, allowed) => {
    const storefront = storefrontInMemory();

    const response = await storefront.send(method, path.replace('{id}', 'any'), { body: basket });

    expect(response.status).toBe(405);
    expect(response.headers.allow).toBe(allowed);
    expect(commonResponseErrors('MethodNotAllowed', toActual(response))).toEqual([]);
    expect(storefront.calls()).toEqual([]);
  });
});

const toActual = ({ headers, body }: { headers: Readonly<Record<string, unknown>>; body: unknown }) => ({
  headers,
  body: JSON.stringify(body),
});
