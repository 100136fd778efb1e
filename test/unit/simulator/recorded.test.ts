import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { responseErrors, schemaErrors } from '../../support/openapi.ts';
import { type Json, orderRequest, useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

/*
 * Compares the simulator with recorded PayPal traffic: every field of a recording must exist at the same path, with the
 * same type.
 */

const paypal = useSimulator();
const eur = (value: string) => ({ currency_code: 'EUR', value });

const recorded = (file: string): Json =>
  JSON.parse(readFileSync(new URL(`../../fixtures/paypal/${file}`, import.meta.url), 'utf8'));
const recordedResponse = (name: string) => recorded(`api/${name}.json`);

/** The paths of a recorded value that are missing in the actual value, or have another type. */
function missingPaths(expected: unknown, actual: unknown, path = ''): string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [path];
    return expected.length === 0 ? [] : missingPaths(expected[0], actual[0], `${path}/0`);
  }
  if (expected !== null && typeof expected === 'object') {
    if (actual === null || typeof actual !== 'object') return [path];
    return Object.entries(expected).flatMap(([key, value]) =>
      missingPaths(value, (actual as Json)[key], `${path}/${key}`),
    );
  }
  return typeof expected === typeof actual ? [] : [path];
}

/** The order that was recorded in 2023. */
const zero = eur('0.00');
const DONATION = orderRequest({
  reference_id: 'LDEV230712-1714-0013',
  description: 'Don de test',
  invoice_id: 'LDEV230712-1714-0013',
  amount: {
    ...eur('41.00'),
    breakdown: {
      item_total: eur('41.00'),
      tax_total: zero,
      shipping: zero,
      handling: zero,
      insurance: zero,
      shipping_discount: zero,
    },
  },
  items: [{ name: 'Donation', unit_amount: eur('41.00'), tax: zero, quantity: '1', description: 'Don de test' }],
});

describe('a response', () => {
  it('to POST orders has every recorded field', async () => {
    const { body } = await paypal.api('POST', '/v2/checkout/orders', orderRequest(), {
      headers: { 'PayPal-Request-Id': 'one' },
    });

    expect(missingPaths(recordedResponse('sandbox2023__POST-orders.experience_context.minimal'), body)).toEqual([]);
  });

  it('to POST orders with application_context has every recorded field', async () => {
    const { purchase_units, intent } = orderRequest();
    const { body } = await paypal.api(
      'POST',
      '/v2/checkout/orders',
      { intent, purchase_units },
      { headers: { prefer: 'return=representation' } },
    );

    const recording = recordedResponse('sandbox2021__POST-orders.application_context.representation.201');
    expect(missingPaths(recording, body)).toEqual([]);
    expect((body.links as { rel: string }[]).map(({ rel }) => rel)).toEqual(
      (recording.links as { rel: string }[]).map(({ rel }) => rel),
    );
  });

  it('to POST capture has every recorded field', async () => {
    const id = await paypal.approvedOrder();
    const { body } = await paypal.api('POST', `/v2/checkout/orders/${id}/capture`, {});

    expect(missingPaths(recordedResponse('sandbox2023__POST-orders-capture.minimal'), body)).toEqual([
      '/purchase_units/0/shipping/address/admin_area_1', // the buyer's country has no states
    ]);
  });

  it('to GET of a completed order has every recorded field', async () => {
    const { orderId } = await paypal.captured({}, DONATION);
    const { body } = await paypal.api('GET', `/v2/checkout/orders/${orderId}`);

    expect(missingPaths(recordedResponse('sandbox2023__GET-order.COMPLETED.representation'), body)).toEqual([
      // Most shops get only the country of a buyer's address, as in other recordings.
      ...['address_line_1', 'admin_area_2', 'postal_code'].map((line) => `/payment_source/paypal/address/${line}`),
      '/purchase_units/0/payment_instruction',
      '/purchase_units/0/items/0/image_url',
      ...['address_line_1', 'admin_area_2', 'postal_code'].map((line) => `/payer/address/${line}`),
    ]);
  });

  it('to POST refund has every recorded field', async () => {
    const { captureId } = await paypal.captured();
    const { body } = await paypal.api(
      'POST',
      `/v2/payments/captures/${captureId}/refund`,
      { invoice_id: 'i' },
      { headers: { prefer: 'return=representation' } },
    );

    expect(missingPaths(recordedResponse('sandbox2021__POST-captures-refund.201'), body)).toEqual([]);
  });

  it('to GET of an expired order equals the recording', async () => {
    const id = await paypal.order();
    await paypal.control('POST', `orders/${id}/expire`);
    const { body } = await paypal.api('GET', `/v2/checkout/orders/${id}`);

    expect({ ...body, debug_id: '1d6094d0d3b64' }).toEqual(recordedResponse('live2025__GET-order.404-expired'));
  });

  it('to a rate-limited request equals the recording', async () => {
    await paypal.control('PUT', 'faults', { faults: [{ method: 'GET', path: '/v2/checkout/orders/*', status: 429 }] });
    const { body } = await paypal.send('GET', '/v2/checkout/orders/X', undefined, paypal.authorization);

    expect({ ...body, debug_id: '82314f17885c7' }).toEqual(recordedResponse('live__429-rate-limit'));
  });

  it.each([
    [
      'POST webhooks',
      'POST-webhooks.201',
      { url: 'http://127.0.0.1:9/', event_types: [{ name: 'PAYMENT.AUTHORIZATION.CREATED' }] },
    ],
    ['POST webhooks with a registered URL', 'POST-webhooks.400-dup-url', undefined],
  ])('to %s has every recorded field', async (_, file, request) => {
    const duplicate = { url: paypal.receiver.url, event_types: [{ name: '*' }] };
    const { body } = await paypal.api('POST', '/v1/notifications/webhooks', request ?? duplicate);

    expect(missingPaths(recordedResponse(`sandbox2014__${file}`), body)).toEqual([]);
  });

  it('to a resend of an unknown event equals the recording', async () => {
    const { body } = await paypal.api('POST', '/v1/notifications/webhooks-events/WH-1/resend', {});

    expect(body).toMatchObject(recordedResponse('sandbox2014__POST-events-resend.404'));
  });

  it('to GET events with an old start_time equals the recording', async () => {
    const { body } = await paypal.api('GET', '/v1/notifications/webhooks-events?start_time=2014-01-01T00:00:00Z');

    expect(body).toMatchObject(recordedResponse('sandbox2014__GET-events.400-start-too-old'));
  });

  it('to GET events has every recorded field', async () => {
    await paypal.captured();
    const { body } = await paypal.api('GET', '/v1/notifications/webhooks-events');
    const withoutResource = ({ events, ...rest }: Json) => ({
      ...rest,
      events: (events as Json[]).map(({ resource: _, ...event }) => event),
    });

    expect(
      missingPaths(withoutResource(recordedResponse('sandbox2014__GET-webhooks-events.200')), withoutResource(body)),
    ).toEqual([]);
  });
});

