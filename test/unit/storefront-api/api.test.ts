import { describe, expect, it } from 'vitest';
import { apiDocument, commonAnswerErrors } from '../../support/api-document.ts';
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

describe('the storefront', () => {
  it('shows its products by SKU, each with as many decimals as its currency has', async () => {
    const storefront = storefrontInMemory([
      { ...product(5, 'B'), price: { currency: 'JPY', minor: 500 } },
      { ...product(0, 'A'), price: { currency: 'EUR', minor: 5 } },
    ]);

    expect((await storefront.call('GET /api/v1/products')).body).toEqual({
      products: [
        { sku: 'A', name: 'Product A', unit_price: { currency_code: 'EUR', value: '0.05' }, available: 0 },
        { sku: 'B', name: 'Product B', unit_price: { currency_code: 'JPY', value: '500' }, available: 5 },
      ],
    });
  });

  it('opens a session, and shows it again', async () => {
    const storefront = storefrontInMemory();
    const opened = await storefront.call('POST /api/v1/checkout-sessions', { body: basket });

    expect(opened.status).toBe(201);
    expect(opened.body).toMatchObject({ status: 'open', amount: { currency_code: 'EUR', value: '40.00' } });
    const id = opened.body.checkout_session_id;
    expect((await storefront.call('GET /api/v1/checkout-sessions/{id}', { id })).body).toEqual(opened.body);
  });

  it('names the products that it does not know', async () => {
    const answer = await storefrontInMemory().call('POST /api/v1/checkout-sessions', {
      body: { items: [...basket.items, { sku: 'CUP', quantity: 1 }, { sku: 'POT', quantity: 1 }] },
    });

    expect(answer.body.skus).toEqual(['CUP', 'POT']);
  });

  it('names the products of which it has too few, and holds none of the others', async () => {
    const storefront = storefrontInMemory();

    const answer = await storefront.call('POST /api/v1/checkout-sessions', {
      body: { items: [...basket.items, { sku: 'LAST', quantity: 3 }] },
    });

    expect(answer.body.items).toEqual([{ sku: 'LAST', requested: 3, available: 1 }]);
    expect(storefront.shop.stock.products.get('MUG')?.available).toBe(10);
  });

  it('sends the buyer to PayPal', async () => {
    const payment = await begin(storefrontInMemory());

    expect(payment).toMatchObject({ status: 'created', settled: false, order: null });
    expect(payment.approve_url).toContain(payment.paypal_order_id);
  });

  it('answers a captured payment with its order, which can be looked at', async () => {
    const storefront = storefrontInMemory();
    const { body } = await buy(storefront);

    expect(body).toMatchObject({ status: 'captured', settled: true, order: { status: 'confirmed' } });
    const { order_id, status, items, amount } = (
      await storefront.call('GET /api/v1/orders/{id}', { id: body.order.order_id })
    ).body;
    expect({ order_id, status, items, amount }).toEqual(body.order);
  });

  it('takes an empty object for a capture as it takes nothing', async () => {
    const storefront = storefrontInMemory();
    const { payment_id, paypal_order_id } = await begin(storefront);
    storefront.shop.paypal.approve(paypal_order_id);

    const answer = await storefront.call('POST /api/v1/payments/{id}/capture', { id: payment_id, body: {} });

    expect(answer.body.status).toBe('captured');
  });

  it('cancels a payment for whoever has its token', async () => {
    const storefront = storefrontInMemory();
    const { payment_id, paypal_order_id } = await begin(storefront);

    const answer = await storefront.call('POST /api/v1/payments/{id}/cancel', {
      id: payment_id,
      body: { token: paypal_order_id },
    });

    expect(answer.body.status).toBe('cancelled');
  });

  it.each([
    ['another payment’s token', 'ORDER999'],
    ['no token at all', ''],
  ])('does not cancel for %s', async (_, token) => {
    const storefront = storefrontInMemory();
    const { payment_id } = await begin(storefront);
    storefront.forget();

    const answer = await storefront.call('POST /api/v1/payments/{id}/cancel', { id: payment_id, body: { token } });

    expect(answer.body.type).toBe('/problems/wrong-token');
    expect(storefront.changes()).toEqual([]);
  });

  it('tells where to approve what is not approved', async () => {
    const storefront = storefrontInMemory();
    const { payment_id, approve_url } = await begin(storefront);

    const answer = await storefront.call('POST /api/v1/payments/{id}/capture', { id: payment_id });

    expect(answer.body).toMatchObject({ type: '/problems/not-approved', approve_url });
  });

  it('is in good health as long as it answers', async () => {
    expect((await storefrontInMemory().call('GET /api/v1/health')).body).toEqual({ status: 'ok', version: '1.2.3' });
  });

  it('reads a body in base64', async () => {
    const answer = await storefrontInMemory().call('POST /api/v1/checkout-sessions', { body: basket, base64: true });

    expect(answer.status).toBe(201);
  });

  it('reads a body as UTF-8', async () => {
    const storefront = storefrontInMemory([product(1, 'GRÜNTEE-緑')]);

    const answer = await storefront.call('POST /api/v1/checkout-sessions', {
      body: { items: [{ sku: 'GRÜNTEE-緑', quantity: 1 }] },
      base64: true,
    });

    expect(answer.status).toBe(201);
  });

  it('does not look at the body of a GET', async () => {
    expect((await storefrontInMemory().call('GET /api/v1/products', { body: '{' })).status).toBe(200);
  });
});

