import { expect, it } from 'vitest';
import type { Webhook } from '../../../src/paypal/notifications.ts';
import { SUBSCRIBED_EVENT_TYPES } from '../../../src/paypal-webhook/event-types.ts';
import { missingEventTypes, subscribe } from '../../../src/paypal-webhook/subscription.ts';

const URL = 'https://api.shop.example/webhooks/paypal';
const RIGHT: Webhook = { id: 'OURS', url: URL, eventTypes: SUBSCRIBED_EVENT_TYPES };
const OTHER: Webhook = { id: 'OTHER', url: 'https://other.example/hook', eventTypes: ['BILLING.PLAN.CREATED'] };

/** An account with some webhooks. */
function account(...before: Webhook[]) {
  const webhooks = new Map(before.map((webhook) => [webhook.id, webhook]));
  const changes: string[] = [];
  return {
    webhooks,
    changes,
    paypal: {
      listWebhooks: async () => [...webhooks.values()],
      async createWebhook(url: string, eventTypes: readonly string[]) {
        changes.push(`create ${url}`);
        const made = { id: 'NEW', url, eventTypes };
        webhooks.set(made.id, made);
        return made;
      },
      async changeWebhook(webhook: Webhook) {
        changes.push(`change ${webhook.id}`);
        webhooks.set(webhook.id, webhook);
        return webhook;
      },
    },
  };
}

it('a shop without a subscription gets one, told of all that it acts on', async () => {
  const { paypal, webhooks } = account(OTHER);

  expect(await subscribe(paypal, URL, '')).toEqual({
    webhook: { id: 'NEW', url: URL, eventTypes: SUBSCRIBED_EVENT_TYPES },
    did: 'created',
  });

  expect(webhooks.get('OTHER')).toBe(OTHER);
});

it('a subscription that is right is left alone', async () => {
  const { paypal, changes } = account(OTHER, RIGHT);

  expect(await subscribe(paypal, URL, 'OURS')).toEqual({ webhook: RIGHT, did: 'nothing' });

  expect(changes).toEqual([]);
});

it('one that is told of everything is right', async () => {
  const { paypal, changes } = account({ ...RIGHT, eventTypes: ['*'] });

  expect(await subscribe(paypal, URL, '')).toMatchObject({ did: 'nothing' });

  expect(changes).toEqual([]);
});

it('one that is not told of all is repaired, and keeps what somebody else added', async () => {
  const [, ...some] = SUBSCRIBED_EVENT_TYPES;
  const { paypal, webhooks } = account(OTHER, { ...RIGHT, eventTypes: [...some, 'BILLING.PLAN.CREATED'] });

  expect(await subscribe(paypal, URL, 'OURS')).toMatchObject({ did: 'repaired', webhook: { id: 'OURS' } });

  const eventTypes = webhooks.get('OURS')?.eventTypes ?? [];
  expect(new Set(eventTypes)).toEqual(new Set([...SUBSCRIBED_EVENT_TYPES, 'BILLING.PLAN.CREATED']));
  expect(webhooks.get('OTHER')).toBe(OTHER);
});

it('a shop that has moved takes its subscription along', async () => {
  const { paypal, changes, webhooks } = account(OTHER, { ...RIGHT, url: 'https://old.example/webhooks/paypal' });

  expect(await subscribe(paypal, URL, 'OURS')).toEqual({ webhook: RIGHT, did: 'repaired' });

  expect(changes).toEqual(['change OURS']);
  expect(webhooks.size).toBe(2);
});

it('the webhook with the shop’s address is the shop’s, whatever id was stored', async () => {
  const { paypal, changes } = account({ ...OTHER, id: 'STORED' }, RIGHT);

  expect(await subscribe(paypal, URL, 'STORED')).toEqual({ webhook: RIGHT, did: 'nothing' });

  expect(changes).toEqual([]);
});

it('what a webhook is not told of can be named', () => {
  const [first, ...others] = SUBSCRIBED_EVENT_TYPES;

  expect(missingEventTypes({ ...RIGHT, eventTypes: others })).toEqual([first]);
  expect(missingEventTypes(RIGHT)).toEqual([]);
  expect(missingEventTypes({ ...RIGHT, eventTypes: ['*'] })).toEqual([]);
});
