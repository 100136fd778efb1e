import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useSimulator } from './harness.ts';

const paypal = useSimulator();

describe('control API validation', () => {
  it.each([
    ['POST', 'orders/{order}/approve', { funding: 'gold' }, 'funding'],
    ['POST', 'orders/{order}/approve', { fundng: 'instant' }, 'fundng'],
    ['POST', 'orders/{order}/approve', { capture_amount: { currency_code: 'EUR', value: '1.001' } }, 'capture_amount'],
    ['POST', 'orders/{order}/approve', { payer: { payer_id: 'X' } }, 'payer.payer_id'],
    ['PUT', 'orders/{order}', { shipping: { address: { country_code: 'Germany' } } }, 'shipping.address.country_code'],
    ['PUT', 'orders/{order}', { funding: 'instant' }, 'funding'],
    ['POST', 'orders/{order}/cancel', { token: 'X' }, 'token'],
    ['POST', 'captures/{capture}/refund', { amount: { currency_code: 'EUR' } }, 'amount.value'],
    ['POST', 'captures/{capture}/refund', { status: 'DONE' }, 'status'],
    ['POST', 'captures/{capture}/reverse', { amount: { currency_code: 'EUR' } }, 'amount.value'],
    ['PUT', 'captures/{capture}', { refunds: 'DONE' }, 'refunds'],
    ['PUT', 'refunds', {}, 'refunds'],
    ['POST', 'captures/{capture}/dispute', { status: 'CLOSED' }, 'status'],
    ['POST', 'disputes', { capture_ids: [] }, 'capture_ids'],
    ['POST', 'disputes', { capture_ids: ['a b'] }, 'capture_ids.0'],
    ['POST', 'disputes/X/resolve', { outcome_code: 'WON' }, 'outcome_code'],
    ['POST', 'disputes/X/update', { status: 'RESOLVED' }, 'status'],
    ['POST', 'captures/{capture}/complete', { amount: 1 }, 'amount'],
    ['PUT', 'delivery', { hold: 'yes' }, 'hold'],
    ['PUT', 'delivery', { copies: 0 }, 'copies'],
    ['PUT', 'delivery', { delay_ms: -1 }, 'delay_ms'],
    ['PUT', 'delivery', { freeze: true }, 'freeze'],
    ['PUT', 'faults', {}, 'faults'],
    ['PUT', 'faults', { faults: [{ method: 'POST', path: '/x' }] }, 'faults.0.status'],
    ['PUT', 'faults', { faults: [{ method: 'POST', path: 'x', status: 500 }] }, 'faults.0.path'],
    ['PUT', 'faults', { faults: [{ method: 'SHOUT', path: '/x', status: 500 }] }, 'faults.0.method'],
    ['PUT', 'faults', { faults: [{ method: 'POST', path: '/x', status: 200 }] }, 'faults.0.status'],
    ['PUT', 'faults', { faults: [{ method: 'POST', path: '/x', status: 500, times: 0 }] }, 'faults.0.times'],
    ['PUT', 'faults', { faults: [{ method: 'POST', path: '/x', status: 500, for_ms: 0 }] }, 'faults.0.for_ms'],
    ['PUT', 'faults', { faults: [{ method: 'GET', path: '/v2/checkout/orders/*', issue: 'X' }] }, 'faults.0.issue'],
    ['PUT', 'faults', { faults: [{ method: 'POST', path: '/x', issue: 'X' }] }, 'faults.0.issue'],
    [
      'PUT',
      'faults',
      { faults: [{ method: 'POST', path: '/v2/checkout/orders', issue: 'NOT_SUPPORTED', status: 422 }] },
      'faults.0.issue',
    ],
    ['PUT', 'shapes', { rules: [{ match: 'all', path: 'a', as: 'omit' }] }, 'rules.0.match'],
    ['PUT', 'shapes', { rules: [{ match: 'events', path: 'a..b', as: 'omit' }] }, 'rules.0.path'],
    ['PUT', 'shapes', { rules: [{ match: 'events', path: 'a', as: 'empty' }] }, 'rules.0.as'],
    ['PUT', 'shapes', { rules: [{ match: 'events', path: 'a', as: 'omit', url: '/v2' }] }, 'rules.0.url'],
    ['PUT', 'shapes', { rules: [{ match: 'answers', path: 'a', as: 'omit', event_type: 'X' }] }, 'rules.0.event_type'],
    ['PUT', 'event-list', { next: 'other' }, 'next'],
    ['PUT', 'event-list', { page: 0 }, 'page'],
    ['PUT', 'reporting', { delay_ms: -1 }, 'delay_ms'],
    ['PUT', 'reporting', { max_results: 0 }, 'max_results'],
    ['POST', 'events', { resource: {} }, 'event_type'],
    ['POST', 'events', { event_type: 'X', resource: {}, signature: 'forged' }, 'signature'],
    ['POST', 'events', { event_type: 'X', resource: 'text' }, 'resource'],
    ['POST', 'events', { event_type: 'X', headers: { 'a b': 'c' } }, 'headers.a b'],
    ['POST', 'events', { event_type: 'X', headers: { a: 'line\nbreak' } }, 'headers.a'],
    ['POST', 'reset', { all: true }, 'all'],
    ['POST', 'tokens/revoke', { all: true }, 'all'],
  ])('rejects %s %s %j with the invalid field', async (method, path, body, field) => {
    const { orderId, captureId } = await paypal.captured();

    const response = await paypal.send(
      method,
      `/_sim/${path.replace('{order}', orderId).replace('{capture}', captureId)}`,
      body,
    );

    expect(response).toMatchObject({
      status: 400,
      body: { error: 'invalid request', fields: [{ field, message: expect.any(String) }] },
    });
  });

  it('rejects malformed JSON', async () => {
    expect(await paypal.send('PUT', '/_sim/delivery', '{hold')).toMatchObject({
      status: 400,
      body: { error: 'invalid request' },
    });
  });
});

