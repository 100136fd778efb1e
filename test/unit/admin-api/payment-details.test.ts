import { describe, expect, it } from 'vitest';
import { listedFailure } from '../../support/builders/settlements.ts';
import { deliveryOf, latestEvent } from '../../support/builders/webhook-events.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const DETAILS = 'GET /api/v1/admin/payments/{id}';

describe('GET /api/v1/admin/payments/{id}', () => {
  it('returns session, reservation, order, buyer, events, executions and timeline', async () => {
    const admin = adminInMemory();
    const { paymentId, sessionId } = await admin.paid();
    const orderId = paymentId.replace('pay_', 'ord_');
    const event = latestEvent(admin.shop.paypal);
    await admin.events.repository.receive(deliveryOf(event, new Date('2026-06-01T12:00:02.000Z')));
    await admin.events.repository.finish(
      event.id,
      { status: 'accepted', payment_id: paymentId, moved: false },
      new Date('2026-06-01T12:00:03.000Z'),
    );
    admin.executions.set(`${paymentId}-captured`, {
      status: 'SUCCEEDED',
      endedAt: new Date('2026-06-01T12:00:04.000Z'),
    });
    await admin.call('POST /api/v1/admin/orders/{id}/ship', { id: orderId, body: { reason: 'parcel 1' } });

    const { body } = await admin.call(DETAILS, { id: paymentId });

    expect(body).toMatchObject({
      payment: { payment_id: paymentId, status: 'captured', history: [{}, { settlement: 'captured' }] },
      session: { checkout_session_id: sessionId, status: 'payment_completed' },
      reservation: { status: 'committed', items: [{ sku: 'MUG', quantity: 1 }] },
      order: { order_id: orderId, status: 'shipped' },
      events: [{ event_id: event.id, status: 'accepted' }],
      executions: [{ name: `${paymentId}-captured`, status: 'SUCCEEDED' }],
      failed_settlements: [],
      findings: [],
      paypal: null,
    });
    expect(body.buyer.email).toEqual(expect.any(String));
    expect(body.timeline.map(({ kind, what }: { kind: string; what: string }) => `${kind} ${what}`)).toEqual([
      'payment created: checkout',
      'payment captured',
      `order ${orderId} created`,
      `order ${orderId} shipped`,
      `operator ship ${orderId}: parcel 1`,
      `execution ${paymentId}-captured started`,
      `event ${event.event_type} received`,
      `event ${event.event_type} accepted`,
      `execution ${paymentId}-captured ended: SUCCEEDED`,
    ]);
  });

  it('returns open findings and failed settlements', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    const at = '2026-06-01T12:00:30.000Z';
    const seen = { what: 'test', repair: null, first_seen: at, last_seen: at } as const;
    admin.findings.set(`7:${paymentId}`, {
      id: `7:${paymentId}`,
      invariant: 'captured_amount',
      subject: paymentId,
      ...seen,
    });
    admin.findings.set(`3:${paymentId}`, {
      id: `3:${paymentId}`,
      invariant: 'session_follows_payment',
      subject: paymentId,
      ...seen,
      closed_at: at,
    });
    await admin.failed.repository.record(listedFailure({ payment_id: paymentId, failed_at: at }));

    const { body } = await admin.call(DETAILS, { id: paymentId });

    expect(body.findings).toMatchObject([{ finding_id: `7:${paymentId}` }]);
    expect(body.failed_settlements).toMatchObject([{ settlement: 'captured' }]);
  });

  it('returns the order at PayPal without personal data when requested', async () => {
    const admin = adminInMemory();
    const { paymentId, orderId } = await admin.paid();

    const { body } = await admin.call(DETAILS, { id: paymentId, query: { paypal: 'true' } });

    expect(body.paypal).toMatchObject({
      asked_at: '2026-06-01T12:00:00.000Z',
      order: {
        paypal_order_id: orderId,
        captures: [{ status: 'COMPLETED', amount: { currency_code: 'EUR', value: '20.00' } }],
      },
    });
  });

  it('returns empty parts for a new payment', async () => {
    const admin = adminInMemory();
    const begun = await admin.shop.begin();

    expect((await admin.call(DETAILS, { id: begun?.paymentId ?? '' })).body).toMatchObject({
      payment: { status: 'created' },
      order: null,
      buyer: null,
      events: [],
      executions: [],
    });
  });

  it('changes no payment, and records the look at the buyer’s data only', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    const before = JSON.stringify([...admin.shop.payments.rows.values()]);

    await admin.call(DETAILS, { id: paymentId, query: { paypal: 'true' } });

    expect(JSON.stringify([...admin.shop.payments.rows.values()])).toBe(before);
    expect(admin.entries).toMatchObject([{ what: 'read-buyer' }]);
  });

  it.each([`pay_${'0'.repeat(26)}`, 'nonsense'])('returns 404 for %s', async (id) => {
    expect((await adminInMemory().call(DETAILS, { id })).status).toBe(404);
  });

  it.each([{ paypal: 'yes' }, { pay: 'true' }])('rejects the query %j and names the field', async (query) => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();

    const { status, body } = await admin.call(DETAILS, { id: paymentId, query: query as Record<string, string> });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field: Object.keys(query)[0] }]);
  });
});
