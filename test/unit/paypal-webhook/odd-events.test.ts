import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PayPalEvent } from '../../../src/paypal-webhook/event.ts';
import { receive } from '../../../src/paypal-webhook/receive.ts';
import { SIGNATURE_HEADERS } from '../../../src/paypal-webhook/verify-signature.ts';
import { type OnePurchase, onePurchase } from '../../support/in-memory/one-purchase.ts';
import { orderBody } from '../../support/in-memory/paypal-state.ts';
import { eventsInMemory, openGate } from '../../support/in-memory/tables.ts';
import { type ApiName, schemaErrors } from '../../support/openapi.ts';
import { oddVersionsOf, valuesOf } from '../../support/openapi-values.ts';

const HEADERS = Object.fromEntries(SIGNATURE_HEADERS.map((name) => [name, name]));

type Step = (purchase: OnePurchase) => unknown;
const approve: Step = ({ approve }) => approve();
const captureAtOnce: Step = ({ shop, orderId }) => shop.paypal.approveAndCapture(orderId);
const captureAs =
  (funding: 'pending' | 'declined'): Step =>
  ({ shop, orderId, approve }) => {
    approve(funding);
    return shop.paypal.client.captureOrder(orderId, 'request-1');
  };

/** What may have happened at PayPal. */
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  approved: [approve],
  'approval reversed': [approve, ({ shop, orderId }) => shop.paypal.reverseApproval(orderId)],
  captured: [captureAtOnce],
  pending: [captureAs('pending')],
  'pending, completed': [captureAs('pending'), ({ shop, orderId }) => shop.paypal.endPending(orderId, 'COMPLETED')],
  'pending, declined': [captureAs('pending'), ({ shop, orderId }) => shop.paypal.endPending(orderId, 'DECLINED')],
  declined: [captureAs('declined')],
  'refunded in part': [captureAtOnce, ({ shop, orderId }) => shop.paypal.refund(orderId, 500)],
  'refunded in two parts': [
    captureAtOnce,
    ({ shop, orderId }) => shop.paypal.refund(orderId, 500),
    ({ shop, orderId }) => shop.paypal.refund(orderId, 700),
  ],
  reversed: [captureAtOnce, ({ shop, orderId }) => shop.paypal.reverse(orderId)],
};

const SCHEMAS: readonly (readonly [typePrefix: string, api: ApiName, schema: string])[] = [
  ['PAYMENT.CAPTURE.RE', 'payments_payment_v2', 'refund'],
  ['PAYMENT.CAPTURE.', 'payments_payment_v2', 'capture'],
  ['CHECKOUT.', 'checkout_orders_v2', 'order'],
  ['CUSTOMER.DISPUTE.', 'customer_disputes_v1', 'dispute'],
];
const schemaOf = (type: string) => {
  const found = SCHEMAS.find(([prefix]) => type.startsWith(prefix));
  if (!found) throw new RangeError(`no schema for ${type}`);
  return { api: found[1], schema: found[2] };
};
const documented = new Map(SCHEMAS.map(([, api, schema]) => [schema, valuesOf(api, schema)]));

/** The story at PayPal, and all true events about it. */
async function tell(story: keyof typeof STORIES) {
  const purchase = await onePurchase();
  for (const step of STORIES[story] ?? []) await step(purchase);
  const { shop, orderId, paymentId } = purchase;
  const order = shop.paypal.orders.get(orderId);
  if (!order) throw new Error('no order');
  const disputed = [{ seller_transaction_id: order.capture?.id ?? 'NONE', custom: paymentId }];
  const snapshot = (type: string): PayPalEvent => ({ id: `WH-${type}`, event_type: type, resource: orderBody(order) });
  const dispute = (type: string): PayPalEvent => ({
    id: `WH-${type}`,
    event_type: type,
    resource: { dispute_id: 'PP-D-1', disputed_transactions: disputed },
  });
  const events = [
    ...shop.paypal.events.map(({ event }) => event),
    snapshot('CHECKOUT.ORDER.APPROVED'),
    snapshot('CHECKOUT.ORDER.COMPLETED'),
    dispute('CUSTOMER.DISPUTE.CREATED'),
    dispute('CUSTOMER.DISPUTE.RESOLVED'),
  ];
  const status = () => {
    const { status, refunded_minor } = shop.payments.rows.get(paymentId) ?? {};
    // PayPal's API reports a reversal as a refund.
    return `${status === 'reversed' ? 'refunded' : status} ${refunded_minor}`;
  };
  const ask = async () => {
    const payment = shop.payments.rows.get(paymentId);
    if (payment) await shop.evidenceApplier.refreshFromPayPal(payment, 'test');
  };
  return { ...purchase, events, status, ask };
}

/** All that a shop may believe which hears the true events in turn, and what it believes in the end. */
async function truthOf(story: keyof typeof STORIES) {
  const { events, shop, status, ask } = await tell(story);
  const believable = new Set([status()]);
  for (const event of events) {
    await shop.deliver(event);
    believable.add(status());
  }
  await ask();
  return { believable: believable.add(status()), end: status() };
}

/** Fields that PayPal documents around the true ones, then a few of all fields odd. */
const oddEventsOf = (event: PayPalEvent) =>
  (documented.get(schemaOf(event.event_type).schema) ?? fc.constant({}))
    .map((fields) => ({ ...fields, ...event.resource }))
    .chain((resource) => oddVersionsOf({ ...event, resource }).map((odd) => ({ resource, odd })));

describe('the shop, when fields of genuine events are missing, null, added or of another type', () => {
  it.each(Object.keys(STORIES))('stores each event, and believes nothing but the truth: %s', async (story) => {
    const { believable, end } = await truthOf(story);
    const { events } = await tell(story);

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...events).chain(oddEventsOf), { minLength: 1, maxLength: 3 }),
        async (oddEvents) => {
          const { shop, status, ask } = await tell(story);
          const inbox = eventsInMemory(openGate);
          for (const [i, { odd }] of oddEvents.entries()) {
            const event = { ...odd, id: `WH-ODD-${i}` };
            const body = Buffer.from(JSON.stringify(event));
            const { receipt } = await receive(
              {
                now: () => new Date('2026-06-01T12:00:00.000Z'),
                verify: async () => ({ genuine: true }),
                events: inbox.repository,
                once: (_, work) => work(),
                processEvent: shop.deliver,
              },
              { headers: HEADERS, body },
            );

            expect(inbox.rows.get(event.id)).toMatchObject({ status: receipt.status, body: body.toString() });
            expect(believable).toContain(status());
          }
          await ask();
          expect(status()).toBe(end);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('generates events around resources that are valid by PayPal’s OpenAPI documents', async () => {
    const { events } = await tell('refunded in two parts');

    for (const event of events)
      fc.assert(
        fc.property(oddEventsOf(event), ({ resource }) => {
          const { api, schema } = schemaOf(event.event_type);
          expect(schemaErrors(api, schema, resource)).toEqual([]);
        }),
        { numRuns: 15 },
      );
  });
});
