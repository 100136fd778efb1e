import fc from 'fast-check';
import { expect, it } from 'vitest';
import { conditionOf } from '../../../src/payments/conditions.ts';
import { decide, type Move, optimisticMove } from '../../../src/payments/decide.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { TRANSITIONS } from '../../../src/payments/transitions.ts';
import { anyEvidence, anyMeeting, anyPayment, PAYMENT } from '../../support/builders/payments.ts';
import { holds } from '../../support/in-memory/condition-expressions.ts';

const MANY = { numRuns: 2000 };

/** Whether DynamoDB would write the move to a payment that is this by now. */
function isWritten(move: Move, payment: Payment): boolean {
  const { expression, values } = conditionOf(move);
  return holds(expression, payment, { values, names: { '#status': 'status' } });
}

it('DynamoDB lets a payment move along exactly the arrow that was decided on', () => {
  fc.assert(
    fc.property(anyPayment, anyEvidence, (payment, evidence) => {
      const decision = decide(payment, evidence);
      const chosen = decision.do === 'move' ? decision.move.transition : undefined;
      const arrows = TRANSITIONS.filter(
        (arrow) => arrow.evidence === evidence.kind && (!arrow.authoritative || evidence.authoritative),
      );

      const allowed = arrows.filter((transition) =>
        isWritten({ transition, evidence, seen: payment, set: {} }, payment),
      );

      expect(allowed).toEqual(chosen ? [chosen] : []);
    }),
    MANY,
  );
});

it('a move that was decided on an old reading is written only where the same would be decided now', () => {
  fc.assert(
    fc.property(anyMeeting, ({ evidence, read, now }) => {
      const decision = decide(read, evidence);
      fc.pre(decision.do === 'move' && isWritten(decision.move, now));

      expect(decide(now, evidence)).toEqual(decision);
    }),
    MANY,
  );
});

it('a move that was guessed without reading is written only where the same would be decided', () => {
  fc.assert(
    fc.property(anyMeeting, ({ evidence, now }) => {
      const move = optimisticMove(PAYMENT, evidence);
      fc.pre(move !== undefined && isWritten(move, now));

      expect(decide(now, evidence)).toEqual({ do: 'move', move });
    }),
    MANY,
  );
});
