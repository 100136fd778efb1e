import { expect, it } from 'vitest';
import type { EventFilter, EventHead } from '../../../src/paypal-webhook/stored-event.ts';
import { webhookSilence } from '../../../src/reconciliation/webhook-silence.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');

/** Settled events of these times, of which some were delivered. */
const events = (...times: readonly (readonly [receivedAt: string, delivered: boolean])[]) => ({
  page: async ({ status, from = '' }: EventFilter) => ({
    events: times
      .filter(([receivedAt]) => status === 'accepted' && receivedAt >= from)
      .map(
        ([received_at, delivered]) => ({ received_at, transmissions: delivered ? ['t'] : [] }) as unknown as EventHead,
      ),
  }),
});

it('webhooks are silent since the last one that could be settled', async () => {
  const stored = events(['2026-06-01T11:50:00.000Z', true], ['2026-06-01T11:00:00.000Z', true]);

  expect(await webhookSilence(stored, NOW)).toBe(600);
});

it('what the shop itself found in PayPal’s list is no webhook', async () => {
  const stored = events(['2026-06-01T11:50:00.000Z', false], ['2026-06-01T11:00:00.000Z', true]);

  expect(await webhookSilence(stored, NOW)).toBe(3600);
});

it('more than a day of silence is called a day', async () => {
  expect(await webhookSilence(events(['2026-05-01T12:00:00.000Z', true]), NOW)).toBe(86_400);
});
