import { describe, expect, it } from 'vitest';
import { pathSegmentOf } from '../../../src/shared/path-segment.ts';
import { deliveryOf, latestEvent } from '../../support/builders/webhook-events.ts';
import { type AdminInMemory, adminInMemory } from '../../support/in-memory/admin-api.ts';

const LIST = 'GET /api/v1/admin/webhook-events';
const ONE = 'GET /api/v1/admin/webhook-events/{id}';
const REPLAY = 'POST /api/v1/admin/webhook-events/{id}/replay';
const REPLAY_MANY = 'POST /api/v1/admin/webhook-events/replay';
const NOW = new Date('2026-06-01T12:00:05.000Z');
const cursor = (position: object) => Buffer.from(JSON.stringify(position)).toString('base64url');

/** A purchase whose approval event is stored, but not processed. */
async function approvedInInbox(admin: AdminInMemory) {
  const begun = await admin.shop.begin();
  if (!begun) throw new Error('out of stock');
  admin.shop.paypal.approve(begun.orderId);
  const event = latestEvent(admin.shop.paypal);
  await admin.events.repository.receive(deliveryOf(event, NOW));
  return { ...begun, eventId: event.id };
}

describe('GET /api/v1/admin/webhook-events', () => {
  it('returns events with their status', async () => {
    const admin = adminInMemory();
    const { eventId } = await approvedInInbox(admin);

    expect((await admin.call(LIST)).body).toEqual({
      events: [
        {
          event_id: eventId,
          event_type: 'CHECKOUT.ORDER.APPROVED',
          status: 'received',
          reason: null,
          payment_id: null,
          received_at: NOW.toISOString(),
          last_received_at: NOW.toISOString(),
          finished_at: null,
          replayed_at: [],
          erased_at: null,
          deliveries: 1,
        },
      ],
      next_cursor: null,
    });
  });

  it('filters by any id of a payment', async () => {
    const admin = adminInMemory();
    const { eventId, paymentId, orderId } = await approvedInInbox(admin);
    await admin.call(REPLAY, { id: eventId, body: { reason: 'missed' } });
    await admin.shop.capture(paymentId, 'return');
    const capture = admin.shop.payments.rows.get(paymentId)?.capture_id ?? '';

    for (const query of [
      { payment_id: paymentId },
      { order_id: paymentId.replace('pay_', 'ord_') },
      { paypal_order_id: orderId },
      { capture_id: capture },
    ] as Record<string, string>[]) {
      const { body } = await admin.call(LIST, { query });
      expect(
        body.events.map(({ event_id }: { event_id: string }) => event_id),
        JSON.stringify(query),
      ).toEqual([eventId]);
    }
  });

  it('is empty when the PayPal order is unknown', async () => {
    const admin = adminInMemory();
    await approvedInInbox(admin);

    expect((await admin.call(LIST, { query: { paypal_order_id: 'UNKNOWN' } })).body.events).toEqual([]);
  });

  it.each([
    ['an unknown status', { status: 'lost' }, 'status'],
    ['two ids of a payment', { paypal_order_id: 'A', capture_id: 'B' }, 'capture_id'],
    ['a malformed id', { payment_id: 'pay_1' }, 'payment_id'],
    ['a period that ends before it starts', { from: '2026-06-02T00:00:00Z', to: '2026-06-01T00:00:00Z' }, 'to'],
    ['a forged cursor', { cursor: cursor({ parked: 1 }) }, 'cursor'],
    [
      'the cursor of another list',
      { status: 'parked', cursor: cursor({ accepted: { event_id: 'WH-1', received_at: NOW.toISOString() } }) },
      'cursor',
    ],
    [
      'a cursor outside the period',
      {
        from: '2026-07-01T00:00:00Z',
        cursor: cursor({ accepted: { event_id: 'WH-1', received_at: NOW.toISOString() } }),
      },
      'cursor',
    ],
    ['an unknown field', { payment: 'pay_1' }, 'payment'],
  ])('rejects %s and names the field', async (_, query, field) => {
    const { status, body } = await adminInMemory().call(LIST, { query: query as Record<string, string> });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });
});

describe('GET /api/v1/admin/webhook-events/{id}', () => {
  it('returns the body, deliveries, executions and timeline', async () => {
    const admin = adminInMemory();
    const { eventId, paymentId } = await approvedInInbox(admin);
    await admin.call(REPLAY, { id: eventId, body: { reason: 'missed' } });
    admin.executions.set(`${paymentId}-approved`, { status: 'SUCCEEDED', endedAt: NOW });

    const { body } = await admin.call(ONE, { id: eventId });

    expect(JSON.parse(body.body)).toMatchObject({ id: eventId, event_type: 'CHECKOUT.ORDER.APPROVED' });
    expect(body.transmissions).toEqual(['transmission-1']);
    expect(body.executions).toMatchObject([{ name: `${paymentId}-approved`, status: 'SUCCEEDED' }]);
    expect(body.timeline.map(({ what }: { what: string }) => what)).toEqual([
      'CHECKOUT.ORDER.APPROVED replayed',
      'CHECKOUT.ORDER.APPROVED accepted',
      'created: checkout',
      'approved',
      `${paymentId}-approved started`,
      'CHECKOUT.ORDER.APPROVED received',
      `${paymentId}-approved ended: SUCCEEDED`,
    ]);
  });

  it.each(['WH-UNKNOWN', 'no such form', '~', '~zz'])('returns 404 when there is no event %s', async (id) => {
    expect((await adminInMemory().call(ONE, { id: encodeURIComponent(id) })).status).toBe(404);
  });
});

