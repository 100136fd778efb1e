import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/checkout/session.ts';
import { completeCheckout, failCheckout, refundCheckout } from '../../../src/checkout/session-steps.ts';
import type { Settlement } from '../../../src/shared/settlement.ts';
import { PAYMENT, REQUESTED, SESSION } from '../../support/builders/payments.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { openGate, sessionsInMemory } from '../../support/in-memory/tables.ts';

type Step = (settlement: Settlement) => Promise<object>;
type SessionState = [status: Session['status'], payment: Session['payment_status']];

/** The steps over one session in this state. */
function checkout([status, payment_status]: SessionState = ['payment_pending', 'created']) {
  const { rows, repository } = sessionsInMemory(openGate);
  rows.set(SESSION, {
    checkout_session_id: SESSION,
    status,
    payment_status,
    items: [{ sku: 'MUG', name: 'Mug', quantity: 1, unit_price: REQUESTED }],
    amount: REQUESTED,
    expires_at: '2026-06-01T12:30:00.000Z',
    payment_id: PAYMENT,
    created_at: '2026-06-01T12:00:00.000Z',
  });
  const steps = {
    completed: () => completeCheckout(repository, settlementThat('captured')),
    expired: () => failCheckout(repository, settlementThat('released', 'expired')),
    cancelled: () => failCheckout(repository, settlementThat('released', 'cancelled')),
    failed: () => failCheckout(repository, settlementThat('released', 'failed')),
    'refunded in part': () => refund('partially_refunded', 'confirmed'),
    refunded: () => refund('refunded', 'refunded'),
    reversed: () => refund('reversed', 'refunded'),
    'refunded without order': () => refund('refunded', 'void'),
    'completed after a cancelled reversal': () =>
      completeCheckout(repository, settlementThat('captured_late', 'captured', { reinstated: 1 })),
    'refunded in part after a cancelled reversal': () => refund('partially_refunded', 'confirmed', 1),
    'refunded after a cancelled reversal': () => refund('refunded', 'refunded', 1),
  } satisfies Record<string, () => Promise<object>>;
  const refund = (payment: 'partially_refunded' | 'refunded' | 'reversed', order_status: string, reinstated?: number) =>
    refundCheckout(
      repository,
      settlementThat('refunded', payment, { order: { order_status }, ...(reinstated && { reinstated }) }),
    );
  return {
    rows,
    repository,
    steps,
    state: (): SessionState => [rows.get(SESSION)?.status ?? 'open', rows.get(SESSION)?.payment_status ?? null],
  };
}
type StepName = keyof ReturnType<typeof checkout>['steps'];

const PENDING: SessionState = ['payment_pending', 'created'];
const CANCELLED: SessionState = ['payment_failed', 'cancelled'];
const COMPLETED: SessionState = ['payment_completed', 'captured'];
const PART: SessionState = ['payment_completed', 'partially_refunded'];
const REFUNDED: SessionState = ['payment_completed', 'refunded'];
const REFUNDED_WITHOUT_ORDER: SessionState = ['payment_failed', 'refunded'];

