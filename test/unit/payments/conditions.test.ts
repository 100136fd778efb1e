import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../../src/payments/conditions.ts';
import { decide, type Move, optimisticMove } from '../../../src/payments/decide.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { TRANSITIONS } from '../../../src/payments/transitions.ts';
import { anyEvidence, anyMeeting, anyPayment, PAYMENT } from '../../support/builders/payments.ts';
import { holds } from '../../support/in-memory/condition-expressions.ts';

const MANY = { numRuns: 2000 };

/** Whether DynamoDB would write the move to this payment. */
function isWritten(move: Move, payment: Payment): boolean {
  const { expression, values, names } = conditionOf(move);
  return holds(expression, payment, { values, names });
}

describe('conditionOf', () => {
  it('allows exactly the transition that decide chooses', () => {
    fc.assert(
      fc.property(anyPayment, anyEvidence, (payment, evidence) => {
        const decision = decide(payment, evidence);
        const chosen = decision.do === 'move' ? decision.move.transition : undefined;
        const candidates = TRANSITIONS.filter(
          (candidate) => candidate.evidence === evidence.kind && (!candidate.authoritative || evidence.authoritative),
        );

        const allowed = candidates.filter((transition) =>
          isWritten({ transition, evidence, seen: payment, set: {}, steps: [{ status: payment.status }] }, payment),
        );

        expect(allowed).toEqual(chosen ? [chosen] : []);
      }),
      MANY,
    );
  });

  it('rejects a move from a stale read unless the current payment has the same decision', () => {
    fc.assert(
      fc.property(anyMeeting, ({ evidence, read, now }) => {
        const decision = decide(read, evidence);
        fc.pre(decision.do === 'move' && isWritten(decision.move, now));

        expect(decide(now, evidence)).toEqual(decision);
      }),
      MANY,
    );
  });

  it('rejects an optimistic move unless the stored payment has the same decision', () => {
    fc.assert(
      fc.property(anyMeeting, ({ evidence, now }) => {
        const move = optimisticMove(PAYMENT, evidence);
        fc.pre(move !== undefined && isWritten(move, now));

        expect(decide(now, evidence)).toEqual({ do: 'move', move });
      }),
      MANY,
    );
  });
});
