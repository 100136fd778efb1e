import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { EventList } from '../../../../src/paypal/notifications.ts';
import type { PayPalEvent } from '../../../../src/paypal-webhook/event.ts';
import { eventIdempotency } from '../../../../src/paypal-webhook/event-idempotency.ts';
import { type EventsJobDeps, eventsJob } from '../../../../src/reconciliation/jobs/events.ts';
import { IdempotencyInMemory } from '../../../support/in-memory/idempotency.ts';
import { onePurchase } from '../../../support/in-memory/one-purchase.ts';
import { eventsInMemory, openGate } from '../../../support/in-memory/tables.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

/** PayPal's list of events, of which each page has so many. */
async function shopWithList({ pageSize = 2 } = {}) {
  const purchase = await onePurchase();
  const events = eventsInMemory(openGate);
  const list: { create_time: string; event: PayPalEvent }[] = [];
  const asked: string[] = [];
  const { registerContext, once } = eventIdempotency(new IdempotencyInMemory());
  registerContext({ getRemainingTimeInMillis: () => 10_000 } as Context);
  const clock = { now: NOW };

  const deps: EventsJobDeps = {
    events: events.repository,
    once,
    processEvent: (event) => purchase.shop.deliver(event),
    now: () => clock.now,
    dueAfterSeconds: 120,
    async listEvents(wanted): Promise<EventList> {
      const { from, to, start } =
        'next' in wanted
          ? JSON.parse(wanted.next)
          : { from: wanted.from.toISOString(), to: wanted.to.toISOString(), start: 0 };
      if (start === 0) asked.push(`${from} ${to}`);
      const found = list
        .filter(({ create_time }) => create_time >= from && create_time <= to)
        .sort((a, b) => (a.create_time < b.create_time ? 1 : -1));
      const page = found.slice(start, start + pageSize);
      return {
        events: page.map(({ create_time, event: { id, event_type } }) => ({ id, event_type, create_time })),
        ...(start + pageSize < found.length && { next: JSON.stringify({ from, to, start: start + pageSize }) }),
      };
    },
    getEvent: async (id) => list.find(({ event }) => event.id === id)?.event,
  };
  const troubles: string[] = [];
  const job = eventsJob(deps);
  return {
    ...purchase,
    deps,
    events,
    list,
    asked,
    clock,
    troubles,
    /** PayPal's latest event is in its list. */
    listed(minutes: number) {
      const event = purchase.shop.paypal.events.at(-1)?.event;
      if (!event) throw new Error('PayPal has told nothing');
      list.push({ create_time: minutesAgo(minutes), event });
      return event;
    },
    /** Events that mean nothing, one a minute. */
    fill: (count: number, event_type = 'CHECKOUT.ORDER.APPROVED') => {
      for (let i = 0; i < count; i++)
        list.push({ create_time: minutesAgo(10 + i), event: { id: `WH-FILL-${i}`, event_type, resource: {} } });
    },
    run: (cursor?: string, until = new Date('2100-01-01')) =>
      job({
        dueBefore: clock.now,
        until,
        now: () => clock.now,
        cursor,
        onError: (item) => void troubles.push(item),
      }),
  };
}

