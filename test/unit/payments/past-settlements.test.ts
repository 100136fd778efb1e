import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settlementOfCapture, settlementOfStatus } from '../../../src/payments/past-settlements.ts';
import { histories } from '../../support/in-memory/purchase-history.ts';
import { heal, live } from '../../support/in-memory/purchase-model.ts';

/** A settlement that is run again is the very one that the payment asked for when it moved, whatever has happened to it since. */
it('what a payment asked for when it moved can be told from what it is now', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const { shop, purchases } = await live(history, 10);
      await heal(shop, purchases);

      for (const payment of shop.payments.rows.values()) {
        for (const past of [settlementOfStatus(payment), settlementOfCapture(payment)]) {
          if (past) expect(shop.executions.get(`${payment.payment_id}-${past.name}`)?.input).toEqual(past.input);
        }
      }
    }),
    { numRuns: 2000 },
  );
}, 60_000);