describe('what shoppers are shown', () => {
  it('never says who bought', async () => {
    const storefront = storefrontInMemory();
    const { body } = await buy(storefront);
    const order = await storefront.call('GET /api/v1/orders/{id}', { id: body.order.order_id });

    expect([...storefront.shop.orders.buyers.values()]).toHaveLength(1);
    expect(JSON.stringify([body, order.body])).not.toMatch(/Ada|ada@example/);
  });

  it('is kept by no cache', async () => {
    const storefront = storefrontInMemory();

    expect((await storefront.call('GET /api/v1/products')).headers['cache-control']).toBe('no-store');
    expect((await buy(storefront)).headers['cache-control']).toBe('no-store');
  });
});

describe('trouble that nobody foresaw', () => {
  it.each([
    ['an error', new Error('SECRET at /var/task')],
    ['an error of a kind of its own', new RangeError('SECRET')],
    ['a refusal of PayPal’s', Object.assign(new Error('SECRET'), { name: 'PayPalRefused', status: 422 })],
    ['wrong credentials', Object.assign(new Error('SECRET'), { name: 'PayPalUnauthorized', status: 401 })],
  ])('is answered 500 without its words: %s', async (_, error) => {
    const storefront = storefrontInMemory();
    storefront.fail('stock.products', error);

    const answer = await storefront.call('GET /api/v1/products');

    expect(answer.status).toBe(500);
    expect(answer.body.type).toBe('/problems/internal-error');
    expect(JSON.stringify(answer)).not.toMatch(/SECRET|Error|stack|task/);
  });

  it('that may pass is answered 503, and when to come again', async () => {
    const storefront = storefrontInMemory();
    storefront.fail(
      'stock.products',
      Object.assign(new Error('busy'), { $fault: 'server', $metadata: { httpStatusCode: 500 } }),
    );

    const answer = await storefront.call('GET /api/v1/products');

    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
  });
});

describe('elsewhere', () => {
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
  ])('there is nothing: %s', async (path) => {
    const storefront = storefrontInMemory();

    const answer = await storefront.send('GET', path);

    expect(answer.status).toBe(404);
    expect(commonAnswerErrors('NotFound', toGiven(answer))).toEqual([]);
    expect(storefront.calls()).toEqual([]);
  });

  // The operators' API answers for itself.
  const paths = Object.entries(apiDocument.paths).filter(([path]) => /^\/api\/v1\/(?!admin\/)/.test(path));
  const wrong = paths.flatMap(([path, operations]) => {
    const right = Object.keys(operations).map((method) => method.toUpperCase());
    return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
      .filter((method) => !right.includes(method))
      .map((method) => [method, path, right.toSorted().join(', ')] as const);
  });

  it.each(wrong)('%s %s is not allowed, only %s', async (method, path, right) => {
    const storefront = storefrontInMemory();

    const answer = await storefront.send(method, path.replace('{id}', 'any'), { body: basket });

    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe(right);
    expect(commonAnswerErrors('MethodNotAllowed', toGiven(answer))).toEqual([]);
    expect(storefront.calls()).toEqual([]);
  });
});

const toGiven = ({ headers, body }: { headers: Readonly<Record<string, unknown>>; body: unknown }) => ({
  headers,
  body: JSON.stringify(body),
});
