import { describe, expect, inject, it } from 'vitest';
import { EMULATOR_CREDENTIALS } from '../../ops/emulator-client.ts';
import { openWork, recoverAll } from '../support/stack/after-storm.ts';
import { everythingIn } from '../support/stack/aws.ts';
import { finalFindings } from '../support/stack/final-findings.ts';
import { until } from '../support/stack/shop.ts';
import { storm } from '../support/stack/storm.ts';

const PURCHASES = 200;

describe('the shop', () => {
  it('creates 200 orders from 200 purchases under faults and leaves no open work and no finding', {
    timeout: 600_000,
  }, async () => {
    const { endpoint, region } = inject('aws');
    const stack = { ...inject('stack'), clientOptions: { endpoint, region, credentials: EMULATOR_CREDENTIALS } };
    const log = (line: string) => console.log(line);

    const passed = await storm(stack, { purchases: PURCHASES, seed: 1, log });
    // An execution's result is recorded shortly after its end.
    await until(
      () => openWork(stack, passed.payments),
      ({ failures }) => failures >= passed.failingSteps,
    );
    await passed.repair();
    await recoverAll(stack, passed, log);

    expect(await openWork(stack, passed.payments)).toEqual({ payments: 0, failures: 0, deadLetters: 0, events: 0 });
    const orders = (await everythingIn('orders')).filter(
      ({ payment_id, status }) => passed.payments.has(String(payment_id)) && status === 'confirmed',
    );
    expect(new Set(orders.map(({ payment_id }) => payment_id)).size).toBe(PURCHASES);
    expect(orders).toHaveLength(PURCHASES);
    expect(await finalFindings(stack)).toEqual([]);
  });
});
