import { IdempotencyAlreadyInProgressError } from '@aws-lambda-powertools/idempotency';
import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { eventIdempotency } from '../../../src/paypal-webhook/event-idempotency.ts';
import type { EventResult } from '../../../src/paypal-webhook/process-event.ts';
import { invocation } from '../../support/builders/invocation.ts';
import { IdempotencyInMemory } from '../../support/in-memory/idempotency.ts';

const EVENT = { id: 'WH-1', event_type: 'NEW', resource: {} };
const IGNORED: EventResult = { status: 'ignored' };

/** Processes an event in an invocation that dies in between. */
async function lockedEvent(context?: Context) {
  const keys = new IdempotencyInMemory();
  const { registerContext, once } = eventIdempotency(keys);
  if (context) registerContext(context);
  await new Promise<void>((resolve) => {
    void once(EVENT, () => {
      resolve();
      return new Promise(() => undefined);
    });
  });
  const [record] = keys.records.values();
  if (!record) throw new Error('not locked');
  return { record, once };
}

const secondsFromNow = (milliseconds: number | undefined) => ((milliseconds ?? Number.NaN) - Date.now()) / 1000;

describe('eventIdempotency', () => {
  it('keeps a processed event for 30 days, longer than PayPal redelivers it', async () => {
    const keys = new IdempotencyInMemory();
    const { registerContext, once } = eventIdempotency(keys);
    registerContext(invocation());

    await once(EVENT, async () => IGNORED);

    const [record] = keys.records.values();
    expect(((record?.expiryTimestamp ?? 0) - Date.now() / 1000) / 86_400).toBeCloseTo(30, 1);
  });

  it.each([
    ['with its invocation', invocation(10), 10],
    ['when no invocation is registered', undefined, 900],
    ['when the remaining time is 0', { ...invocation(), getRemainingTimeInMillis: () => 0 } as Context, 900],
  ])('ends a lock %s', async (_, context, seconds) => {
    const { record } = await lockedEvent(context);

    expect(Math.abs(secondsFromNow(record.inProgressExpiryTimestamp) - seconds)).toBeLessThan(5);
  });

  it('processes an event whose lock has no end', async () => {
    const { record, once } = await lockedEvent();
    delete record.inProgressExpiryTimestamp;

    expect(await once(EVENT, async () => IGNORED)).toEqual(IGNORED);
  });

  it('rejects an event while another invocation processes it', async () => {
    const { once } = await lockedEvent();

    await expect(once(EVENT, async () => IGNORED)).rejects.toThrow(IdempotencyAlreadyInProgressError);
  });
});