describe('an event that PayPal sent and the shop never saw', () => {
  it('is fetched, stored as one that was found, and settled', async () => {
    const { approve, listed, run, events, payment, paymentId } = await shopWithList();
    approve();
    const event = listed(30);

    expect(await run()).toMatchObject({ figures: { compared: 1, fetched: 1, failed: 0 }, repaired: 1 });

    expect(payment()?.status).toBe('approved');
    expect(events.rows.get(event.id)).toMatchObject({
      status: 'accepted',
      payment_id: paymentId,
      transmissions: [],
      fetched_at: NOW.toISOString(),
    });
    expect(JSON.parse(events.rows.get(event.id)?.body ?? '')).toEqual(event);
  });

  it('is counted as parked when it is about a purchase that the shop does not know, so that somebody is told', async () => {
    const { list, run, events } = await shopWithList();
    const resource = { id: 'STRANGER', status: 'APPROVED' };
    list.push({
      create_time: minutesAgo(30),
      event: { id: 'WH-STRANGER', event_type: 'CHECKOUT.ORDER.APPROVED', resource },
    });

    expect(await run()).toMatchObject({ measurements: [['EventParked', 1]] });

    expect(events.rows.get('WH-STRANGER')).toMatchObject({ status: 'parked', reason: 'unknown_payment' });
  });

  it('is a duplicate when it is delivered after all', async () => {
    const { approve, listed, run, deps } = await shopWithList();
    approve();
    const event = listed(30);
    await run();
    let settled = 0;

    await deps.once(event, async () => {
      settled += 1;
      return { status: 'ignored' };
    });

    expect(settled).toBe(0);
  });

  it('is left alone while its delivery may be on its way', async () => {
    const { approve, listed, run, payment } = await shopWithList();
    approve();
    listed(1);

    expect(await run()).toMatchObject({ figures: { fetched: 0 } });

    expect(payment()?.status).toBe('created');
  });

  it('is not fetched when it means nothing to the shop', async () => {
    const { fill, run, events } = await shopWithList();
    fill(3, 'BILLING.PLAN.CREATED');

    expect(await run()).toMatchObject({ figures: { compared: 0, fetched: 0 } });

    expect(events.rows.size).toBe(0);
  });

  it('is found on whichever page', async () => {
    const { approve, listed, fill, run, payment } = await shopWithList();
    fill(7);
    approve();
    listed(60);

    await run();

    expect(payment()?.status).toBe('approved');
  });

  it('does not keep others from being fetched when it is in trouble, and is where the next run begins', async () => {
    const { approve, listed, fill, run, payment, deps, troubles } = await shopWithList();
    fill(1);
    approve();
    listed(300);
    const { getEvent } = deps;
    Object.assign(deps, {
      getEvent: async (id: string) => {
        if (id === 'WH-FILL-0') throw new Error('no answer');
        return getEvent(id);
      },
    });

    const { figures, cursor } = await run();

    expect(figures).toMatchObject({ fetched: 1, failed: 1 });
    expect(troubles).toEqual(['WH-FILL-0']);
    expect(payment()?.status).toBe('approved');
    expect(JSON.parse(cursor ?? '')).toEqual({ compared_until: minutesAgo(10) });
  });
});

describe('an event that came', () => {
  it('is not fetched once more', async () => {
    const { approve, listed, run, events } = await shopWithList();
    approve();
    const { id, event_type: eventType } = listed(30);
    await events.repository.receive({ id, eventType, transmissionId: 't', body: '{}', now: NOW });

    expect(await run()).toMatchObject({ figures: { compared: 1, fetched: 0 } });

    expect(events.rows.get(id)?.body).toBe('{}');
  });
});

describe('what is compared', () => {
  it('begins three days back, as far as PayPal tries to deliver', async () => {
    const { run, asked } = await shopWithList();

    await run();

    expect(asked).toEqual(['2026-05-29T12:00:00.000Z 2026-06-01T11:58:00.000Z']);
  });

  it('goes on where the last run ended, and three hours before', async () => {
    const { run, asked, clock } = await shopWithList();
    const { cursor } = await run();
    clock.now = new Date('2026-06-01T13:00:00.000Z');

    await run(cursor);

    expect(asked.at(-1)).toBe('2026-06-01T08:58:00.000Z 2026-06-01T12:58:00.000Z');
  });

  it('never begins where PayPal refuses to list, however long nothing ran', async () => {
    const { run, asked, clock } = await shopWithList();
    const { cursor } = await run();
    clock.now = new Date('2026-09-01T12:00:00.000Z');

    await run(cursor);

    expect(asked.at(-1)).toMatch(/^2026-07-19T12:00:00.000Z /);
  });

  it('is resumed where a run was cut short, and nothing of it is missed', async () => {
    const { approve, listed, fill, run, payment, clock, deps } = await shopWithList();
    fill(9);
    approve();
    listed(60);
    const until = new Date(NOW.getTime() + 1000);
    // Each page takes a while, so a run comes to two of them.
    const { listEvents } = deps;
    Object.assign(deps, {
      listEvents: async (wanted: Parameters<typeof listEvents>[0]) => {
        clock.now = new Date(clock.now.getTime() + 600);
        return listEvents(wanted);
      },
    });

    let cursor: string | undefined;
    let runs = 0;
    do {
      clock.now = NOW;
      ({ cursor } = await run(cursor, until));
      runs += 1;
    } while (cursor?.includes('rest') && runs < 20);

    expect(runs).toBeGreaterThan(2);
    expect(runs).toBeLessThan(20);
    expect(payment()?.status).toBe('approved');
    expect(JSON.parse(cursor ?? '')).toEqual({ compared_until: minutesAgo(2) });
  });
});
