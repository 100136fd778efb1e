import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { eventRepository } from '../../src/paypal-webhook/event-repository.ts';
import type { EventResult } from '../../src/paypal-webhook/process-event.ts';
import type { EventCursor, EventFilter } from '../../src/paypal-webhook/stored-event.ts';
import { paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { dynamo } from '../support/stack/aws.ts';

const events = eventRepository(dynamo, inject('aws').tables['webhook-events']);
const newPaymentId = () => paymentIdOf(sessionId(ulid()));
let days = 0;

/** A day that no other test uses. */
function aDay() {
  const day = new Date(Date.UTC(2020, 0, 1 + ++days));
  const at = (minute: number) => new Date(day.getTime() + minute * 60_000);
  const ids: string[] = [];
  return {
    at,
    ids,
    filter: { from: at(0).toISOString(), to: at(24 * 60 - 1).toISOString() } satisfies EventFilter,
    /** Stores an event received in that minute, with its outcome. */
    async event(minute: number, outcome?: EventResult, eventType = 'PAYMENT.CAPTURE.COMPLETED') {
      const id = `WH-${ulid()}`;
      ids.push(id);
      await events.receive({ id, eventType, transmissionId: `t-${id}`, body: '{"buyer":"Ada"}', now: at(minute) });
      if (outcome) await events.finish(id, outcome, at(minute));
      return id;
    },
  };
}

async function allPages(filter: EventFilter, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let next: EventCursor | undefined;
  do {
    const page = await events.page(filter, limit, next);
    pages.push(page.events.map(({ event_id }) => event_id));
    next = page.next;
  } while (next);
  return pages;
}

describe('a stored event', () => {
  const TableName = inject('aws').tables['webhook-events'];

  it('has its body compressed, and returns it as it was', async () => {
    const body = JSON.stringify({ id: 'WH-1', links: Array.from({ length: 50 }, () => 'https://api.paypal.com/v1/') });
    const id = `WH-${ulid()}`;

    await events.receive({ id, eventType: 'ANY', transmissionId: 't', body, now: new Date() });

    const { Item } = await dynamo.send(new GetCommand({ TableName, Key: { event_id: id } }));
    expect(Item?.body).toBeInstanceOf(Uint8Array);
    expect(Item?.body.length).toBeLessThan(body.length / 5);
    expect((await events.get(id))?.body).toBe(body);
  });

  it('keeps the text that an earlier version has stored', async () => {
    const id = `WH-${ulid()}`;
    await dynamo.send(new PutCommand({ TableName, Item: { event_id: id, body: '{"buyer":"Ada"}' } }));

    await events.receive({ id, eventType: 'ANY', transmissionId: 't', body: '{"buyer":"Eve"}', now: new Date() });

    expect((await events.get(id))?.body).toBe('{"buyer":"Ada"}');
  });
});

describe('the list of webhook events', () => {
  it('contains every status, newest first, across pages', async () => {
    const { event, filter } = aDay();
    const outcomes: (EventResult | undefined)[] = [
      undefined,
      { status: 'ignored' },
      { status: 'parked', reason: 'malformed' },
      { status: 'accepted', payment_id: newPaymentId(), moved: true },
    ];
    const ids: string[] = [];
    for (let minute = 0; minute < 12; minute++) ids.unshift(await event(minute, outcomes[(minute * 5) % 4]));

    const pages = await allPages(filter, 5);

    expect(pages.map(({ length }) => length)).toEqual([5, 5, 2]);
    expect(pages.flat()).toEqual(ids);
  });

  it('contains all events received in the same millisecond', async () => {
    const { event, filter } = aDay();
    const ids: string[] = [];
    for (let i = 0; i < 9; i++) ids.push(await event(7, i % 2 ? { status: 'ignored' } : undefined));

    const pages = await allPages(filter, 2);

    expect(pages.flat().toSorted()).toEqual(ids.toSorted());
  });

  it('filters by status, type, payment and time', async () => {
    const { event, filter, at } = aDay();
    const payment_id = newPaymentId();
    const waits = await event(1);
    const parked = await event(2, { status: 'parked', reason: 'other_order', payment_id });
    const other = await event(3, { status: 'parked', reason: 'unknown_payment' }, 'CHECKOUT.ORDER.APPROVED');
    const accepted = await event(4, { status: 'accepted', payment_id, moved: false });
    const found = async (more: EventFilter) => (await allPages({ ...filter, ...more }, 50)).flat();

    expect(await found({ status: 'received' })).toEqual([waits]);
    expect(await found({ status: 'parked' })).toEqual([other, parked]);
    expect(await found({ type: 'CHECKOUT.ORDER.APPROVED' })).toEqual([other]);
    expect(await found({ paymentId: payment_id })).toEqual([accepted, parked]);
    expect(await found({ paymentId: payment_id, status: 'accepted' })).toEqual([accepted]);
    expect(await found({ from: at(2).toISOString(), to: at(3).toISOString() })).toEqual([other, parked]);
  });

  it('continues past any number of events that the filter excludes', async () => {
    const { event, filter } = aDay();
    const wanted = await event(0, undefined, 'CHECKOUT.ORDER.APPROVED');
    await Promise.all(Array.from({ length: 120 }, (_, i) => event(i + 1)));

    const pages = await allPages({ ...filter, type: 'CHECKOUT.ORDER.APPROVED' }, 50);

    expect(pages.flat()).toEqual([wanted]);
  });

  it('contains no event body', async () => {
    const { event, filter } = aDay();
    await event(1);

    expect(JSON.stringify(await events.page(filter, 10))).not.toContain('Ada');
  });
});

describe('a stored webhook event', () => {
  it('has its body, deliveries and outcome', async () => {
    const { event, at } = aDay();
    const payment_id = newPaymentId();
    const id = await event(3, { status: 'parked', reason: 'other_order', payment_id });
    await events.receive({ id, eventType: 'X', transmissionId: 'second', body: 'other', now: at(9) });

    expect(await events.get(id)).toMatchObject({
      event_id: id,
      status: 'parked',
      reason: 'other_order',
      payment_id,
      received_at: at(3).toISOString(),
      last_received_at: at(9).toISOString(),
      body: '{"buyer":"Ada"}',
      transmissions: ['second', `t-${id}`],
      replayed_at: [],
    });
  });

  it('is undefined when the id is unknown', async () => {
    expect(await events.get('WH-NONE')).toBeUndefined();
  });

  it('has no delivery when it was fetched from PayPal, until one arrives', async () => {
    const { at } = aDay();
    const id = `WH-${ulid()}`;
    await events.receive({ id, eventType: 'X', body: '{}', now: at(1) });
    expect(await events.get(id)).toMatchObject({
      transmissions: [],
      status: 'received',
      fetched_at: at(1).toISOString(),
    });

    await events.receive({ id, eventType: 'X', transmissionId: 't1', body: '{}', now: at(2) });

    expect(await events.get(id)).toMatchObject({ transmissions: ['t1'], fetched_at: at(1).toISOString() });
  });

  it('stays without body after erasure, also when it is delivered again', async () => {
    const { event, at } = aDay();
    const payment_id = newPaymentId();
    const id = await event(1, { status: 'accepted', payment_id, moved: true });

    expect(await events.eraseBody(id, at(5))).toBe(true);
    await events.receive({ id, eventType: 'X', transmissionId: 't2', body: '{"buyer":"Ada"}', now: at(6) });

    expect(await events.get(id)).toMatchObject({ body: '', erased_at: at(5).toISOString() });
  });

  it('has no body once it is finished for a payment whose buyer is erased', async () => {
    const { event, at } = aDay();
    const payment_id = newPaymentId();
    const id = await event(1, { status: 'parked', reason: 'other_order', payment_id, erased: true });
    const erased_at = (await events.get(id))?.finished_at;

    await events.finishReplay(id, { status: 'ignored', payment_id, erased: true }, at(9));

    expect(await events.get(id)).toMatchObject({ body: '', erased_at, status: 'ignored' });
  });

  it('names the payment from its delivery until it is finished without', async () => {
    const { at } = aDay();
    const id = `WH-${ulid()}`;
    const paymentId = newPaymentId();
    const delivery = { id, eventType: 'X', transmissionId: 't1', paymentId, body: '{}', now: at(1) };
    await events.receive(delivery);
    await events.receive(delivery);
    expect(await events.get(id)).toMatchObject({ payment_id: paymentId, status: 'received' });
    expect((await events.page({ paymentId }, 1)).events).toHaveLength(1);

    await events.finish(id, { status: 'parked', reason: 'unknown_payment' }, at(3));

    expect(await events.get(id)).not.toHaveProperty('payment_id');
  });

  it('records the replay time and drops the parking reason when it is replayed', async () => {
    const { event, at } = aDay();
    const payment_id = newPaymentId();
    const id = await event(1, { status: 'parked', reason: 'unknown_payment' });

    await events.finishReplay(id, { status: 'parked', reason: 'unknown_payment' }, at(2));
    await events.finishReplay(id, { status: 'accepted', payment_id, moved: true }, at(3));

    const replayed = await events.get(id);
    expect(replayed).toMatchObject({
      status: 'accepted',
      payment_id,
      replayed_at: [at(2).toISOString(), at(3).toISOString()],
    });
    expect(replayed).not.toHaveProperty('reason');
  });
});

it('lists unfinished events by age, oldest first', async () => {
  const { event, at } = aDay();
  const second = await event(20);
  const first = await event(10);
  await event(15, { status: 'ignored' });
  const late = await event(40);

  const found: string[] = [];
  for await (const id of events.unfinished(at(30))) found.push(id);

  expect(found.filter((id) => [first, second, late].includes(id))).toEqual([first, second]);
});

it('returns which of many ids are stored', async () => {
  const { event } = aDay();
  const id = await event(1);

  expect(await events.storedIds([id, 'WH-NONE'])).toEqual(new Set([id]));
});
