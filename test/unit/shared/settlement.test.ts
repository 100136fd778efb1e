import { describe, expect, it } from 'vitest';
import { executionName, outcomeOf, settlementOf } from '../../../src/shared/settlement.ts';
import { PAYMENT } from '../../support/builders/payments.ts';

/** One of each form that names of settlements have. */
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

describe('the name of an execution', () => {
  it.each(SETTLEMENTS)('of %s tells payment and settlement, also of one started anew', (settlement) => {
    for (const restarts of [0, 1, 12]) {
      expect(settlementOf(executionName(PAYMENT, settlement, restarts))).toEqual({ paymentId: PAYMENT, settlement });
    }
  });

  it.each(SETTLEMENTS)('of %s is about %s', (settlement, outcome) => {
    expect(outcomeOf(settlement)).toBe(outcome);
  });

  it('is as long and as plain as Step Functions allows', () => {
    for (const [settlement] of SETTLEMENTS) expect(executionName(PAYMENT, settlement, 100)).toMatch(/^[\w-]{1,80}$/);
  });

  it.each(['', 'by-hand', PAYMENT, `${PAYMENT}-`, 'pay_1-captured', `x${PAYMENT}-captured`])(
    'such as “%s” is none of ours',
    (name) => {
      expect(settlementOf(name)).toBeUndefined();
    },
  );
});
