import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../../src/paypal/errors.ts';
import { eventIdempotency } from '../../../../src/paypal-webhook/event-idempotency.ts';
import type { StoredEvent } from '../../../../src/paypal-webhook/stored-event.ts';
import { type InboxJobDeps, inboxJob } from '../../../../src/reconciliation/jobs/inbox.ts';
import { invocation } from '../../../support/builders/invocation.ts';
import { jobRunAt } from '../../../support/builders/job-runs.ts';
import { deliveryOf, latestEvent } from '../../../support/builders/webhook-events.ts';
import { IdempotencyInMemory } from '../../../support/in-memory/idempotency.ts';
import { onePurchase } from '../../../support/in-memory/one-purchase.ts';
import { eventsInMemory, openGate } from '../../../support/in-memory/tables.ts';

const RECEIVED = new Date('2026-06-01T12:00:00.000Z');
const LATER = new Date('2026-06-01T12:05:00.000Z');

async function shopWithInbox() {
  const purchase = await onePurchase();
  const events = eventsInMemory(openGate);
  const records = new IdempotencyInMemory();
  const { registerContext, once } = eventIdempotency(records);
  registerContext(invocation());
  const deps: InboxJobDeps = {
    events: events.repository,
    once,
    processEvent: (event) => purchase.shop.deliver(event),
    now: () => LATER,
  };
  const failures: string[] = [];
  return {
    ...purchase,
    deps,
    events,
    records,
    failures,
    /** Stores PayPal's latest event without processing it. */
    async storedOnly(at = RECEIVED) {
      const event = latestEvent(purchase.shop.paypal);
      await events.repository.receive(deliveryOf(event, at));
      return event;
    },
    run: (cursor?: string) => inboxJob(deps)(jobRunAt(LATER, { cursor, onError: (item) => void failures.push(item) })),
  };
}

describe('inboxJob', () => {
  it('processes and finishes a stored event', async () => {
    const { approve, storedOnly, run, payment, events, paymentId } = await shopWithInbox();
    approve();
    const { id } = await storedOnly();

    expect(await run()).toMatchObject({ figures: { processed: 1, failed: 0, unfinished: 0 }, repaired: 1 });

    expect(payment()?.status).toBe('approved');
    expect(events.rows.get(id)).toMatchObject({ status: 'accepted', payment_id: paymentId });
  });

  it('only finishes an event that was processed before', async () => {
    const { approve, storedOnly, run, deps, events, shop } = await shopWithInbox();
    approve();
    const event = await storedOnly();
    let processed = 0;
    await deps.once(event, () => {
      processed += 1;
      return shop.deliver(event);
    });
    expect(events.rows.get(event.id)?.status).toBe('received');

    await run();

    expect(processed).toBe(1);
    expect(events.rows.get(event.id)).toMatchObject({ status: 'accepted', moved: true });
  });

  it('finishes an event whose body was erased before it was processed', async () => {
    const { approve, storedOnly, run, events, payment, failures } = await shopWithInbox();
    approve();
    const { id } = await storedOnly();
    events.rows.set(id, { ...events.rows.get(id), body: '', erased_at: RECEIVED.toISOString() } as StoredEvent);

    expect(await run()).toMatchObject({ figures: { processed: 0, failed: 0, unfinished: 0 } });

    expect(failures).toEqual([]);
    expect(events.rows.get(id)).toMatchObject({ status: 'ignored', body: '' });
    expect(payment()?.status).toBe('created');
  });

  it('skips an event that is younger than a minute', async () => {
    const { approve, storedOnly, run, events } = await shopWithInbox();
    approve();
    const { id } = await storedOnly(new Date(LATER.getTime() - 59_000));

    expect(await run()).toMatchObject({ figures: { processed: 0, unfinished: 0 } });

    expect(events.rows.get(id)?.status).toBe('received');
  });

  it('fails for an event whose delivery is being processed', async () => {
    const { approve, storedOnly, run, deps, events, failures } = await shopWithInbox();
    approve();
    const event = await storedOnly();
    void deps.once(event, () => new Promise(() => undefined));
    await new Promise((resolve) => setImmediate(resolve));

    expect(await run()).toMatchObject({ figures: { processed: 0, failed: 1, unfinished: 1 }, repaired: 0 });

    expect(failures).toEqual([event.id]);
    expect(events.rows.get(event.id)?.status).toBe('received');
  });

  it('retries a failed event in the next run', async () => {
    const { approve, storedOnly, run, process, payment } = await shopWithInbox();
    approve();
    await storedOnly();
    process.crashOn({ at: 0, when: 'before' });
    expect(await run()).toMatchObject({ figures: { processed: 0, failed: 1 } });
    process.crashOn(undefined);

    await run();

    expect(payment()?.status).toBe('approved');
  });

  it('counts a parked event', async () => {
    const { events, run } = await shopWithInbox();
    const resource = { id: 'STRANGER', status: 'APPROVED' };
    const event = { id: 'WH-STRANGER', event_type: 'CHECKOUT.ORDER.APPROVED', resource };
    await events.repository.receive(deliveryOf(event, RECEIVED));

    const { measurements } = await run();

    expect(events.rows.get('WH-STRANGER')).toMatchObject({ status: 'parked', reason: 'unknown_payment' });
    expect(measurements).toContainEqual(['EventParked', 1]);
  });

  it('continues after the failed events of a run that an outage of PayPal cut short', async () => {
    const { events, run, deps, approve, storedOnly, payment } = await shopWithInbox();
    for (let i = 0; i < 40; i++)
      await events.repository.receive(
        deliveryOf({ id: `WH-BAD-${i}`, event_type: 'X', resource: {} }, new Date(RECEIVED.getTime() + i)),
      );
    approve();
    await storedOnly(new Date(RECEIVED.getTime() + 1000));
    const { processEvent } = deps;
    Object.assign(deps, {
      processEvent: async (event: Parameters<typeof processEvent>[0]) => {
        if (event.event_type === 'X') throw new PayPalUnavailable('timeout', { operation: 'getCapture' });
        return processEvent(event);
      },
    });

    let cursor: string | undefined;
    let runs = 0;
    do {
      cursor = (await run(cursor)).cursor;
      runs += 1;
    } while (cursor && runs < 20);

    expect(payment()?.status).toBe('approved');
    expect(runs).toBeGreaterThan(1);
    expect(runs).toBeLessThan(10);
  });
});
