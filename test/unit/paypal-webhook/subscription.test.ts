import { expect, it } from 'vitest';
import type { Webhook } from '../../../src/paypal/notifications.ts';
import { SUBSCRIBED_EVENT_TYPES } from '../../../src/paypal-webhook/event-types.ts';
import { missingEventTypes, subscribe } from '../../../src/paypal-webhook/subscription.ts';

const URL = 'https://api.shop.example/webhooks/paypal';
const COMPLETE: Webhook = { id: 'OURS', url: URL, eventTypes: SUBSCRIBED_EVENT_TYPES };
const OTHER: Webhook = { id: 'OTHER', url: 'https://other.example/hook', eventTypes: ['BILLING.PLAN.CREATED'] };

/** A PayPal account with these webhooks. */
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

it('subscribe creates a webhook for all types that the shop handles', async () => {
  const { paypal, webhooks } = account(OTHER);

  expect(await subscribe(paypal, URL, '')).toEqual({
    webhook: { id: 'NEW', url: URL, eventTypes: SUBSCRIBED_EVENT_TYPES },
    outcome: 'created',
  });

  expect(webhooks.get('OTHER')).toBe(OTHER);
});

it('subscribe changes nothing when the webhook is complete', async () => {
  const { paypal, changes } = account(OTHER, COMPLETE);

  expect(await subscribe(paypal, URL, 'OURS')).toEqual({ webhook: COMPLETE, outcome: 'unchanged' });

  expect(changes).toEqual([]);
});

it('subscribe changes nothing when the webhook has all types', async () => {
  const { paypal, changes } = account({ ...COMPLETE, eventTypes: ['*'] });

  expect(await subscribe(paypal, URL, '')).toMatchObject({ outcome: 'unchanged' });

  expect(changes).toEqual([]);
});

it('subscribe adds missing types and keeps others', async () => {
  const [, ...some] = SUBSCRIBED_EVENT_TYPES;
  const { paypal, webhooks } = account(OTHER, { ...COMPLETE, eventTypes: [...some, 'BILLING.PLAN.CREATED'] });

  expect(await subscribe(paypal, URL, 'OURS')).toMatchObject({ outcome: 'updated', webhook: { id: 'OURS' } });

  const eventTypes = webhooks.get('OURS')?.eventTypes ?? [];
  expect(new Set(eventTypes)).toEqual(new Set([...SUBSCRIBED_EVENT_TYPES, 'BILLING.PLAN.CREATED']));
  expect(webhooks.get('OTHER')).toBe(OTHER);
});

it('subscribe changes the URL of the stored webhook', async () => {
  const { paypal, changes, webhooks } = account(OTHER, { ...COMPLETE, url: 'https://old.example/webhooks/paypal' });

  expect(await subscribe(paypal, URL, 'OURS')).toEqual({ webhook: COMPLETE, outcome: 'updated' });

  expect(changes).toEqual(['change OURS']);
  expect(webhooks.size).toBe(2);
});

it('subscribe prefers the webhook with the shop’s URL to the stored id', async () => {
  const { paypal, changes } = account({ ...OTHER, id: 'STORED' }, COMPLETE);

  expect(await subscribe(paypal, URL, 'STORED')).toEqual({ webhook: COMPLETE, outcome: 'unchanged' });

  expect(changes).toEqual([]);
});

it('missingEventTypes lists the types without a subscription', () => {
  const [first, ...others] = SUBSCRIBED_EVENT_TYPES;

  expect(missingEventTypes({ ...COMPLETE, eventTypes: others })).toEqual([first]);
  expect(missingEventTypes(COMPLETE)).toEqual([]);
  expect(missingEventTypes({ ...COMPLETE, eventTypes: ['*'] })).toEqual([]);
});
