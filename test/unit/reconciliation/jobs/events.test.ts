import { describe, expect, it } from 'vitest';
import type { EventList } from '../../../../src/paypal/notifications.ts';
import type { PayPalEvent } from '../../../../src/paypal-webhook/event.ts';
import { eventIdempotency } from '../../../../src/paypal-webhook/event-idempotency.ts';
import type { Run } from '../../../../src/reconciliation/job.ts';
import { type EventsJobDeps, eventsJob } from '../../../../src/reconciliation/jobs/events.ts';
import { invocation } from '../../../support/builders/invocation.ts';
import { jobRunAt } from '../../../support/builders/job-runs.ts';
import { deliveryOf, latestEvent } from '../../../support/builders/webhook-events.ts';
import { IdempotencyInMemory } from '../../../support/in-memory/idempotency.ts';
import { onePurchase } from '../../../support/in-memory/one-purchase.ts';
import { eventsInMemory, openGate } from '../../../support/in-memory/tables.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

/** A shop and PayPal's paginated list of events. */
async function shopWithList({ pageSize = 2 } = {}) {
  const purchase = await onePurchase();
  const events = eventsInMemory(openGate);
  const list: { create_time: string; event: PayPalEvent }[] = [];
  const windows: string[] = [];
  const { registerContext, once } = eventIdempotency(new IdempotencyInMemory());
  registerContext(invocation());
  const clock = { now: NOW };

  const deps: EventsJobDeps = {
    events: events.repository,
    once,
    processEvent: (event) => purchase.shop.deliver(event),
    now: () => clock.now,
    dueAfterSeconds: 120,
    async listEvents(request): Promise<EventList> {
      const { from, to, start } =
        'next' in request
          ? JSON.parse(request.next)
          : { from: request.from.toISOString(), to: request.to.toISOString(), start: 0 };
      if (start === 0) windows.push(`${from} ${to}`);
      const matching = list
        .filter(({ create_time }) => create_time >= from && create_time <= to)
        .sort((a, b) => (a.create_time < b.create_time ? 1 : -1));
      const page = matching.slice(start, start + pageSize);
      return {
        events: page.map(({ create_time, event: { id, event_type } }) => ({ id, event_type, create_time })),
        ...(start + pageSize < matching.length && { next: JSON.stringify({ from, to, start: start + pageSize }) }),
      };
    },
    getEvent: async (id) => list.find(({ event }) => event.id === id)?.event,
  };
  const failures: string[] = [];
  const job = eventsJob(deps);
  return {
    ...purchase,
    deps,
    events,
    list,
    windows,
    clock,
    failures,
    /** Adds PayPal's latest event to the list. */
    addToList(minutes: number) {
      const event = latestEvent(purchase.shop.paypal);
      list.push({ create_time: minutesAgo(minutes), event });
      return event;
    },
    /** Adds other events, one per minute. */
    fill: (count: number, event_type = 'CHECKOUT.ORDER.APPROVED') => {
      for (let i = 0; i < count; i++)
        list.push({ create_time: minutesAgo(10 + i), event: { id: `WH-FILL-${i}`, event_type, resource: {} } });
    },
    run: (cursor?: string, limits: Partial<Run> = {}) =>
      job(
        jobRunAt(clock.now, {
          now: () => clock.now,
          cursor,
          onError: (item) => void failures.push(item),
          ...limits,
        }),
      ),
  };
}

