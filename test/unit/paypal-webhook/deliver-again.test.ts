import { expect, it } from 'vitest';
import { deliverAgain } from '../../../src/paypal-webhook/deliver-again.ts';
import { eventsInMemory, openGate } from '../../support/in-memory/tables.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const EVENT = { id: 'WH-1', event_type: 'CHECKOUT.ORDER.APPROVED', resource: { custom_id: `pay_${'0'.repeat(26)}` } };

/** @param deliversAfter seconds until PayPal's delivery arrives */
function shop({ deliversAfter = Number.POSITIVE_INFINITY, isKnown = true } = {}) {
  const events = eventsInMemory(openGate);
  let seconds = 0;
  const receive = () =>
    events.repository.receive({
      id: EVENT.id,
      eventType: EVENT.event_type,
      transmissionId: `t${seconds}`,
      body: '{}',
      now: new Date(NOW.getTime() + seconds * 1000),
    });
  return {
    events,
    receive,
    seconds: () => seconds,
    deliverAgain: () =>
      deliverAgain(
        {
          events: events.repository,
          resendEvent: async () => isKnown,
          getEvent: async (id) => (isKnown && id === EVENT.id ? EVENT : undefined),
          now: () => NOW,
          sleep: async () => {
            seconds += 1;
            if (seconds === deliversAfter) await receive();
          },
        },
        EVENT.id,
        'WEBHOOK1',
      ),
  };
}

it('deliverAgain waits for the delivery', async () => {
  const { deliverAgain, seconds } = shop({ deliversAfter: 3 });

  expect(await deliverAgain()).toBe('delivered');
  expect(seconds()).toBe(3);
});

it('deliverAgain waits for another delivery of a stored event', async () => {
  const { deliverAgain, receive } = shop({ deliversAfter: 3 });
  await receive();

  expect(await deliverAgain()).toBe('delivered');
});

it('deliverAgain fetches the event when its delivery does not arrive', async () => {
  const { deliverAgain, events, seconds } = shop();

  expect(await deliverAgain()).toBe('fetched');

  expect(seconds()).toBeLessThanOrEqual(10);
  expect(events.rows.get(EVENT.id)).toMatchObject({
    status: 'received',
    fetched_at: NOW.toISOString(),
    transmissions: [],
    payment_id: EVENT.resource.custom_id,
    body: JSON.stringify(EVENT),
  });
});

it('deliverAgain leaves a stored event as it is when its delivery does not arrive', async () => {
  const { deliverAgain, receive, events } = shop();
  await receive();

  expect(await deliverAgain()).toBe('stored_before');
  expect(events.rows.get(EVENT.id)).toMatchObject({ body: '{}', transmissions: ['t0'] });
});

it('deliverAgain reports an event that PayPal does not find', async () => {
  const { deliverAgain, seconds } = shop({ isKnown: false });

  expect(await deliverAgain()).toBe('unknown_event');
  expect(seconds()).toBe(0);
});
