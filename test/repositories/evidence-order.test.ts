import fc from 'fast-check';
import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { type ApplyEvidenceDeps, evidenceApplier } from '../../src/payments/apply-evidence.ts';
import { newPayment } from '../../src/payments/payment.ts';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { documentClient } from '../../src/shared/dynamo.ts';
import { paymentIdOf, sessionId } from '../../src/shared/ids.ts';
import { anyEvidence } from '../support/builders/payments.ts';
import { openGate, paymentsInMemory } from '../support/in-memory/tables.ts';
import { functionEnvironment } from '../support/in-process/function-environment.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const AMOUNT = { currency: 'EUR', minor: 2000 };

describe('a payment', () => {
  it('ends in the same state in DynamoDB as in memory for any evidence in any order', async () => {
    functionEnvironment();
    const inDynamo = paymentRepository(documentClient(), inject('aws').tables.payments);
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvidence, { minLength: 1, maxLength: 8 }), async (facts) => {
        const checkout_session_id = sessionId(ulid());
        const payment_id = paymentIdOf(checkout_session_id);
        const endIn = async (payments: ApplyEvidenceDeps['payments'] & Pick<typeof inDynamo, 'create'>) => {
          await payments.create(newPayment({ payment_id, checkout_session_id }, AMOUNT, NOW.toISOString()), NOW);
          const { apply } = evidenceApplier({
            payments,
            now: () => NOW,
            dueAfterSeconds: 120,
            // PayPal has neither order nor capture, so evidence that does not fit resolves to that.
            getOrder: async () => undefined,
            getCapture: async () => undefined,
            getRefund: async () => undefined,
            rememberBuyer: async () => undefined,
            recordFailedRefund: () => undefined,
            startSettlement: async () => undefined,
          });
          for (const evidence of facts) await apply(payment_id, evidence);
          return payments.get(payment_id);
        };

        expect(await endIn(inDynamo)).toEqual(await endIn(paymentsInMemory(openGate).repository));
      }),
      { numRuns: 80 },
    );
  });
});
