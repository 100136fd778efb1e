import { describe, expect, inject, it } from 'vitest';
import { everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { command } from '../support/stack/command.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { asOperator, seenByOperator } from '../support/stack/operator.ts';
import { beginPurchase, captureOf, type Purchase, paidPurchase, payPal, shop, until } from '../support/stack/shop.ts';

/*
 * Attacks that once succeeded, and their neighbours, against the running shop. Those on sign-in, roles and tokens are in
 * operator-sign-in.test.ts, those that walk around the front door in test/hardened/.
 */

const { front_door_url } = inject('stack');

const SESSIONS = '/api/v1/checkout-sessions';
const PAYMENTS = '/api/v1/payments';
const UNKNOWN = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

const PIECES = 25;
/** A product all of which the attacker wants. */
const wanted = () => stockedProduct(PIECES);
const allAvailable = { available: PIECES, reserved: 0, sold: 0 };

/** Sends bytes, which have no content type but that of the headers. */
async function send(path: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const request = { method: 'POST', body: new TextEncoder().encode(body), headers };
  const response = await fetch(front_door_url + path, request);
  await response.arrayBuffer();
  return response.status;
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('an anonymous request', () => {
  it.each([
    ['a number', (sku: string) => `{"items":[{"sku":"${sku}","quantity":${PIECES}}]}`],
    ['a number with an exponent', (sku: string) => `{"items":[{"sku":"${sku}","quantity":2.5e1}]}`],
    ['a number with a fraction', (sku: string) => `{"items":[{"sku":"${sku}","quantity":${PIECES}.0}]}`],
    ['one more than allowed', (sku: string) => `{"items":[{"sku":"${sku}","quantity":11}]}`],
    ['two fields', (sku: string) => `{"items":[{"sku":"${sku}","quantity":1,"quantity":${PIECES}}]}`],
  ])('cannot reserve all pieces of a product, by %s', async (_, basketOf) => {
    const sku = await wanted();

    expect(await send(SESSIONS, basketOf(sku), JSON_TYPE)).toBe(400);
    expect(await stockOf(sku)).toEqual(allAvailable);
  });

  it.each([
    ['repeated', (sku: string) => sku],
    ['escaped', (sku: string) => sku.replace('T', '\\u0054')],
  ])('cannot reserve more of a product by lines with its SKU %s', async (_, again) => {
    const sku = await wanted();
    const lines = [sku, again(sku), sku].map((one) => `{"sku":"${one}","quantity":8}`);

    expect(await send(SESSIONS, `{"items":[${lines}]}`, JSON_TYPE)).toBe(400);
    expect(await stockOf(sku)).toEqual(allAvailable);
  });

  it('cannot reserve all products at once', async () => {
    const skus = await Promise.all(Array.from({ length: 21 }, wanted));
    const items = skus.map((sku) => ({ sku, quantity: 1 }));

    expect((await shop('POST', SESSIONS, { items })).status).toBe(400);
    expect(await Promise.all(skus.map(stockOf))).toEqual(skus.map(() => allAvailable));
  });

  it('holds stock for 10 minutes at most while no payment has begun', async () => {
    const { body } = await shop('POST', SESSIONS, { items: [{ sku: await wanted(), quantity: 1 }] });

    expect(Date.parse(body.expires_at) - Date.now()).toBeLessThanOrEqual(10 * 60_000);
  });
});

describe('a page of another site', () => {
  it.each([
    'text/plain',
    'Text/Plain; charset=utf-8',
    'text/plain; type=application/json',
    'text/plain, application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    undefined,
  ])('cannot have its visitors reserve stock by a body of type %j', async (type) => {
    const sku = await wanted();
    const basket = JSON.stringify({ items: [{ sku, quantity: 1 }] });

    expect(await send(SESSIONS, basket, type ? { 'content-type': type } : {})).toBe(415);
    expect(await stockOf(sku)).toEqual(allAvailable);
  });

  it('cannot have its visitors begin or cancel a payment', async () => {
    const { sessionId, paymentId, paypalOrderId } = await beginPurchase();
    const type = { 'content-type': 'text/plain' };

    expect(await send(PAYMENTS, JSON.stringify({ checkout_session_id: sessionId }), type)).toBe(415);
    expect(await send(`${PAYMENTS}/${paymentId}/capture`, '{}', type)).toBe(415);
    expect(await send(`${PAYMENTS}/${paymentId}/cancel`, JSON.stringify({ token: paypalOrderId }), type)).toBe(415);
  });
});

describe('a guessed idempotency key', () => {
  it.each(['123456', '1', 'a'.repeat(15), '          checkout'])(
    'of another shopper does not show their session: %j',
    async (key) => {
      const basket = { items: [{ sku: await wanted(), quantity: 1 }] };
      const headers = { 'idempotency-key': key };

      const theirs = await shop('POST', SESSIONS, basket, headers);
      const guessed = await shop('POST', SESSIONS, basket, headers);

      expect([theirs.status, guessed.status]).toEqual([400, 400]);
    },
  );

  it('does not show their payment', async () => {
    const { sessionId } = await beginPurchase();

    const guessed = await shop('POST', PAYMENTS, { checkout_session_id: sessionId }, { 'idempotency-key': '123456' });

    expect(guessed.status).toBe(400);
  });
});

describe('odd input', () => {
  it.each([
    ['half of a surrogate pair in a SKU', SESSIONS, '{"items":[{"sku":"\\ud800","quantity":1}]}'],
    ['a surrogate pair with its halves swapped', SESSIONS, '{"items":[{"sku":"\\udc00\\ud800","quantity":1}]}'],
  ])('does not end in 5xx: %s', async (_, path, body) => {
    expect(await send(path, body, JSON_TYPE)).toBe(400);
  });

  // Neighbours, which never did.
  it.each([
    ['half of a pair in a field name', SESSIONS, '{"items":[{"sku":"A","quantity":1,"\\ud800":1}]}'],
    ['a control character in a SKU', SESSIONS, '{"items":[{"sku":"\\u0000","quantity":1}]}'],
    ['the prototype as a SKU', SESSIONS, '{"items":[{"sku":"__proto__","quantity":1}]}'],
    ['half of a pair in a session id', PAYMENTS, '{"checkout_session_id":"cs_\\udfff"}'],
    ['half of a pair in a token', `${PAYMENTS}/pay_${UNKNOWN}/cancel`, '{"token":"\\ud83d"}'],
    ['bytes that are not UTF-8 in a path', `${PAYMENTS}/pay_%ED%A0%80/capture`, ''],
    ['a NUL in a path', `${PAYMENTS}/pay_%00/cancel`, '{"token":"x"}'],
    ['a path of 4,000 letters', `${PAYMENTS}/${'x'.repeat(4000)}/capture`, ''],
    ['a webhook event with half of a pair', '/webhooks/paypal', '{"id":"\\ud800","event_type":"\\udfff"}'],
  ])('does not end in 5xx: %s', async (_, path, body) => {
    const status = await send(path, body, JSON_TYPE);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it.each([
    ['bytes that are not UTF-8', '%ED%A0%80'],
    ['a NUL', '%00'],
    ['4,000 letters', 'x'.repeat(4000)],
  ])('does not end in 5xx when an id has %s', async (_, text) => {
    const paths = [SESSIONS, PAYMENTS, '/api/v1/orders'].map((path) => `${path}/${text}`);
    const queries = ['token', 'checkout_session_id'].map((field) => `${PAYMENTS}?${field}=${text}`);

    const statuses = await Promise.all([...paths, ...queries].map(async (path) => (await shop('GET', path)).status));

    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });

  it.each([
    ['EUR', 0],
    ['JPY', 0],
    ['EUR', -1],
  ])('does not end in 5xx when a product costs %s %i', async (currency, minor) => {
    const sku = await stockedProduct(5, minor, currency);

    const session = await shop('POST', SESSIONS, { items: [{ sku, quantity: 1 }] });

    expect(session).toMatchObject({ status: 409, body: { type: '/problems/not-payable' } });
    expect(await stockOf(sku)).toMatchObject({ available: 5 });
  });

  it.each([
    ['2,100 letters', 'x'.repeat(2100)],
    ['no letters but spaces', '%20'],
    ['a NUL', '%00'],
    ['bytes that are not UTF-8', '%ED%A0%80'],
  ])('of an operator does not end in 5xx when an id has %s', async (_, id) => {
    const admin = '/api/v1/admin';
    const reason = 'an attack';

    const responses = [
      await asOperator(`${admin}/consistency/findings/${id}/repair`, { reason }),
      await asOperator(`${admin}/webhook-events/${id}/replay`, { reason }),
      await asOperator(`${admin}/settlements/${id}/retry`, { reason }),
      await asOperator(`${admin}/payments/${id}/refund`, { reason }),
      await seenByOperator(`${admin}/payments/${id}`),
      await seenByOperator(`${admin}/webhook-events/${id}`),
    ];

    expect(responses.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
  });
});

it.each([
  ['GET', '/api/v1/products'],
  ['GET', '/api/v1/health'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', `${PAYMENTS}/pay_${UNKNOWN}`],
  ['PUT', SESSIONS],
  ['GET', '/api/v1/unknown'],
  ['GET', '/api/v1/admin/audit'],
  ['POST', '/api/v1/admin/sign-in'],
  ['POST', '/webhooks/paypal'],
  ['GET', '/webhooks/unknown'],
])('a browser neither guesses the type of, nor shows in a frame, the response to %s %s', async (method, path) => {
  const { headers } = await shop(method, path, method === 'POST' ? {} : undefined);

  expect(Object.fromEntries(headers)).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'referrer-policy': 'no-referrer',
    'strict-transport-security': expect.stringContaining('max-age='),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
});

describe('forged deliveries', () => {
  const CERTIFICATE = '/v1/notifications/certs/*';

  it('with certificates that do not exist make few calls to PayPal, and a genuine one is still accepted', async () => {
    const deliver = (signature: string) =>
      payPal('POST', '/_sim/events', { event_type: 'BILLING.PLAN.CREATED', resource: { id: 'P-1' }, signature });
    await deliver('good');
    const { simulator_url } = inject('stack');
    const times = 1000;
    await payPal('PUT', '/_sim/faults', { faults: [{ method: 'GET', path: CERTIFICATE, status: 503, times }] });

    const statuses: number[] = [];
    for (let forged = 0; forged < 40; forged++) {
      const headers = {
        ...JSON_TYPE,
        'paypal-auth-algo': 'SHA256withRSA',
        'paypal-cert-url': `${simulator_url}/v1/notifications/certs/CERT-360caa42-fca2a594-${1000 + forged}`,
        'paypal-transmission-id': crypto.randomUUID(),
        'paypal-transmission-sig': Buffer.alloc(256).toString('base64'),
        'paypal-transmission-time': new Date().toISOString(),
      };
      statuses.push(await send('/webhooks/paypal', `{"id":"WH-${forged}","event_type":"X","resource":{}}`, headers));
    }

    const { faults } = await payPal('GET', '/_sim/state');
    const calls = times - faults[0].times;
    expect(calls).toBeGreaterThan(0);
    expect(calls).toBeLessThanOrEqual(10);
    expect(new Set(statuses.slice(10))).toEqual(new Set([401]));
    expect(await deliver('good')).toMatchObject({ deliveries: [{ http_status: 200 }] });
  });
});

describe('an erased buyer', () => {
  const namesBuyer = async (belongs: (event: Record<string, unknown>) => boolean) =>
    (await everythingIn('webhook-events'))
      .filter(belongs)
      .filter(({ body }) => /buyer@example|Sample/.test(String(body)));
  const ofPurchase =
    ({ paymentId }: Purchase) =>
    ({ payment_id }: Record<string, unknown>) =>
      payment_id === paymentId;

  it('does not come back with a later dispute', async () => {
    const purchase = await paidPurchase();
    expect(await namesBuyer(ofPurchase(purchase))).not.toEqual([]);
    expect((await command('ops/erase.ts', purchase.orderId)).status).toBe(0);

    const { id } = await captureOf(purchase);
    await payPal('POST', `/_sim/captures/${id}/dispute`);
    await until(
      async () => (await everythingIn('webhook-events')).filter(ofPurchase(purchase)),
      (events) => events.some(({ event_type }) => event_type === 'CUSTOMER.DISPUTE.CREATED'),
    );

    await until(
      () => namesBuyer(ofPurchase(purchase)),
      (events) => events.length === 0,
    );
  });

  it('is erased from a parked event', async () => {
    const purchase = await paidPurchase();
    const { orders } = await payPal('GET', '/_sim/state');
    const { email_address } = orders[purchase.paypalOrderId].payer;
    const event_id = `WH-PARKED-${Date.now()}`;
    const resource = {
      id: `PARKED${Date.now()}`,
      status: 'COMPLETED',
      amount: { currency_code: 'EUR', value: '19.99' },
      custom_id: `pay_${UNKNOWN}`,
      payer: { email_address },
    };
    await payPal('POST', '/_sim/events', {
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource,
      signature: 'good',
      event_id,
    });
    const parked = (event: Record<string, unknown>) => event.event_id === event_id;
    expect(await namesBuyer(parked)).toHaveLength(1);

    expect((await command('ops/erase.ts', purchase.orderId)).status).toBe(0);

    expect(await namesBuyer(parked)).toEqual([]);
  });
});