describe('control API', () => {
  it.each(['approve', 'cancel', 'expire', 'reverse-approval', 'capture', 'capture-again'])(
    'responds with 404 to orders/X/%s of an unknown order',
    async (action) => {
      expect(await paypal.send('POST', `/_sim/orders/X/${action}`)).toMatchObject({
        status: 404,
        body: { error: expect.stringContaining('X') },
      });
    },
  );

  it.each(['complete', 'decline', 'refund', 'reverse', 'cancel-reversal', 'dispute'])(
    'responds with 404 to captures/X/%s of an unknown capture',
    async (action) => {
      expect(await paypal.send('POST', `/_sim/captures/X/${action}`)).toMatchObject({
        status: 404,
        body: { error: expect.stringContaining('X') },
      });
    },
  );

  it.each(['complete', 'fail', 'cancel'])('responds with 404 to refunds/X/%s of an unknown refund', async (action) => {
    expect((await paypal.send('POST', `/_sim/refunds/X/${action}`)).status).toBe(404);
  });

  it('responds with 404 to an unknown path', async () => {
    expect((await paypal.send('GET', '/_sim/nothing')).status).toBe(404);
  });
});

describe('GET /_sim/state', () => {
  it('returns everything by id, in PayPal’s own formats', async () => {
    const { orderId, captureId } = await paypal.captured();
    const { body: refund } = await paypal.api(
      'POST',
      `/v2/payments/captures/${captureId}/refund`,
      {},
      { headers: { prefer: 'return=representation' } },
    );
    await paypal.control('POST', `captures/${captureId}/dispute`);
    const received = await paypal.receiver.until(4);

    const state = await paypal.control('GET', 'state');

    expect(state.orders).toEqual({
      [orderId]: {
        ...(await paypal.api('GET', `/v2/checkout/orders/${orderId}`)).body,
        funding: 'instant',
        expired: false,
      },
    });
    expect(state.captures).toMatchObject({
      [captureId]: { id: captureId, status: 'REFUNDED', order_id: orderId, dispute: { status: 'OPEN' } },
    });
    expect(state.refunds).toEqual({ [String(refund.id)]: { ...refund, capture_id: captureId } });
    expect(Object.values(state.webhooks as object)).toMatchObject([{ url: paypal.receiver.url, event_types: ['*'] }]);
    expect(Object.values(state.events as object)).toEqual(received.map(({ body }) => JSON.parse(String(body))));
    expect(state.delivery).toEqual({
      hold: false,
      delay_ms: 0,
      copies: 1,
      shuffle: false,
      drop: false,
      held: 0,
      pending: 0,
    });
  });

  it('includes expired orders, unlike PayPal', async () => {
    const id = await paypal.order();
    await paypal.control('POST', `orders/${id}/expire`);

    expect((await paypal.control('GET', 'state')).orders).toMatchObject({ [id]: { expired: true, funding: null } });
  });
});

describe('POST /_sim/reset', () => {
  it('clears everything except webhooks, certificates and tokens', async () => {
    const { orderId } = await paypal.captured({}, undefined);
    await paypal.control('PUT', 'delivery', { hold: true, copies: 2 });
    await paypal.approvedOrder();
    await paypal.control('PUT', 'faults', { faults: [{ method: 'GET', path: '/x', status: 500 }] });

    await paypal.control('POST', 'reset');

    expect(await paypal.control('GET', 'state')).toMatchObject({
      orders: {},
      captures: {},
      refunds: {},
      events: {},
      faults: [],
      delivery: { hold: false, copies: 1, held: 0, pending: 0 },
    });
    expect(await paypal.control('GET', 'deliveries')).toEqual({ deliveries: [] });
    expect((await paypal.api('GET', `/v2/checkout/orders/${orderId}`)).status).toBe(404);
  });

  it('cancels scheduled retries', async () => {
    paypal.receiver.respond = () => ({ status: 500 });
    await paypal.approvedOrder();
    await paypal.receiver.until(2);
    await paypal.control('POST', 'reset');
    const count = paypal.receiver.received.length;

    paypal.receiver.respond = () => ({ status: 200 });
    await paypal.approvedOrder();
    await paypal.receiver.until(count + 1);

    expect((await paypal.control('GET', 'deliveries')).deliveries).toMatchObject([{ attempt: 1 }]);
  });

  it('cancels deliveries queued behind another of the same order', async () => {
    paypal.receiver.respond = () => 'silence';
    await paypal.captured();
    await paypal.receiver.until(1);

    await paypal.control('POST', 'reset');
    await sleep(40);

    expect(paypal.receiver.types()).toEqual(['CHECKOUT.ORDER.APPROVED']);
  });
});

describe('paypal-debug-id', () => {
  it('is set on every response and repeated in error bodies', async () => {
    const success = await paypal.api('GET', '/v1/notifications/webhooks');
    const error = await paypal.api('GET', '/v2/checkout/orders/X');

    expect(success.headers.get('paypal-debug-id')).toMatch(/^[0-9a-f]{13}$/);
    expect(error.headers.get('paypal-debug-id')).toBe(error.body.debug_id);
  });
});
