import { describe, expect, it } from 'vitest';
import { executionName, outcomeOf, settlementOf } from '../../../src/shared/settlement.ts';
import { PAYMENT } from '../../support/builders/payments.ts';

/** One settlement name of each form, with its outcome. */
const SETTLEMENTS = [
  ['approved', 'approved'],
  ['approved-2', 'approved'],
  ['approved_late', 'approved_late'],
  ['captured', 'captured'],
  ['captured_late', 'captured_late'],
  ['released', 'released'],
  ['released-cancelled', 'released'],
  ['released-cancelled-late', 'released'],
  ['refunded-1999', 'refunded'],
  ['refunded-reversed', 'refunded'],
] as const;

describe('execution name', () => {
  it.each(SETTLEMENTS)('of %s parses to payment and settlement, with and without restarts', (settlement) => {
    for (const restarts of [0, 1, 12]) {
      expect(settlementOf(executionName(PAYMENT, settlement, restarts))).toEqual({ paymentId: PAYMENT, settlement });
    }
  });

  it.each(SETTLEMENTS)('of %s has the outcome %s', (settlement, outcome) => {
    expect(outcomeOf(settlement)).toBe(outcome);
  });

  it('fits Step Functions’ length and characters', () => {
    for (const [settlement] of SETTLEMENTS) expect(executionName(PAYMENT, settlement, 100)).toMatch(/^[\w-]{1,80}$/);
  });

  it.each(['', 'by-hand', PAYMENT, `${PAYMENT}-`, 'pay_1-captured', `x${PAYMENT}-captured`])(
    '“%s” is foreign',
    (name) => {
      expect(settlementOf(name)).toBeUndefined();
    },
  );
});
