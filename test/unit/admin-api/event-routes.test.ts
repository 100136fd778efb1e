import { describe, expect, it } from 'vitest';
import { type AdminInMemory, adminInMemory } from '../../support/in-memory/admin-api.ts';

const LIST = 'GET /api/v1/admin/webhook-events';
const ONE = 'GET /api/v1/admin/webhook-events/{id}';
const REPLAY = 'POST /api/v1/admin/webhook-events/{id}/replay';
const REPLAY_MANY = 'POST /api/v1/admin/webhook-events/replay';
const NOW = new Date('2026-06-01T12:00:05.000Z');
const cursor = (place: object) => Buffer.from(JSON.stringify(place)).toString('base64url');

/** A purchase whose approval PayPal has told of, which lies in the inbox untouched. */
async function approvedInInbox(admin: AdminInMemory) {
  const begun = await admin.shop.begin();
  if (!begun) throw new Error('the shelf is empty');
  admin.shop.paypal.approve(begun.orderId);
  const event = admin.shop.paypal.events.at(-1)?.event;
  if (!event) throw new Error('PayPal has told nothing');
  await admin.events.repository.receive({
    id: event.id,
    eventType: event.event_type,
    transmissionId: 'transmission-1',
    body: JSON.stringify(event),
    now: NOW,
  });
  return { ...begun, eventId: event.id };
}

