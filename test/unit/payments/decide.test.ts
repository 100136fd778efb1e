import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Move, optimisticMove } from '../../../src/payments/decide.ts';
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

/** The payment after a move, as the repository writes it. */
const after = (payment: Payment, { transition, set }: Move): Payment => ({ ...payment, ...set, status: transition.to });

const moveOf = (payment: Payment, evidence: Evidence): Move | undefined => {
  const decision = decide(payment, evidence);
  return decision.do === 'move' ? decision.move : undefined;
};

const cells = PAYMENT_STATUSES.flatMap((status) => EVIDENCE_KINDS.map((kind) => [kind, status] as const));

describe('there is an answer', () => {
  it.each(cells)('to %s when a payment is %s, and another one only when PayPal was asked', (kind, status) => {
    for (const late of [false, true]) {
      const payment = paymentThatIs(status, { late });
      const old = decide(payment, evidenceOf(kind));
      const asked = decide(payment, evidenceOf(kind, { authoritative: true }));

      expect(['move', 'nothing', 'ask']).toContain(old.do);
      // Being asked adds to what may be believed: it never takes anything away.
      if (old.do !== 'ask') expect(asked.do).toBe(old.do);
    }
  });
});

it('no two arrows fit the same payment and evidence, so their order decides nothing', () => {
  const targets = TRANSITIONS.flatMap(({ evidence, from, guards = [], authoritative }) =>
    from.map((status) => `${evidence} ${status} ${[...guards].sort()} ${authoritative}`),
  );

  expect(new Set(targets).size).toBe(targets.length);
});

it('evidence of another PayPal order is refused', () => {
  fc.assert(
    fc.property(anyPayment, anyEvidence, (payment, evidence) => {
      fc.pre(payment.paypal_order_id !== undefined);
      expect(decide(payment, { ...evidence, paypalOrderId: 'ORDER-OF-SOMEBODY-ELSE' })).toEqual({ do: 'refuse' });
    }),
  );
});

it('the same evidence twice moves a payment once', () => {
  fc.assert(
    fc.property(anyMeeting, ({ read: payment, evidence }) => {
      const move = moveOf(payment, evidence);
      fc.pre(move !== undefined);

      expect(decide(after(payment, move), evidence)).toEqual({ do: 'nothing' });
    }),
    { numRuns: 2000 },
  );
});

it('once money has come, it is never forgotten', () => {
  const back = TRANSITIONS.filter(({ from, to }) => from.some(isPaid) && !isPaid(to));
  const unpaid = TRANSITIONS.filter(
    ({ evidence, from, to }) => !from.some(isPaid) && isPaid(to) && evidence !== 'captured',
  );

  expect([back, unpaid]).toEqual([[], []]);
});

it('nothing is delivered unless exactly what was asked for was captured, or an operator takes what was', () => {
  fc.assert(
    fc.property(anyMeeting, ({ read: payment, evidence }) => {
      const input = moveOf(payment, evidence)?.settlement?.input;
      fc.pre(input?.outcome === 'captured' || input?.outcome === 'captured_late');

      expect(input?.captured).toEqual(evidence.kind === 'accepted' ? payment.captured : payment.amount);
    }),
    { numRuns: 2000 },
  );
});

it('money that comes for a purchase once given up takes its stock again, or goes back', () => {
  for (const status of ['expired', 'cancelled', 'failed', 'created', 'approved', 'capture_pending'] as const) {
    const late = moveOf(paymentThatIs(status, { late: true }), evidenceOf('captured'));
    expect([status, late?.settlement?.name]).toEqual([status, 'captured_late']);
  }
});

it('a buyer who was turned away is not charged when stock comes back', () => {
  const turnedAway = moveOf(paymentThatIs('approved', { late: true }), evidenceOf('declined')) as Move;
  const payment = after(paymentThatIs('approved', { late: true }), turnedAway);

  expect(payment.status).toBe('cancelled');
  expect(moveOf(payment, evidenceOf('approved', { authoritative: true }))).toBeUndefined();
});

it('one payment never asks twice for the same settlement', () => {
  // Every path without a repetition of the same fact: two settlements of one name would be one execution.
  const walk = (payment: Payment, names: readonly string[], path: readonly string[]): string[] => {
    if (path.length > 5) return [];
    return EVIDENCE_KINDS.flatMap((kind) => {
      const move = moveOf(payment, evidenceOf(kind, { authoritative: true }));
      if (!move) return [];
      const name = move.settlement?.name ?? '';
      const way = [...path, `${kind} → ${move.transition.to}`];
      if (name && names.includes(name)) return [`${name}: ${way.join(', ')}`];
      return walk(after(payment, move), [...names, name], way);
    });
  };
  const created = paymentThatIs('created');

  expect(walk(created, [], []).filter((path) => isPossible(path))).toEqual([]);
});

/** PayPal does not take a declined capture back, nor void or forget an order with a capture. */
const isPossible = (path: string) =>
  !/failed, (capture_pending|approved)/.test(path) && !/→ capture_pending, (cancelled|expired|approved)/.test(path);

describe('without reading the payment, the first arrow of a kind is tried', () => {
  const needsReading = ['refunded', 'reversed', 'accepted', 'declined', 'instrument_declined'] as const;
  const usual = EVIDENCE_KINDS.filter((kind) => !needsReading.some((other) => other === kind));

  it.each(usual)('for %s', (kind) => {
    const first = TRANSITIONS.find(({ evidence }) => evidence === kind);

    expect(optimisticMove(PAYMENT, evidenceOf(kind, { authoritative: true }))?.transition).toBe(first);
  });

  it.each(needsReading)('but not for %s, whose effect depends on what the payment has been through', (kind) => {
    expect(optimisticMove(PAYMENT, evidenceOf(kind, { authoritative: true }))).toBeUndefined();
  });

  it.each(usual)('for %s, which a payment to which nothing has happened follows', (kind) => {
    const evidence = evidenceOf(kind, { authoritative: true });

    expect(decide(paymentThatIs('created'), evidence)).toEqual({ do: 'move', move: optimisticMove(PAYMENT, evidence) });
  });

  it('nor where only an answer of PayPal would do, and this is none', () => {
    expect(optimisticMove(PAYMENT, evidenceOf('expired'))).toBeUndefined();
  });
});

it.each<[string, PaymentStatus[]]>([
  ['refunded', ['reversed']],
  ['reversed', []],
])('a payment that is %s can only become %j', (status, targets) => {
  const possible = TRANSITIONS.filter(({ from }) => from.includes(status as PaymentStatus)).map(({ to }) => to);

  expect(possible).toEqual(targets);
});
