import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { countEvents, type ReplayManyDeps, replayEvents } from '../../../src/paypal-webhook/replay-events.ts';
import { shopWithInbox } from '../../support/in-memory/shop-with-inbox.ts';

describe('replayEvents', () => {
  it('counts matching events without a write', async () => {
    const { approve, stored, store, deps, everything } = await shopWithInbox();
    approve();
    await stored();
    await store({ id: 'WH-OTHER', event_type: 'SOMETHING.ELSE', resource: {} });
    const before = everything();

    expect(await countEvents(deps, {})).toEqual({ matching: 2, more: false });
    expect(await countEvents(deps, { type: 'SOMETHING.ELSE' })).toEqual({ matching: 1, more: false });

    expect(everything()).toBe(before);
  });

  it('replays matching events and returns how many changed something', async () => {
    const { approve, stored, store, deps, payment } = await shopWithInbox();
    approve();
    await stored();
    await store({ id: 'WH-OTHER', event_type: 'SOMETHING.ELSE', resource: {} });

    expect(await replayEvents(deps, {})).toEqual({ replayed: 2, changed: 1, erased: [], failed: [], next: undefined });

    expect(payment()?.status).toBe('approved');
  });

  it('stops soon after the first failure, and returns the cursor of the batch', async () => {
    const { store, deps } = await shopWithInbox();
    const ids = Array.from({ length: 12 }, (_, i) => `WH-${i + 10}`);
    for (const id of ids)
      await store({ id, event_type: 'CHECKOUT.ORDER.VOIDED', resource: { id: 'ORDER1', custom_id: id } });
    let attempts = 0;
    const fails = async () => {
      attempts += 1;
      throw new PayPalUnavailable('timeout', { operation: 'getOrder' });
    };
    const failing: ReplayManyDeps = { ...deps, evidenceApplier: { ...deps.evidenceApplier, applyAll: fails } };

    const batch = await replayEvents(failing, {}, { here: { event_id: 'WH-1', received_at: 'then' } });

    expect(batch.failed).toHaveLength(5);
    expect(batch.failed[0]).toEqual({ event_id: 'WH-10', error: 'PayPalUnavailable' });
    expect(batch.next).toEqual({ here: { event_id: 'WH-1', received_at: 'then' } });
    expect(attempts).toBe(5);
  });
});