describe('the list of events', () => {
  it('shows what came, and what became of it', async () => {
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

  it('is that of one payment, whichever of its names is given', async () => {
    const admin = adminInMemory();
    const { eventId, paymentId, orderId } = await approvedInInbox(admin);
    await admin.call(REPLAY, { id: eventId, body: { reason: 'it was missed' } });
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

  it('is empty for a PayPal order that nobody knows', async () => {
    const admin = adminInMemory();
    await approvedInInbox(admin);

    expect((await admin.call(LIST, { query: { paypal_order_id: 'UNKNOWN' } })).body.events).toEqual([]);
  });

  it.each([
    ['a status that there is not', { status: 'lost' }, 'status'],
    ['two names of a payment', { paypal_order_id: 'A', capture_id: 'B' }, 'capture_id'],
    ['an id of another form', { payment_id: 'pay_1' }, 'payment_id'],
    ['a time that ends before it begins', { from: '2026-06-02T00:00:00Z', to: '2026-06-01T00:00:00Z' }, 'to'],
    ['a forged cursor', { cursor: cursor({ parked: 1 }) }, 'cursor'],
    [
      'the cursor of another list',
      { status: 'parked', cursor: cursor({ accepted: { event_id: 'WH-1', received_at: NOW.toISOString() } }) },
      'cursor',
    ],
    [
      'a cursor from beside the time',
      {
        from: '2026-07-01T00:00:00Z',
        cursor: cursor({ accepted: { event_id: 'WH-1', received_at: NOW.toISOString() } }),
      },
      'cursor',
    ],
    ['something that it does not know', { payment: 'pay_1' }, 'payment'],
  ])('refuses %s, naming the field', async (_, query, field) => {
    const { status, body } = await adminInMemory().call(LIST, { query: query as Record<string, string> });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });
});

describe('one event', () => {
  it('is shown as it came, with its deliveries, executions, and what happened to its payment', async () => {
    const admin = adminInMemory();
    const { eventId, paymentId } = await approvedInInbox(admin);
    await admin.call(REPLAY, { id: eventId, body: { reason: 'it was missed' } });
    admin.executions.set(`${paymentId}-approved`, { status: 'SUCCEEDED', endedAt: NOW });

    const { body } = await admin.call(ONE, { id: eventId });

    expect(JSON.parse(body.body)).toMatchObject({ id: eventId, event_type: 'CHECKOUT.ORDER.APPROVED' });
    expect(body.transmissions).toEqual(['transmission-1']);
    expect(body.executions).toMatchObject([{ name: `${paymentId}-approved`, status: 'SUCCEEDED' }]);
    expect(body.timeline.map(({ what }: { what: string }) => what)).toEqual([
      'CHECKOUT.ORDER.APPROVED was replayed',
      'CHECKOUT.ORDER.APPROVED is accepted',
      'created: checkout',
      'approved',
      `${paymentId}-approved began`,
      'CHECKOUT.ORDER.APPROVED came',
      `${paymentId}-approved ended: SUCCEEDED`,
    ]);
  });

  it.each(['WH-UNKNOWN', 'no such form'])('that is not there is not found: %s', async (id) => {
    expect((await adminInMemory().call(ONE, { id: encodeURIComponent(id) })).status).toBe(404);
  });
});

describe('a replay', () => {
  it('changes the payment on the ordinary way, and the audit says who wished it', async () => {
    const admin = adminInMemory();
    const { eventId, paymentId } = await approvedInInbox(admin);

    const { body } = await admin.call(REPLAY, { id: eventId, body: { reason: 'it was missed' } });

    expect(body).toMatchObject({
      dry_run: false,
      status: 'accepted',
      payment_id: paymentId,
      changed: true,
      changes: null,
    });
    expect(admin.shop.payments.rows.get(paymentId)?.status).toBe('approved');
    expect(admin.entries).toMatchObject([{ who: 'ada', what: 'replay', target: eventId, why: 'it was missed' }]);
  });

  it('changes nothing when it is only tried, and tells what would change', async () => {
    const admin = adminInMemory();
    const { eventId, paymentId } = await approvedInInbox(admin);

    const { body } = await admin.call(REPLAY, { id: eventId, body: { dry_run: true, reason: 'what if' } });

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

  it('of what was settled before changes nothing, and says so', async () => {
    const admin = adminInMemory();
    const { eventId } = await approvedInInbox(admin);
    const replay = () => admin.call(REPLAY, { id: eventId, body: { reason: 'to be sure' } });
    await replay();

    expect((await replay()).body.changed).toBe(false);
  });

  it('of what was erased is refused', async () => {
    const admin = adminInMemory();
    const { eventId } = await approvedInInbox(admin);
    const stored = admin.events.rows.get(eventId);
    if (stored) admin.events.rows.set(eventId, { ...stored, body: '' });

    const { status, body } = await admin.call(REPLAY, { id: eventId, body: { reason: 'to be sure' } });

    expect(status).toBe(409);
    expect(body.type).toBe('/problems/event-erased');
  });

  it('of an event that is not there is refused, and not written down', async () => {
    const admin = adminInMemory();

    expect((await admin.call(REPLAY, { id: 'WH-UNKNOWN', body: { reason: 'to be sure' } })).status).toBe(404);
    expect(admin.entries).toEqual([]);
  });
});

describe('a replay of many', () => {
  const wish = { filter: { status: 'received' }, reason: 'the shop was down' };

  it('tells first how many there are, and changes nothing', async () => {
    const admin = adminInMemory();
    const { paymentId } = await approvedInInbox(admin);

    const { body } = await admin.call(REPLAY_MANY, { body: { ...wish, dry_run: true } });

    expect(body).toEqual({ dry_run: true, matching: 1, more: false });
    expect(admin.shop.payments.rows.get(paymentId)?.status).toBe('created');
    expect(admin.entries).toEqual([]);
  });

  it('settles them, and the audit says which were wished', async () => {
    const admin = adminInMemory();
    const { paymentId } = await approvedInInbox(admin);

    const { body } = await admin.call(REPLAY_MANY, { body: { ...wish, dry_run: false } });

    expect(body).toEqual({ dry_run: false, replayed: 1, changed: 1, erased: [], failed: [], next_cursor: null });
    expect(admin.shop.payments.rows.get(paymentId)?.status).toBe('approved');
    expect(admin.entries).toMatchObject([
      { what: 'replay', target: 'webhook-events', details: { status: 'received' } },
    ]);
  });

  it('of everything there is, nobody gets', async () => {
    const { status, body } = await adminInMemory().call(REPLAY_MANY, { body: { ...wish, filter: {}, dry_run: true } });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field: 'filter' }]);
  });
});
