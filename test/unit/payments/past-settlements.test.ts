import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settlementOfCapture, settlementOfStatus } from '../../../src/payments/past-settlements.ts';
import { histories } from '../../support/in-memory/purchase-history.ts';
import { recover, runHistory } from '../../support/in-memory/purchase-model.ts';

describe('past settlements', () => {
  it('equal the settlements that transitions requested, derived from the payment’s current state', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const result = await runHistory(history, 10);
        const { shop } = result;
        await recover(result);

        for (const payment of shop.payments.rows.values()) {
          for (const past of [settlementOfStatus(payment), settlementOfCapture(payment)]) {
            if (past) expect(shop.executions.get(`${payment.payment_id}-${past.name}`)?.input).toEqual(past.input);
          }
        }
      }),
      { numRuns: 300, seed: 771_301_679 },
    );
  }, 60_000);
});