describe('an event', () => {
  const simulated = (type: string) => recorded(`signed/bodies/paypal2__HOOK_${type}_V2.body.json`);

  async function lastEvent(count: number): Promise<Json> {
    const received = await paypal.receiver.until(count);
    return eventIn(received[count - 1] ?? { headers: {}, body: Buffer.from('{}') });
  }

  it('of an approval with an automatic capture has every recorded field', async () => {
    const request = orderRequest({ description: 'Tea', soft_descriptor: 'TEST STORE' });
    await paypal.approvedOrder({ auto_capture: true }, request);

    expect(missingPaths(recorded('events/podkrepi__CHECKOUT.ORDER.APPROVED.json'), await lastEvent(1))).toEqual([]);
  });

  it('of a completed capture has every recorded field', async () => {
    await paypal.captured();

    expect(missingPaths(recorded('events/podkrepi__PAYMENT.CAPTURE.COMPLETED.json'), await lastEvent(2))).toEqual([]);
  });

  it('of a pending capture has every recorded field', async () => {
    await paypal.captured({ funding: 'pending' });

    expect(missingPaths(simulated('PAYMENT_CAPTURE_PENDING'), await lastEvent(2))).toEqual([]);
  });

  it('of a declined capture has every recorded field', async () => {
    const { captureId } = await paypal.captured({ funding: 'pending' }, orderRequest({ invoice_id: 'i' }));
    await paypal.control('POST', `captures/${captureId}/decline`);

    const resource = '/resource/seller_receivable_breakdown';
    expect(missingPaths(simulated('PAYMENT_CAPTURE_DECLINED'), await lastEvent(3))).toEqual([
      // The recording is of a platform, in a foreign currency, with a prior authorization.
      ...['platform_fees', 'receivable_amount', 'exchange_rate'].map((part) => `${resource}/${part}`),
      '/resource/supplementary_data/related_ids/authorization_id',
    ]);
  });

  it.each([
    ['refund', 'REFUNDED'],
    ['reverse', 'REVERSED'],
  ])('of a %s has every recorded field', async (action, type) => {
    const { captureId } = await paypal.captured();
    await paypal.control('POST', `captures/${captureId}/${action}`);

    expect(missingPaths(simulated(`PAYMENT_CAPTURE_${type}`), await lastEvent(3))).toEqual([]);
  });

  it.each(['OPEN', 'RESOLVED'])('of a dispute (%s) conforms to PayPal’s OpenAPI file', async (status) => {
    const { captureId } = await paypal.captured();
    await paypal.control('POST', `captures/${captureId}/dispute`);
    if (status === 'RESOLVED') await paypal.control('POST', `captures/${captureId}/dispute`, { status });

    const { resource } = await lastEvent(status === 'RESOLVED' ? 4 : 3);
    expect(resource).toMatchObject({ status });
    expect(schemaErrors('customer_disputes_v1', 'dispute', resource)).toEqual([]);
  });
});

describe('responseErrors', () => {
  const refund = recordedResponse('sandbox2021__POST-captures-refund.201');
  const errorsOf = (body: unknown) => responseErrors('POST', '/v2/payments/captures/X/refund', 201, body);

  it('returns nothing for a recorded response', () => {
    expect(errorsOf(refund)).toEqual([]);
  });

  it('returns the violations of an invalid response', () => {
    expect(errorsOf({ ...refund, status: 'DONE' })).toEqual(['/status must be equal to one of the allowed values']);
    expect(errorsOf({ ...refund, amount: { value: '1.00' } })).toEqual([
      "/amount must have required property 'currency_code'",
    ]);
  });
});
