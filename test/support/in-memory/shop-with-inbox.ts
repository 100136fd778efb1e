import type { PayPalEvent } from '../../../src/paypal-webhook/event.ts';
import type { ReplayManyDeps } from '../../../src/paypal-webhook/replay-events.ts';
import { onePurchase } from './one-purchase.ts';
import { eventsInMemory, openGate } from './tables.ts';

/** The current time of the shop. */
export const NOW = new Date('2026-06-02T12:00:00.000Z');

/** A shop with one purchase and an inbox of stored events. */
export async function shopWithInbox() {
  const purchase = await onePurchase();
  const events = eventsInMemory(openGate);
  const { shop } = purchase;
  const { getOrder, getCapture, getRefund } = shop.paypal.client;
  const deps: ReplayManyDeps = {
    events: events.repository,
    payments: shop.payments.repository,
    evidenceApplier: shop.evidenceApplier,
    getOrder,
    getCapture,
    getRefund,
    now: () => NOW,
  };
  const store = (event: PayPalEvent) =>
    events.repository.receive({
      id: event.id,
      eventType: event.event_type,
      transmissionId: 't1',
      body: JSON.stringify(event),
      now: NOW,
    });
  /** Stores PayPal's latest event in the inbox. @returns its id */
  const stored = async () => {
    const event = shop.paypal.events.at(-1)?.event;
    if (!event) throw new Error('PayPal has no event');
    await store(event);
    return event.id;
  };
  /** Snapshot of all stored data. */
  const everything = () =>
    JSON.stringify([
      [...shop.payments.rows.values()],
      [...events.rows.values()],
      [...shop.executions.keys()],
      [...shop.orders.buyers.values()],
    ]);
  return { ...purchase, deps, events, store, stored, everything };
}
