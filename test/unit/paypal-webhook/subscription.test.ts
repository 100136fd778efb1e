import { expect, it } from 'vitest';
import type { Webhook } from '../../../src/paypal/notifications.ts';
import { SUBSCRIBED_EVENT_TYPES } from '../../../src/paypal-webhook/event-types.ts';
import { missingEventTypes, subscribe } from '../../../src/paypal-webhook/subscription.ts';

const URL = 'https://api.shop.example/webhooks/paypal';
const COMPLETE: Webhook = { id: 'OURS', url: URL, eventTypes: SUBSCRIBED_EVENT_TYPES };
const OTHER: Webhook = { id: 'OTHER', url: 'https://other.example/hook', eventTypes: ['BILLING.PLAN.CREATED'] };

/** A PayPal account with these webhooks, and the shop's secret. Each change may be made to crash, before or after it. */
function account(...before: Webhook[]) {
  const webhooks = new Map(before.map((webhook) => [webhook.id, webhook]));
  const changes: string[] = [];
  const secret = { webhook_id: '' } as { webhook_id: string; previous_webhook_id?: string | undefined };
  let crash: { readonly at: number; readonly when: 'before' | 'after' } | undefined;
  const change = async <Result>(name: string, make: () => Result): Promise<Result> => {
    const isCrash = changes.length === crash?.at;
    if (isCrash && crash?.when === 'before') throw new Error('crash');
    changes.push(name);
    const result = make();
    if (isCrash) throw new Error('crash');
    return result;
  };
  const paypal = {
    listWebhooks: async () => [...webhooks.values()],
    createWebhook: (url: string, eventTypes: readonly string[]) =>
      change(`create ${url}`, () => {
        const made = { id: 'NEW', url, eventTypes };
        webhooks.set(made.id, made);
        return made;
      }),
    changeWebhook: (webhook: Webhook) =>
      change(`change ${webhook.id}`, () => {
        webhooks.set(webhook.id, webhook);
        return webhook;
      }),
    deleteWebhook: (id: string) => change(`delete ${id}`, () => void webhooks.delete(id)),
  };
  return {
    webhooks,
    changes,
    secret,
    subscribe: (storedId?: string) => {
      if (storedId) secret.webhook_id = storedId;
      return subscribe(paypal, URL, { ...secret }, (ids) =>
        change(`store ${Object.values(ids).join(' ')}`, () => {
          secret.webhook_id = ids.webhook_id;
          secret.previous_webhook_id = ids.previous_webhook_id;
        }),
      );
    },
    crashAt(at: number, when: 'before' | 'after') {
      crash = { at, when };
    },
    restart() {
      crash = undefined;
    },
  };
}

it('subscribe creates a webhook for all types that the shop handles', async () => {
  const { subscribe, webhooks, secret } = account(OTHER);

  expect(await subscribe()).toEqual({
    webhook: { id: 'NEW', url: URL, eventTypes: SUBSCRIBED_EVENT_TYPES },
    outcome: 'created',
  });

  expect(webhooks.get('OTHER')).toBe(OTHER);
  expect(secret.webhook_id).toBe('NEW');
});

it('subscribe changes nothing when the webhook is complete', async () => {
  const { subscribe, changes } = account(OTHER, COMPLETE);

  expect(await subscribe('OURS')).toEqual({ webhook: COMPLETE, outcome: 'unchanged' });

  expect(changes).toEqual([]);
});

it('subscribe only stores the id when the webhook has all types', async () => {
  const { subscribe, changes } = account({ ...COMPLETE, eventTypes: ['*'] });

  expect(await subscribe()).toMatchObject({ outcome: 'unchanged' });

  expect(changes).toEqual(['store OURS']);
});

it('subscribe adds missing types and keeps others', async () => {
  const [, ...some] = SUBSCRIBED_EVENT_TYPES;
  const { subscribe, webhooks } = account(OTHER, { ...COMPLETE, eventTypes: [...some, 'BILLING.PLAN.CREATED'] });

  expect(await subscribe('OURS')).toMatchObject({ outcome: 'updated', webhook: { id: 'OURS' } });

  const eventTypes = webhooks.get('OURS')?.eventTypes ?? [];
  expect(new Set(eventTypes)).toEqual(new Set([...SUBSCRIBED_EVENT_TYPES, 'BILLING.PLAN.CREATED']));
  expect(webhooks.get('OTHER')).toBe(OTHER);
});

const MOVED: Webhook = { ...COMPLETE, url: 'https://old.example/webhooks/paypal' };

it('subscribe replaces the webhook when the URL changes, and removes the old one once the new id is stored', async () => {
  const { subscribe, changes, webhooks, secret } = account(OTHER, MOVED);

  expect(await subscribe('OURS')).toMatchObject({ outcome: 'created', webhook: { id: 'NEW', url: URL } });

  expect(changes).toEqual([`create ${URL}`, 'store NEW OURS', 'delete OURS', 'store NEW']);
  expect([...webhooks.keys()]).toEqual(['OTHER', 'NEW']);
  expect(secret).toEqual({ webhook_id: 'NEW' });
});

it.each([0, 1, 2, 3].flatMap((at) => [[at, 'before'] as const, [at, 'after'] as const]))(
  'subscribe moves the webhook in two runs when it crashes at change %i, %s it',
  async (at, when) => {
    const { subscribe, crashAt, restart, webhooks, secret } = account(OTHER, MOVED);
    crashAt(at, when);
    await expect(subscribe('OURS')).rejects.toThrow('crash');
    // Whatever PayPal signs for is stored, or still exists.
    expect(webhooks.has(secret.webhook_id)).toBe(true);
    restart();

    await subscribe();

    expect([...webhooks.keys()]).toEqual(['OTHER', 'NEW']);
    expect(secret).toEqual({ webhook_id: 'NEW' });
  },
);

it('subscribe does not remove a webhook of another system whose id is stored', async () => {
  const { subscribe, changes } = account({ ...OTHER, id: 'STORED' }, COMPLETE);

  expect(await subscribe('STORED')).toEqual({ webhook: COMPLETE, outcome: 'unchanged' });

  expect(changes).toEqual(['store OURS STORED', 'store OURS']);
});

it('missingEventTypes lists the types without a subscription', () => {
  const [first, ...others] = SUBSCRIBED_EVENT_TYPES;

  expect(missingEventTypes({ ...COMPLETE, eventTypes: others })).toEqual([first]);
  expect(missingEventTypes(COMPLETE)).toEqual([]);
  expect(missingEventTypes({ ...COMPLETE, eventTypes: ['*'] })).toEqual([]);
});
