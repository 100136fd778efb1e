import { describe, expect, it } from 'vitest';
import { purchaseWhoseSettlementIsStopped } from '../support/stack/failing-order.ts';
import { firstFailuresOf, noFailuresOf, retry } from '../support/stack/settlements.ts';
import { completedPayment, payPal } from '../support/stack/shop.ts';

describe('the list of failed settlements', () => {
  it('contains a settlement that was stopped in the console until a retry succeeds', async () => {
    const purchase = await purchaseWhoseSettlementIsStopped();

    expect(await firstFailuresOf(purchase)).toMatchObject([{ settlement: 'captured', status: 'ABORTED' }]);
    await payPal('PUT', '/_sim/faults', { faults: [] });
    expect(await retry(purchase)).toMatchObject({ settlements: [{ execution: `${purchase.paymentId}-captured-r1` }] });

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    await noFailuresOf(purchase);
  });
});
