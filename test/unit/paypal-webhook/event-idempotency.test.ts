import { expect, it } from 'vitest';
import { eventIdempotency } from '../../../src/paypal-webhook/event-idempotency.ts';
import { invocation } from '../../support/builders/invocation.ts';
import { IdempotencyInMemory } from '../../support/in-memory/idempotency.ts';

it('eventIdempotency keeps a processed event for 30 days, longer than PayPal redelivers it', async () => {
  const keys = new IdempotencyInMemory();
  const { registerContext, once } = eventIdempotency(keys);
  registerContext(invocation());

  await once({ id: 'WH-1', event_type: 'NEW', resource: {} }, async () => ({ status: 'ignored' }));

  const [record] = keys.records.values();
  expect(((record?.expiryTimestamp ?? 0) - Date.now() / 1000) / 86_400).toBeCloseTo(30, 1);
});