describe('session steps', () => {
  describe('session', () => {
    it.each<[before: SessionState, step: StepName, after: SessionState]>([
      [PENDING, 'completed', COMPLETED],
      [PENDING, 'expired', ['expired', 'expired']],
      [PENDING, 'cancelled', CANCELLED],
      [PENDING, 'failed', ['payment_failed', 'failed']],
      [PENDING, 'refunded', REFUNDED],
      [PENDING, 'refunded in part', PART],
      [PENDING, 'refunded without order', REFUNDED_WITHOUT_ORDER],
      [['expired', 'expired'], 'cancelled', CANCELLED],
      [['expired', 'expired'], 'completed', COMPLETED],
      [CANCELLED, 'completed', COMPLETED],
      [CANCELLED, 'failed', ['payment_failed', 'failed']],
      [CANCELLED, 'expired', CANCELLED],
      [CANCELLED, 'refunded without order', REFUNDED_WITHOUT_ORDER],
      [['payment_failed', 'failed'], 'cancelled', ['payment_failed', 'failed']],
      [['payment_failed', 'failed'], 'completed', COMPLETED],
      [COMPLETED, 'cancelled', COMPLETED],
      [COMPLETED, 'failed', COMPLETED],
      [COMPLETED, 'refunded in part', PART],
      [COMPLETED, 'refunded', REFUNDED],
      [COMPLETED, 'reversed', ['payment_completed', 'reversed']],
      [COMPLETED, 'refunded without order', REFUNDED_WITHOUT_ORDER],
      [PART, 'completed', PART],
      [PART, 'refunded', REFUNDED],
      [REFUNDED, 'completed', REFUNDED],
      [REFUNDED, 'refunded in part', REFUNDED],
      [REFUNDED, 'reversed', ['payment_completed', 'reversed']],
      [REFUNDED_WITHOUT_ORDER, 'completed', REFUNDED_WITHOUT_ORDER],
      [REFUNDED_WITHOUT_ORDER, 'cancelled', REFUNDED_WITHOUT_ORDER],
      [['payment_completed', 'reversed'], 'refunded', ['payment_completed', 'reversed']],
    ])('that is %j becomes, when its payment is %s, once or twice, %j', async (before, step, after) => {
      const { steps, state } = checkout(before);
      const changed = before.join() !== after.join();

      expect(await steps[step]()).toEqual({ session_status: after[0], changed });
      expect(await steps[step]()).toEqual({ session_status: after[0], changed: false });

      expect(state()).toEqual(after);
    });
  });

  describe('steps of several settlements in any order', () => {
    it.each<[purchase: string, steps: StepName[], end: SessionState]>([
      ['end as completed for a late payment', ['expired', 'cancelled', 'completed'], COMPLETED],
      [
        'end as refunded after partial refunds',
        ['completed', 'refunded in part', 'refunded in part', 'refunded'],
        REFUNDED,
      ],
      ['end as reversed after a refund', ['completed', 'refunded', 'reversed'], ['payment_completed', 'reversed']],
      [
        'end as refunded for a late payment without order',
        ['cancelled', 'refunded without order'],
        REFUNDED_WITHOUT_ORDER,
      ],
      [
        'end as completed after a cancelled reversal',
        ['completed', 'refunded in part', 'reversed', 'completed after a cancelled reversal'],
        COMPLETED,
      ],
      [
        'end as partly refunded after a cancelled reversal that left a refund',
        [
          'refunded in part',
          'reversed',
          'completed after a cancelled reversal',
          'refunded in part after a cancelled reversal',
        ],
        PART,
      ],
      [
        'end as refunded when the stock was gone after a cancelled reversal',
        ['completed', 'reversed', 'refunded after a cancelled reversal'],
        REFUNDED,
      ],
      ['end as failed after expiry and cancellation', ['expired', 'cancelled', 'failed'], ['payment_failed', 'failed']],
    ])('%s', async (_, names, end) => {
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray([...names, ...names], { minLength: 2 * names.length }), async (order) => {
          const { steps, state } = checkout();

          for (const name of order) await steps[name]();

          expect(state()).toEqual(end);
        }),
      );
    });
  });

  it('are a no-op for a session without payment', async () => {
    const { steps, state } = checkout(['open', null]);

    expect(await steps.completed()).toEqual({ session_status: 'open', changed: false });
    expect(state()).toEqual(['open', null]);
  });

  it('throw when the session does not exist', async () => {
    const { rows, steps } = checkout();
    rows.clear();

    await expect(steps.completed()).rejects.toThrow(`checkout session ${SESSION} not found`);
  });

  it.each(['created', 'approved', 'capture_pending', 'review'] as const)(
    'throw on failCheckout for a payment that is %s',
    async (status) => {
      const { repository, state } = checkout();
      const step: Step = (settlement) => failCheckout(repository, settlement);

      await expect(step(settlementThat('released', status))).rejects.toThrow(`invalid payment status ${status}`);
      expect(state()).toEqual(PENDING);
    },
  );
});
