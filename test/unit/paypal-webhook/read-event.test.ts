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
        orderIds: ['4TR02727EC3239828'],
        captureIds: ['0CR98899N3573252K'],
        customIds: ['e8a2a1e8-f8e7-44c8-9d07-e7186cd2df44'],
      },
    });
  });

  it.each(['PLAN_CREATED_V2', 'SUBSCRIPTION_CANCELLED_V2', 'PAYMENT_SALE_COMPLETED'])('ignores %s', (name) => {
    expect(readEvent(fixture(`signed/bodies/paypal2__HOOK_${name}.body.json`))).toMatchObject({ kind: 'ignored' });
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
      links: { orderIds: ['5O190127TN364715T'], captureIds: [], customIds: ['pay_1'] },
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
    ['CHECKOUT.ORDER.APPROVED', { ...order, purchase_units: [{ payments: { captures: [{ id: 'C' }] } }] }],
    ['CHECKOUT.ORDER.APPROVED', { purchase_units: order.purchase_units, status: 'APPROVED' }],
    ['CHECKOUT.ORDER.VOIDED', { purchase_units: order.purchase_units }],
    ['PAYMENT.CAPTURE.COMPLETED', { id: 'C', status: 'COMPLETED', amount: null }],
    ['PAYMENT.CAPTURE.COMPLETED', { id: 'C', amount: { currency_code: 'EUR', value: '1.00' } }],
    ['PAYMENT.CAPTURE.REFUNDED', { id: 'R', status: 'COMPLETED' }],
    ['PAYMENT.CAPTURE.REVERSED', { odd: true }],
  ])('returns no evidence for %s with %o', (event_type, resource) => {
    expect(readEvent({ id: 'WH-1', event_type, resource })).toMatchObject({ kind: 'facts', facts: [] });
  });

  const dispute = {
    dispute_id: 'PP-D-4012',
    status: 'OPEN',
    create_time: '2026-01-01T10:00:00.000Z',
    disputed_transactions: [{ seller_transaction_id: 'C1' }, { seller_transaction_id: 'C2', custom: 'pay_2' }],
  };
  const disputeOf = (resource: object, event_type = 'CUSTOMER.DISPUTE.CREATED', create_time?: string) =>
    readEvent({ id: 'WH-1', event_type, resource: { ...resource }, create_time });

  it('reads all transactions of a dispute', () => {
    expect(disputeOf(dispute)).toEqual({
      kind: 'dispute',
      disputeId: 'PP-D-4012',
      dispute: { status: 'OPEN', updated_at: '2026-01-01T10:00:00.000Z' },
      end: undefined,
      transactions: [
        { orderIds: [], captureIds: ['C1'], customIds: [] },
        { orderIds: [], captureIds: ['C2'], customIds: ['pay_2'] },
      ],
    });
  });

  it.each([
    ['its update', { ...dispute, update_time: '2026-01-03T10:00:00.000Z' }, '2026-01-02T10:00:00Z', '2026-01-03'],
    ['the event without an update', dispute, '2026-01-02T10:00:00Z', '2026-01-02'],
    ['its creation without others', dispute, undefined, '2026-01-01'],
    ['long ago without any', { ...dispute, create_time: null }, undefined, '1970-01-01'],
  ])('dates a dispute by %s', (_, resource, eventTime, day) => {
    const reading = disputeOf(resource, undefined, eventTime);

    expect(reading).toMatchObject({ dispute: { updated_at: expect.stringContaining(day) } });
  });

  it.each([
    ['RESOLVED_BUYER_FAVOUR', true],
    ['ACCEPTED', true],
    ['RESOLVED_SELLER_FAVOUR', false],
    ['RESOLVED_WITH_PAYOUT', false],
    [null, false],
  ])('reads the outcome %s', (outcome_code, sellerLost) => {
    const resource = { ...dispute, status: 'RESOLVED', dispute_outcome: { outcome_code } };

    expect(disputeOf(resource)).toMatchObject({ end: { sellerLost } });
  });

  it.each([
    ['CUSTOMER.DISPUTE.RESOLVED', null, { end: { sellerLost: false }, dispute: { status: 'RESOLVED' } }],
    ['CUSTOMER.DISPUTE.UPDATED', 'RESOLVED', { end: { sellerLost: false }, dispute: { status: 'RESOLVED' } }],
    ['CUSTOMER.DISPUTE.UPDATED', null, { end: undefined, dispute: { status: 'OPEN' } }],
    ['CUSTOMER.DISPUTE.CREATED', 'ON_THE_MOON', { end: undefined, dispute: { status: 'ON_THE_MOON' } }],
  ])('reads %s with status %s', (event_type, status, expected) => {
    expect(disputeOf({ ...dispute, status }, event_type)).toMatchObject(expected);
  });
});
