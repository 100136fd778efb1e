import { describe, expect, it } from 'vitest';
import type { EventFilter, EventHead } from '../../../src/paypal-webhook/stored-event.ts';
import { webhookSilence } from '../../../src/reconciliation/webhook-silence.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');

/** Accepted events, delivered or fetched from PayPal's list. */
const events = (...times: readonly (readonly [receivedAt: string, delivered: boolean])[]) => ({
  page: async ({ status, from = '' }: EventFilter) => ({
    events: times
      .filter(([receivedAt]) => status === 'accepted' && receivedAt >= from)
      .map(
        ([received_at, delivered]) => ({ received_at, transmissions: delivered ? ['t'] : [] }) as unknown as EventHead,
      ),
  }),
});

describe('webhookSilence', () => {
  it('counts from the last accepted delivery', async () => {
    const stored = events(['2026-06-01T11:50:00.000Z', true], ['2026-06-01T11:00:00.000Z', true]);

    expect(await webhookSilence(stored, NOW)).toBe(600);
  });

  it('ignores events fetched from PayPal’s list', async () => {
    const stored = events(['2026-06-01T11:50:00.000Z', false], ['2026-06-01T11:00:00.000Z', true]);

    expect(await webhookSilence(stored, NOW)).toBe(3600);
  });

  it('is at most a day', async () => {
    expect(await webhookSilence(events(['2026-05-01T12:00:00.000Z', true]), NOW)).toBe(86_400);
  });
});
