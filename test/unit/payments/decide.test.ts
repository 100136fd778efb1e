import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Move, optimisticMove, settlementsOf, statusAfter } from '../../../src/payments/decide.ts';
import type { Evidence } from '../../../src/payments/evidence.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { isPaid, TRANSITIONS } from '../../../src/payments/transitions.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from '../../../src/shared/settlement.ts';
import {
  anyEvidence,
  anyMeeting,
  anyPayment,
  EVIDENCE_KINDS,
  evidenceOf,
  PAYMENT,
  paymentThatIs,
} from '../../support/builders/payments.ts';

const withMove = (payment: Payment, move: Move): Payment => ({ ...payment, ...move.set, status: statusAfter(move) });
const settlementOf = (move: Move | undefined) => (move ? settlementsOf(move)[0] : undefined);

const moveOf = (payment: Payment, evidence: Evidence): Move | undefined => {
  const decision = decide(payment, evidence);
  return decision.do === 'move' ? decision.move : undefined;
};

const cells = PAYMENT_STATUSES.flatMap((status) => EVIDENCE_KINDS.map((kind) => [kind, status] as const));

describe('decide', () => {
  describe('decision', () => {
    it.each(cells)(
      'exists for %s on a payment that is %s, and changes only from refresh when the evidence is authoritative',
      (kind, status) => {
        for (const late of [false, true]) {
          const payment = paymentThatIs(status, { late });
          const stale = decide(payment, evidenceOf(kind));
          const authoritative = decide(payment, evidenceOf(kind, { authoritative: true }));

          expect(['move', 'no_op', 'refresh']).toContain(stale.do);
          if (stale.do !== 'refresh') expect(authoritative.do).toBe(stale.do);
        }
      },
    );
  });

  it('has no two transitions for the same payment and evidence, so that their order does not matter', () => {
    const targets = TRANSITIONS.flatMap(({ evidence, from, guards = [], authoritative }) =>
      from.map((status) => `${evidence} ${status} ${[...guards].sort()} ${authoritative}`),
    );

    expect(new Set(targets).size).toBe(targets.length);
  });

  it('rejects evidence of another PayPal order', () => {
    fc.assert(
      fc.property(anyPayment, anyEvidence, (payment, evidence) => {
        fc.pre(payment.paypal_order_id !== undefined);
        expect(decide(payment, { ...evidence, paypalOrderId: 'ANOTHER-ORDER' })).toEqual({
          do: 'reject',
          reason: 'other_order',
        });
      }),
    );
  });

  it('is a no-op for repeated evidence', () => {
    fc.assert(
      fc.property(anyMeeting, ({ read: payment, evidence }) => {
        const move = moveOf(payment, evidence);
        fc.pre(move !== undefined);

        expect(decide(withMove(payment, move), evidence)).toEqual({ do: 'no_op' });
      }),
      { numRuns: 2000 },
    );
  });

  it('never moves a paid payment to an unpaid status', () => {
    const moves = TRANSITIONS.flatMap(({ to, ...rest }) => (to === 'unchanged' ? [] : [{ ...rest, to }]));
    const back = moves.filter(({ from, to }) => from.some(isPaid) && !isPaid(to));
    const unpaid = moves.filter(
      ({ evidence, from, to }) => !from.some(isPaid) && isPaid(to) && evidence !== 'captured',
    );

    expect([back, unpaid]).toEqual([[], []]);
  });

  it('requests delivery only when the requested amount was captured or an operator accepted another', () => {
    fc.assert(
      fc.property(anyMeeting, ({ read: payment, evidence }) => {
        const input = settlementOf(moveOf(payment, evidence))?.input;
        fc.pre(input?.outcome === 'captured' || input?.outcome === 'captured_late');

        expect(input?.captured).toEqual(
          evidence.kind === 'accepted' || evidence.kind === 'reinstated' ? payment.captured : payment.amount,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('requests captured_late for a payment that was given up', () => {
    for (const status of ['expired', 'cancelled', 'failed', 'created', 'approved', 'capture_pending'] as const) {
      const late = moveOf(paymentThatIs(status, { late: true }), evidenceOf('captured', { authoritative: true }));
      expect([status, settlementOf(late)?.name]).toEqual([status, 'captured_late']);
    }
  });

  it('does not approve a payment again after it was declined for lack of stock', () => {
    const declined = moveOf(paymentThatIs('approved', { late: true }), evidenceOf('declined')) as Move;
    const payment = withMove(paymentThatIs('approved', { late: true }), declined);

    expect(payment.status).toBe('cancelled');
    expect(moveOf(payment, evidenceOf('approved', { authoritative: true }))).toBeUndefined();
  });

  it('never requests the same settlement twice for one payment', () => {
    // All paths of moves: two settlements of the same name would be one execution.
    const repeatsFrom = (payment: Payment, names: readonly string[], path: readonly string[]): string[] => {
      if (path.length > 5) return [];
      return EVIDENCE_KINDS.flatMap((kind) => {
        const move = moveOf(payment, evidenceOf(kind, { authoritative: true }));
        if (!move) return [];
        const requested = settlementsOf(move).map(({ name }) => name);
        const extended = [...path, `${kind} → ${statusAfter(move)}`];
        const repeated = requested.find((name) => names.includes(name));
        if (repeated) return [`${repeated}: ${extended.join(', ')}`];
        return repeatsFrom(withMove(payment, move), [...names, ...requested], extended);
      });
    };
    const created = paymentThatIs('created');

    expect(repeatsFrom(created, [], []).filter((path) => isPossible(path))).toEqual([]);
  });

  /** PayPal never undoes a declined capture, and never voids or expires an order with a capture. */
  const isPossible = (path: string) =>
    !/failed, (capture_pending|approved)/.test(path) && !/→ capture_pending, (cancelled|expired|approved)/.test(path);

  describe('optimisticMove', () => {
    const optimistic = ['approved', 'capture_pending', 'captured'] as const;
    const needsReading = EVIDENCE_KINDS.filter((kind) => !optimistic.some((other) => other === kind));

    it.each(optimistic)('is the first transition of %s', (kind) => {
      const first = TRANSITIONS.find(({ evidence }) => evidence === kind);

      expect(optimisticMove(PAYMENT, evidenceOf(kind, { authoritative: true }))?.transition).toBe(first);
    });

    it.each(needsReading)('is undefined for %s, whose effect depends on the stored payment', (kind) => {
      expect(optimisticMove(PAYMENT, evidenceOf(kind, { authoritative: true }))).toBeUndefined();
    });

    it.each(optimistic)('equals the decision for %s on a new payment', (kind) => {
      const evidence = evidenceOf(kind, { authoritative: true });

      expect(decide(paymentThatIs('created'), evidence)).toEqual({
        do: 'move',
        move: optimisticMove(PAYMENT, evidence),
      });
    });

    it('is undefined when the transition requires authoritative evidence', () => {
      expect(optimisticMove(PAYMENT, evidenceOf('captured'))).toBeUndefined();
    });
  });

  it.each<[string, PaymentStatus[]]>([
    ['refunded', ['reversed', 'captured', 'review']],
    ['reversed', ['captured', 'review']],
  ])('moves a payment that is %s only to %j', (status, targets) => {
    const possible = TRANSITIONS.filter(({ from }) => from.includes(status as PaymentStatus)).map(({ to }) => to);

    expect(possible.filter((to) => to !== 'unchanged')).toEqual(targets);
  });
});
