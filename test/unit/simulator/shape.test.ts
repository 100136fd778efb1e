import { describe, expect, it } from 'vitest';
import { reshaped } from '../../../simulator/state/shape.ts';
import { useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

const paypal = useSimulator();

const value = { a: [{ b: 1, c: 2 }, { b: 3 }], d: 'text' };

describe('reshaped', () => {
  it.each([
    ['d', 'omit', { a: value.a }],
    ['d', 'null', { ...value, d: null }],
    ['a.0.b', 'omit', { ...value, a: [{ c: 2 }, { b: 3 }] }],
    ['a.*.b', 'null', { ...value, a: [{ b: null, c: 2 }, { b: null }] }],
    ['a.1', 'omit', { ...value, a: [{ b: 1, c: 2 }] }],
    ['a.0', 'null', { ...value, a: [null, { b: 3 }] }],
    ['*', 'null', { a: null, d: null }],
  ] as const)('changes %s as %s', (path, as, expected) => {
    expect(reshaped(value, path.split('.'), as)).toEqual(expected);
  });

  it.each(['x', 'd.length', 'a.7', 'a.0.x.y'])('leaves the value as it is when %s does not exist', (path) => {
    expect(reshaped(value, path.split('.'), 'null')).toEqual(value);
  });
});

describe('PUT /_sim/shapes', () => {
  const setRules = (...rules: object[]) => paypal.control('PUT', 'shapes', { rules });

  it('changes the resource of events, in deliveries and list alike', async () => {
    await setRules(
      { match: 'events', path: 'purchase_units.0.payments', as: 'null' },
      { match: 'events', path: 'payer', as: 'omit' },
    );
    await paypal.approvedOrder({ auto_capture: true });
    const [delivery] = await paypal.receiver.until(2);

    const event = delivery && eventIn(delivery);

    expect(event).toMatchObject({ resource: { purchase_units: [{ payments: null }] } });
    expect(event).not.toHaveProperty('resource.payer');
    expect((await paypal.api('GET', `/v1/notifications/webhooks-events/${event?.id}`)).body).toEqual(event);
  });

  it('changes events of one type only', async () => {
    await setRules({ match: 'events', path: 'amount', as: 'omit', event_type: 'PAYMENT.CAPTURE.COMPLETED' });
    const { captureId } = await paypal.captured();
    await paypal.control('POST', `captures/${captureId}/refund`);
    const [, completed, refunded] = (await paypal.receiver.until(3)).map(eventIn);

    expect(completed).not.toHaveProperty('resource.amount');
    expect(refunded).toHaveProperty('resource.amount');
  });

  it.each([
    ['omit', undefined],
    ['null', null],
  ])('changes whole events: resource as %s', async (as, expected) => {
    await setRules({ match: 'envelopes', path: 'resource', as });
    await paypal.approvedOrder();
    const [delivery] = await paypal.receiver.until(1);

    expect(delivery && eventIn(delivery).resource).toBe(expected);
  });

  it('keeps the signatures of events valid', async () => {
    await setRules({ match: 'envelopes', path: 'summary', as: 'null' });
    const id = await paypal.approvedOrder();
    const [delivery] = await paypal.receiver.until(1);
    const [webhook_id] = await paypal.webhookIds();
    const header = (name: string) => String(delivery?.headers[`paypal-${name}`]);

    const { body } = await paypal.send(
      'POST',
      '/v1/notifications/verify-webhook-signature',
      `{"webhook_id":"${webhook_id}",${[
        'auth-algo',
        'cert-url',
        'transmission-id',
        'transmission-sig',
        'transmission-time',
      ]
        .map((name) => `"${name.replace('-', '_')}":"${header(name)}"`)
        .join(',')},"webhook_event":${delivery?.body}}`,
      paypal.authorization,
    );

    expect(body).toEqual({ verification_status: 'SUCCESS' });
    expect(JSON.parse(String(delivery?.body))).toMatchObject({ summary: null, resource: { id } });
  });

  it('changes responses of one path, errors included', async () => {
    await setRules(
      { match: 'answers', url: '/v2/payments/captures/*', path: 'seller_receivable_breakdown', as: 'null' },
      { match: 'answers', url: '/v2/checkout/orders/*', path: 'details', as: 'null' },
    );
    const { orderId, captureId } = await paypal.captured();
    const get = (path: string) => paypal.send('GET', path, undefined, paypal.authorization);

    expect((await get(`/v2/payments/captures/${captureId}`)).body).toMatchObject({
      id: captureId,
      seller_receivable_breakdown: null,
    });
    expect((await get(`/v2/checkout/orders/${orderId}`)).body).toMatchObject({
      purchase_units: [{ payments: { captures: [{ seller_receivable_breakdown: { gross_amount: {} } }] } }],
    });
    expect(await get('/v2/checkout/orders/X')).toMatchObject({ status: 404, body: { details: null } });
  });

  it('leaves tokens, the control API and stored responses as they are', async () => {
    const headers = { 'PayPal-Request-Id': 'capture-1' };
    const id = await paypal.approvedOrder();
    const capture = () =>
      paypal.send('POST', `/v2/checkout/orders/${id}/capture`, {}, { ...paypal.authorization, ...headers });
    await setRules({ match: 'answers', path: '*', as: 'null' });

    expect(Object.values((await capture()).body)).toEqual(expect.arrayContaining([null]));
    expect((await paypal.signIn()).body.access_token).toEqual(expect.any(String));
    expect((await paypal.control('GET', 'state')).orders).toHaveProperty(`${id}.status`, 'COMPLETED');
    await setRules();
    expect((await capture()).body).toMatchObject({ id, status: 'COMPLETED' });
  });

  it('is reset by no rules', async () => {
    await setRules({ match: 'answers', path: 'id', as: 'omit' });
    await setRules();

    expect(await paypal.order()).toMatch(/^\w{17}$/);
  });
});