describe('an event whose id has reserved characters', () => {
  it.each(['WH_1', 'evt/1', '..', 'WH 1?a#b', 'a~b%2F', 'Ω"<1>', 'W'.repeat(128)])(
    'is returned and replayed by its escaped id: %s',
    async (id) => {
      const admin = adminInMemory();
      const event = { id, event_type: 'NOTHING.KNOWN', resource: {} };
      await admin.events.repository.receive(deliveryOf(event, NOW));

      expect((await admin.call(ONE, { id: pathSegmentOf(id) })).body).toMatchObject({ event_id: id });
      expect((await admin.call(REPLAY, { id: pathSegmentOf(id), body: { reason: 'verify' } })).body).toMatchObject({
        event_id: id,
        status: 'ignored',
      });
    },
  );
});

describe('POST /api/v1/admin/webhook-events/{id}/replay', () => {
  it('processes the event and records the operator', async () => {
    const admin = adminInMemory();
    const { eventId, paymentId } = await approvedInInbox(admin);

    const { body } = await admin.call(REPLAY, { id: eventId, body: { reason: 'missed' } });

    expect(body).toMatchObject({
      dry_run: false,
      status: 'accepted',
      payment_id: paymentId,
      changed: true,
      changes: null,
    });
    expect(admin.shop.payments.rows.get(paymentId)?.status).toBe('approved');
    expect(admin.entries).toMatchObject([{ who: 'ada', what: 'replay', target: eventId, why: 'missed' }]);
  });

  it('returns the changes and writes nothing when it is a dry run', async () => {
    const admin = adminInMemory();
    const { eventId, paymentId } = await approvedInInbox(admin);

    const { body } = await admin.call(REPLAY, { id: eventId, body: { dry_run: true, reason: 'preview' } });

    expect(body.changes).toEqual([
      {
        payment_id: paymentId,
        from: 'created',
        to: 'approved',
        because: 'approved',
        settlement: `${paymentId}-approved`,
      },
    ]);
    expect(admin.shop.payments.rows.get(paymentId)?.status).toBe('created');
    expect(admin.entries).toEqual([]);
  });

  it('reports no change when the event was processed before', async () => {
    const admin = adminInMemory();
    const { eventId } = await approvedInInbox(admin);
    const replay = () => admin.call(REPLAY, { id: eventId, body: { reason: 'verify' } });
    await replay();

    expect((await replay()).body.changed).toBe(false);
  });

  it('rejects an erased event', async () => {
    const admin = adminInMemory();
    const { eventId } = await approvedInInbox(admin);
    const stored = admin.events.rows.get(eventId);
    if (stored) admin.events.rows.set(eventId, { ...stored, body: '' });

    const { status, body } = await admin.call(REPLAY, { id: eventId, body: { reason: 'verify' } });

    expect(status).toBe(409);
    expect(body.type).toBe('/problems/event-erased');
  });

  it('returns 404 and records nothing when there is no event', async () => {
    const admin = adminInMemory();

    expect((await admin.call(REPLAY, { id: 'WH-UNKNOWN', body: { reason: 'verify' } })).status).toBe(404);
    expect(admin.entries).toEqual([]);
  });
});

describe('POST /api/v1/admin/webhook-events/replay', () => {
  const request = { filter: { status: 'received' }, reason: 'outage' };

  it('returns the count and changes nothing when it is a dry run', async () => {
    const admin = adminInMemory();
    const { paymentId } = await approvedInInbox(admin);

    const { body } = await admin.call(REPLAY_MANY, { body: { ...request, dry_run: true } });

    expect(body).toEqual({ dry_run: true, matching: 1, more: false });
    expect(admin.shop.payments.rows.get(paymentId)?.status).toBe('created');
    expect(admin.entries).toEqual([]);
  });

  it('processes the matching events and records the filter', async () => {
    const admin = adminInMemory();
    const { paymentId } = await approvedInInbox(admin);

    const { body } = await admin.call(REPLAY_MANY, { body: { ...request, dry_run: false } });

    expect(body).toEqual({ dry_run: false, replayed: 1, changed: 1, erased: [], failed: [], next_cursor: null });
    expect(admin.shop.payments.rows.get(paymentId)?.status).toBe('approved');
    expect(admin.entries).toMatchObject([
      { what: 'replay', target: 'webhook-events', details: { status: 'received' } },
    ]);
  });

  it('rejects an empty filter', async () => {
    const { status, body } = await adminInMemory().call(REPLAY_MANY, {
      body: { ...request, filter: {}, dry_run: true },
    });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field: 'filter' }]);
  });
});
