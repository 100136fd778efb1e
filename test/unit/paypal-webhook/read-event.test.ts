import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEvent } from '../../../src/paypal-webhook/read-event.ts';

const fixture = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/paypal/${path}`, import.meta.url), 'utf8'));
const signed = (name: string) => fixture(`signed/bodies/paypal2__HOOK_PAYMENT_CAPTURE_${name}_V2.body.json`);
const factsOf = (event: Parameters<typeof readEvent>[0]) => {
  const reading = readEvent(event);
  return reading.kind === 'facts' ? reading.facts : [];
};

describe('readEvent with a recorded event', () => {
  it.each([
    ['COMPLETED', [{ kind: 'captured', captureId: '12A34567BC123456S', amount: { currency: 'USD', minor: 3000 } }]],
    ['PENDING', [{ kind: 'capture_pending' }]],
    ['DECLINED', [{ kind: 'capture_failed' }]],
    ['REFUNDED', [{ kind: 'refunded' }]],
    ['REVERSED', [{ kind: 'reversed' }]],
  ])('reads the evidence of a capture that is %s', (name, facts) => {
    const event = signed(name);

    expect(factsOf(event)).toMatchObject(facts);
    expect(factsOf(event)[0]?.source).toBe(`webhook ${event.id}`);
  });

  it('reads the snapshot of an approval, which may be ahead of the event', () => {
    const event = fixture('events/podkrepi__CHECKOUT.ORDER.APPROVED.json');

    expect(factsOf(event)).toMatchObject([
      {
        kind: 'captured',
        captureId: '0CR98899N3573252K',
        amount: { currency: 'USD', minor: 10_000 },
        paypalOrderId: '4TR02727EC3239828',
        buyer: { name: 'John Doe' },
      },
    ]);
  });

  it('returns order id, capture id and custom_id', () => {
    expect(readEvent(fixture('events/podkrepi__PAYMENT.CAPTURE.COMPLETED.json'))).toMatchObject({
      links: {
        orderId: '4TR02727EC3239828',
        captureId: '0CR98899N3573252K',
        customId: 'e8a2a1e8-f8e7-44c8-9d07-e7186cd2df44',
      },
    });
  });

  it.each(['PLAN_CREATED_V2', 'SUBSCRIPTION_CANCELLED_V2', 'PAYMENT_SALE_COMPLETED'])('ignores %s', (name) => {
    expect(readEvent(fixture(`signed/bodies/paypal2__HOOK_${name}.body.json`))).toEqual({ kind: 'ignored' });
  });
});

describe('readEvent', () => {
  const order = { id: '5O190127TN364715T', purchase_units: [{ custom_id: 'pay_1' }] };

  it.each([
    ['CHECKOUT.ORDER.CANCELLED', order],
    ['CHECKOUT.ORDER.VOIDED', order],
    // Without `id`: https://developer.paypal.com/docs/checkout/apm/reference/handle-uncaptured-payments/
    ['CHECKOUT.PAYMENT-APPROVAL.REVERSED', { order_id: '5O190127TN364715T', purchase_units: [{ custom_id: 'pay_1' }] }],
  ])('reads %s as cancelled', (event_type, resource) => {
    expect(readEvent({ id: 'WH-1', event_type, resource })).toEqual({
      kind: 'facts',
      links: { orderId: '5O190127TN364715T', customId: 'pay_1' },
      facts: [{ kind: 'cancelled', source: 'webhook WH-1', paypalOrderId: '5O190127TN364715T' }],
    });
  });

  it('returns no evidence for an unknown capture status', () => {
    const { resource } = fixture('events/podkrepi__PAYMENT.CAPTURE.COMPLETED.json');

    expect(
      factsOf({
        id: 'WH-1',
        event_type: 'PAYMENT.CAPTURE.COMPLETED',
        resource: { ...resource, status: 'ON_THE_MOON' },
      }),
    ).toEqual([]);
  });

  it('returns no evidence for a refund without the total refunded', () => {
    const { resource } = signed('REFUNDED');
    const { seller_payable_breakdown: _, ...rest } = resource;

    expect(factsOf({ id: 'WH-1', event_type: 'PAYMENT.CAPTURE.REFUNDED', resource: rest })).toEqual([]);
  });

  it.each([
    'CHECKOUT.ORDER.APPROVED',
    'PAYMENT.CAPTURE.COMPLETED',
    'PAYMENT.CAPTURE.REFUNDED',
    'CUSTOMER.DISPUTE.CREATED',
  ])('throws for %s with a malformed resource', (event_type) => {
    expect(() => readEvent({ id: 'WH-1', event_type, resource: { odd: true } })).toThrow('not a PayPal');
  });

  it('reads the capture and status of a dispute', () => {
    const resource = {
      dispute_id: 'PP-D-4012',
      status: 'OPEN',
      create_time: '2026-01-01T10:00:00.000Z',
      disputed_transactions: [{ seller_transaction_id: '0CR98899N3573252K' }],
    };

    expect(readEvent({ id: 'WH-1', event_type: 'CUSTOMER.DISPUTE.CREATED', resource })).toEqual({
      kind: 'dispute',
      links: { captureId: '0CR98899N3573252K' },
      disputeId: 'PP-D-4012',
      dispute: { status: 'OPEN', updated_at: '2026-01-01T10:00:00.000Z' },
    });
  });
});
