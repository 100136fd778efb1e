import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answerErrors, schemaErrors } from '../../support/openapi.ts';
import { type Json, orderRequest, useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

/* What PayPal really sent, as a measure: whatever is in a recorded body is in ours, at the same place and of the same type. */

const paypal = useSimulator();
const eur = (value: string) => ({ currency_code: 'EUR', value });

const recorded = (file: string): Json =>
  JSON.parse(readFileSync(new URL(`../../fixtures/paypal/${file}`, import.meta.url), 'utf8'));
const recordedAnswer = (name: string) => recorded(`api/${name}.json`);

/** The places of a recorded value that ours lacks, or fills with something of another type. */
function lacking(theirs: unknown, ours: unknown, path = ''): string[] {
  if (Array.isArray(theirs)) {
    if (!Array.isArray(ours)) return [path];
    return theirs.length === 0 ? [] : lacking(theirs[0], ours[0], `${path}/0`);
  }
  if (theirs !== null && typeof theirs === 'object') {
    if (ours === null || typeof ours !== 'object') return [path];
    return Object.entries(theirs).flatMap(([key, value]) => lacking(value, (ours as Json)[key], `${path}/${key}`));
  }
  return typeof theirs === typeof ours ? [] : [path];
}

/** As the order was that was recorded in 2023. */
const none = eur('0.00');
const DONATION = orderRequest({
  reference_id: 'LDEV230712-1714-0013',
  description: 'Don de test',
  invoice_id: 'LDEV230712-1714-0013',
  amount: {
    ...eur('41.00'),
    breakdown: {
      item_total: eur('41.00'),
      tax_total: none,
      shipping: none,
      handling: none,
      insurance: none,
      shipping_discount: none,
    },
  },
  items: [{ name: 'Donation', unit_amount: eur('41.00'), tax: none, quantity: '1', description: 'Don de test' }],
});

describe('an answer has all that the recorded one has', () => {
  it('to a new order', async () => {
    const { body } = await paypal.api('POST', '/v2/checkout/orders', orderRequest(), {
      headers: { 'PayPal-Request-Id': 'one' },
    });

    expect(lacking(recordedAnswer('sandbox2023__POST-orders.experience_context.minimal'), body)).toEqual([]);
  });

  it('to a new order with application context', async () => {
    const { purchase_units, intent } = orderRequest();
    const { body } = await paypal.api(
      'POST',
      '/v2/checkout/orders',
      { intent, purchase_units },
      { headers: { prefer: 'return=representation' } },
    );

    const theirs = recordedAnswer('sandbox2021__POST-orders.application_context.representation.201');
    expect(lacking(theirs, body)).toEqual([]);
    expect((body.links as { rel: string }[]).map(({ rel }) => rel)).toEqual(
      (theirs.links as { rel: string }[]).map(({ rel }) => rel),
    );
  });

  it('to a capture', async () => {
    const id = await paypal.approvedOrder();
    const { body } = await paypal.api('POST', `/v2/checkout/orders/${id}/capture`, {});

    expect(lacking(recordedAnswer('sandbox2023__POST-orders-capture.minimal'), body)).toEqual([
      '/purchase_units/0/shipping/address/admin_area_1', // the buyer's country has no states
    ]);
  });

  it('to who asks for a completed order', async () => {
    const { orderId } = await paypal.captured({}, DONATION);
    const { body } = await paypal.api('GET', `/v2/checkout/orders/${orderId}`);

    expect(lacking(recordedAnswer('sandbox2023__GET-order.COMPLETED.representation'), body)).toEqual([
      // PayPal gives only the country of a buyer's address to most shops, as recorded elsewhere.
      ...['address_line_1', 'admin_area_2', 'postal_code'].map((line) => `/payment_source/paypal/address/${line}`),
      '/purchase_units/0/payment_instruction',
      '/purchase_units/0/items/0/image_url',
      ...['address_line_1', 'admin_area_2', 'postal_code'].map((line) => `/payer/address/${line}`),
    ]);
  });

  it('to a refund', async () => {
    const { captureId } = await paypal.captured();
    const { body } = await paypal.api(
      'POST',
      `/v2/payments/captures/${captureId}/refund`,
      { invoice_id: 'i' },
      { headers: { prefer: 'return=representation' } },
    );

    expect(lacking(recordedAnswer('sandbox2021__POST-captures-refund.201'), body)).toEqual([]);
  });

  it('to who asks for an expired order', async () => {
    const id = await paypal.order();
    await paypal.control('POST', `orders/${id}/expire`);
    const { body } = await paypal.api('GET', `/v2/checkout/orders/${id}`);

    expect({ ...body, debug_id: '1d6094d0d3b64' }).toEqual(recordedAnswer('live2025__GET-order.404-expired'));
  });

  it('to too many calls', async () => {
    await paypal.control('PUT', 'faults', { faults: [{ method: 'GET', path: '/v2/checkout/orders/*', status: 429 }] });
    const { body } = await paypal.send('GET', '/v2/checkout/orders/X', undefined, paypal.authorization);

    expect({ ...body, debug_id: '82314f17885c7' }).toEqual(recordedAnswer('live__429-rate-limit'));
  });

  it.each([
    [
      'a new webhook',
      'POST-webhooks.201',
      { url: 'http://127.0.0.1:9/', event_types: [{ name: 'PAYMENT.AUTHORIZATION.CREATED' }] },
    ],
    ['a URL that is taken', 'POST-webhooks.400-dup-url', undefined],
  ])('to %s', async (_, file, request) => {
    const again = { url: paypal.receiver.url, event_types: [{ name: '*' }] };
    const { body } = await paypal.api('POST', '/v1/notifications/webhooks', request ?? again);

    expect(lacking(recordedAnswer(`sandbox2014__${file}`), body)).toEqual([]);
  });

  it('to a resend of what never was', async () => {
    const { body } = await paypal.api('POST', '/v1/notifications/webhooks-events/WH-1/resend', {});

    expect(body).toMatchObject(recordedAnswer('sandbox2014__POST-events-resend.404'));
  });

  it('to who asks for events that are too old', async () => {
    const { body } = await paypal.api('GET', '/v1/notifications/webhooks-events?start_time=2014-01-01T00:00:00Z');

    expect(body).toMatchObject(recordedAnswer('sandbox2014__GET-events.400-start-too-old'));
  });

  it('to who asks for events', async () => {
    await paypal.captured();
    const { body } = await paypal.api('GET', '/v1/notifications/webhooks-events');
    const withoutResource = ({ events, ...rest }: Json) => ({
      ...rest,
      events: (events as Json[]).map(({ resource: _, ...event }) => event),
    });

    expect(
      lacking(withoutResource(recordedAnswer('sandbox2014__GET-webhooks-events.200')), withoutResource(body)),
    ).toEqual([]);
  });
});

describe('an event has all that the recorded one has', () => {
  const simulated = (type: string) => recorded(`signed/bodies/paypal2__HOOK_${type}_V2.body.json`);

  async function lastEvent(count: number): Promise<Json> {
    const received = await paypal.receiver.until(count);
    return eventIn(received[count - 1] ?? { headers: {}, body: Buffer.from('{}') });
  }

  it('of an approval with the capture inside', async () => {
    const request = orderRequest({ description: 'Tea', soft_descriptor: 'TEST STORE' });
    await paypal.approvedOrder({ auto_capture: true }, request);

    expect(lacking(recorded('events/podkrepi__CHECKOUT.ORDER.APPROVED.json'), await lastEvent(1))).toEqual([]);
  });

  it('of a completed capture', async () => {
    await paypal.captured();

    expect(lacking(recorded('events/podkrepi__PAYMENT.CAPTURE.COMPLETED.json'), await lastEvent(2))).toEqual([]);
  });

  it('of a pending capture', async () => {
    await paypal.captured({ funding: 'pending' });

    expect(lacking(simulated('PAYMENT_CAPTURE_PENDING'), await lastEvent(2))).toEqual([]);
  });

  it('of a declined capture', async () => {
    const { captureId } = await paypal.captured({ funding: 'pending' }, orderRequest({ invoice_id: 'i' }));
    await paypal.control('POST', `captures/${captureId}/decline`);

    const resource = '/resource/seller_receivable_breakdown';
    expect(lacking(simulated('PAYMENT_CAPTURE_DECLINED'), await lastEvent(3))).toEqual([
      // Theirs was a platform's, in a foreign currency, and authorised first.
      ...['platform_fees', 'receivable_amount', 'exchange_rate'].map((part) => `${resource}/${part}`),
      '/resource/supplementary_data/related_ids/authorization_id',
    ]);
  });

  it.each([
    ['refund', 'REFUNDED'],
    ['reverse', 'REVERSED'],
  ])('of a %s', async (action, type) => {
    const { captureId } = await paypal.captured();
    await paypal.control('POST', `captures/${captureId}/${action}`);

    expect(lacking(simulated(`PAYMENT_CAPTURE_${type}`), await lastEvent(3))).toEqual([]);
  });

  it.each(['OPEN', 'RESOLVED'])('of a dispute (%s), by PayPal’s own description', async (status) => {
    const { captureId } = await paypal.captured();
    await paypal.control('POST', `captures/${captureId}/dispute`);
    if (status === 'RESOLVED') await paypal.control('POST', `captures/${captureId}/dispute`, { status });

    const { resource } = await lastEvent(status === 'RESOLVED' ? 4 : 3);
    expect(resource).toMatchObject({ status });
    expect(schemaErrors('customer_disputes_v1', 'dispute', resource)).toEqual([]);
  });
});

describe("PayPal's OpenAPI files as a judge", () => {
  const refund = recordedAnswer('sandbox2021__POST-captures-refund.201');
  const judge = (body: unknown) => answerErrors('POST', '/v2/payments/captures/X/refund', 201, body);

  it('find nothing wrong with what was recorded', () => {
    expect(judge(refund)).toEqual([]);
  });

  it('find what is damaged', () => {
    expect(judge({ ...refund, status: 'DONE' })).toEqual(['/status must be equal to one of the allowed values']);
    expect(judge({ ...refund, amount: { value: '1.00' } })).toEqual([
      "/amount must have required property 'currency_code'",
    ]);
  });
});