describe('eventsJob with an event that was never delivered', () => {
  it('fetches, stores and processes a missed event', async () => {
    const { approve, addToList, run, events, payment, paymentId } = await shopWithList();
    approve();
    const event = addToList(30);

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

  it.each([
    ['declined, when it is older', false, 'created'],
    ['approved again, when it is younger', true, 'approved'],
  ])('takes a missed approval of a payment whose capture was refused as %s', async (_, again, status) => {
    const { approve, capture, shop, addToList, run, payment } = await shopWithList();
    approve('refused once');
    addToList(30);
    expect(await capture()).toMatchObject({ outcome: 'declined' });
    shop.paypal.endRefusals();
    if (again) {
      approve();
      addToList(20);
    }

    expect(await run()).toMatchObject({ figures: { fetched: again ? 2 : 1, failed: 0 } });

    expect(payment()?.status).toBe(status);
  });

  it('counts a missed event as parked when its payment is unknown', async () => {
    const { list, run, events } = await shopWithList();
    const resource = { id: 'STRANGER', status: 'APPROVED' };
    list.push({
      create_time: minutesAgo(30),
      event: { id: 'WH-STRANGER', event_type: 'CHECKOUT.ORDER.APPROVED', resource },
    });

    expect(await run()).toMatchObject({ measurements: [['EventParked', 1]] });

    expect(events.rows.get('WH-STRANGER')).toMatchObject({ status: 'parked', reason: 'unknown_payment' });
  });

  it.each([null, undefined, [], 'odd'])('stores and parks a missed event with the resource %o', async (resource) => {
    const { list, run, events } = await shopWithList();
    const event = { id: 'WH-ODD', event_type: 'PAYMENT.CAPTURE.COMPLETED', resource } as unknown as PayPalEvent;
    list.push({ create_time: minutesAgo(30), event });

    expect(await run()).toMatchObject({ figures: { fetched: 1, failed: 0 }, measurements: [['EventParked', 1]] });

    expect(events.rows.get('WH-ODD')).toMatchObject({ status: 'parked', reason: 'malformed' });
  });

  it('makes a later delivery of a fetched event a duplicate', async () => {
    const { approve, addToList, run, deps } = await shopWithList();
    approve();
    const event = addToList(30);
    await run();
    let processed = 0;

    await deps.once(event, async () => {
      processed += 1;
      return { status: 'ignored' };
    });

    expect(processed).toBe(0);
  });

  it('skips a missed event while its delivery may be in flight', async () => {
    const { approve, addToList, run, payment } = await shopWithList();
    approve();
    addToList(1);

    expect(await run()).toMatchObject({ figures: { fetched: 0 } });

    expect(payment()?.status).toBe('created');
  });

  it('skips an event whose type is not subscribed', async () => {
    const { fill, run, events } = await shopWithList();
    fill(3, 'BILLING.PLAN.CREATED');

    expect(await run()).toMatchObject({ figures: { compared: 0, fetched: 0 } });

    expect(events.rows.size).toBe(0);
  });

  it('finds a missed event on any page', async () => {
    const { approve, addToList, fill, run, payment } = await shopWithList();
    fill(7);
    approve();
    addToList(60);

    await run();

    expect(payment()?.status).toBe('approved');
  });

  it('fetches the other events when one fails, and starts the next run with the failed one', async () => {
    const { approve, addToList, fill, run, payment, deps, failures } = await shopWithList();
    fill(1);
    approve();
    addToList(300);
    const { getEvent } = deps;
    Object.assign(deps, {
      getEvent: async (id: string) => {
        if (id === 'WH-FILL-0') throw new Error('no response');
        return getEvent(id);
      },
    });

    const { figures, cursor } = await run();

    expect(figures).toMatchObject({ fetched: 1, failed: 1 });
    expect(failures).toEqual(['WH-FILL-0']);
    expect(payment()?.status).toBe('approved');
    expect(JSON.parse(cursor ?? '')).toEqual({ compared_until: minutesAgo(10) });
  });
});

describe('eventsJob with a delivered event', () => {
  it('does not fetch a delivered event', async () => {
    const { approve, addToList, run, events } = await shopWithList();
    approve();
    const event = addToList(30);
    await events.repository.receive({ ...deliveryOf(event, NOW), body: '{}' });

    expect(await run()).toMatchObject({ figures: { compared: 1, fetched: 0 } });

    expect(events.rows.get(event.id)?.body).toBe('{}');
  });
});

describe('eventsJob', () => {
  it('starts three days ago, PayPal’s redelivery period, when it runs first', async () => {
    const { run, windows } = await shopWithList();

    await run();

    expect(windows).toEqual(['2026-05-29T12:00:00.000Z 2026-06-01T11:58:00.000Z']);
  });

  it('starts three hours before the end of the last run', async () => {
    const { run, windows, clock } = await shopWithList();
    const { cursor } = await run();
    clock.now = new Date('2026-06-01T13:00:00.000Z');

    await run(cursor);

    expect(windows.at(-1)).toBe('2026-06-01T08:58:00.000Z 2026-06-01T12:58:00.000Z');
  });

  it('starts within PayPal’s limit of 45 days, however long ago the last run was', async () => {
    const { run, windows, clock } = await shopWithList();
    const { cursor } = await run();
    clock.now = new Date('2026-09-01T12:00:00.000Z');

    await run(cursor);

    expect(windows.at(-1)).toMatch(/^2026-07-19T12:00:00.000Z /);
  });

  it('resumes where a run was cut short, without gaps', async () => {
    const { approve, addToList, fill, run, payment, clock, deps } = await shopWithList();
    fill(9);
    approve();
    addToList(60);
    const until = new Date(NOW.getTime() + 1000);
    // Each page takes 600 ms, so a run reads two.
    const { listEvents } = deps;
    Object.assign(deps, {
      listEvents: async (request: Parameters<typeof listEvents>[0]) => {
        clock.now = new Date(clock.now.getTime() + 600);
        return listEvents(request);
      },
    });

    let cursor: string | undefined;
    let runs = 0;
    do {
      clock.now = NOW;
      ({ cursor } = await run(cursor, { until }));
      runs += 1;
    } while (cursor?.includes('rest') && runs < 20);

    expect(runs).toBeGreaterThan(2);
    expect(runs).toBeLessThan(20);
    expect(payment()?.status).toBe('approved');
    expect(JSON.parse(cursor ?? '')).toEqual({ compared_until: minutesAgo(2) });
  });
});
