import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/checkout/session.ts';
import { completeCheckout, failCheckout, refundCheckout } from '../../../src/checkout/session-steps.ts';
import type { Settlement } from '../../../src/shared/settlement.ts';
import { ASKED, PAYMENT, SESSION } from '../../support/builders/payments.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { openGate, sessionsInMemory } from '../../support/in-memory/tables.ts';

type Step = (settlement: Settlement) => Promise<object>;
type Told = [status: Session['status'], payment: Session['payment_status']];

/** A checkout with one session, of which this was told last. */
function checkout([status, payment_status]: Told = ['payment_pending', 'created']) {
  const { rows, repository } = sessionsInMemory(openGate);
  rows.set(SESSION, {
    checkout_session_id: SESSION,
    status,
    payment_status,
    items: [{ sku: 'MUG', name: 'Mug', quantity: 1, unit_price: ASKED }],
    amount: ASKED,
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
    'taken back': () => refund('reversed', 'refunded'),
    'refunded, no goods': () => refund('refunded', 'void'),
  } satisfies Record<string, () => Promise<object>>;
  const refund = (payment: 'partially_refunded' | 'refunded' | 'reversed', order_status: string) =>
    refundCheckout(repository, settlementThat('refunded', payment, { order: { order_status } }));
  return {
    rows,
    repository,
    steps,
    told: (): Told => [rows.get(SESSION)?.status ?? 'open', rows.get(SESSION)?.payment_status ?? null],
  };
}
type StepName = keyof ReturnType<typeof checkout>['steps'];

const PENDING: Told = ['payment_pending', 'created'];
const CANCELLED: Told = ['payment_failed', 'cancelled'];
const COMPLETED: Told = ['payment_completed', 'captured'];
const PART: Told = ['payment_completed', 'partially_refunded'];
const REFUNDED: Told = ['payment_completed', 'refunded'];
const SENT_HOME: Told = ['payment_failed', 'refunded'];

describe('what a session says', () => {
  it.each<[before: Told, step: StepName, after: Told]>([
    [PENDING, 'completed', COMPLETED],
    [PENDING, 'expired', ['expired', 'expired']],
    [PENDING, 'cancelled', CANCELLED],
    [PENDING, 'failed', ['payment_failed', 'failed']],
    [PENDING, 'refunded', REFUNDED],
    [PENDING, 'refunded in part', PART],
    [PENDING, 'refunded, no goods', SENT_HOME],
    [['expired', 'expired'], 'cancelled', CANCELLED],
    [['expired', 'expired'], 'completed', COMPLETED],
    [CANCELLED, 'completed', COMPLETED],
    [CANCELLED, 'failed', ['payment_failed', 'failed']],
    [CANCELLED, 'expired', CANCELLED],
    [CANCELLED, 'refunded, no goods', SENT_HOME],
    [['payment_failed', 'failed'], 'cancelled', ['payment_failed', 'failed']],
    [['payment_failed', 'failed'], 'completed', COMPLETED],
    [COMPLETED, 'cancelled', COMPLETED],
    [COMPLETED, 'failed', COMPLETED],
    [COMPLETED, 'refunded in part', PART],
    [COMPLETED, 'refunded', REFUNDED],
    [COMPLETED, 'taken back', ['payment_completed', 'reversed']],
    [COMPLETED, 'refunded, no goods', SENT_HOME],
    [PART, 'completed', PART],
    [PART, 'refunded', REFUNDED],
    [REFUNDED, 'completed', REFUNDED],
    [REFUNDED, 'refunded in part', REFUNDED],
    [REFUNDED, 'taken back', ['payment_completed', 'reversed']],
    [SENT_HOME, 'completed', SENT_HOME],
    [SENT_HOME, 'cancelled', SENT_HOME],
    [['payment_completed', 'reversed'], 'refunded', ['payment_completed', 'reversed']],
  ])('after %j, when its payment was %s once or twice: %j', async (before, step, after) => {
    const { steps, told } = checkout(before);
    const changed = before.join() !== after.join();

    expect(await steps[step]()).toEqual({ session_status: after[0], changed });
    expect(await steps[step]()).toEqual({ session_status: after[0], changed: false });

    expect(told()).toEqual(after);
  });
});

describe('the steps of all settlements of a purchase end the same in any order', () => {
  it.each<[purchase: string, steps: StepName[], end: Told]>([
    ['given up, and paid after all', ['expired', 'cancelled', 'completed'], COMPLETED],
    ['paid, and refunded in parts', ['completed', 'refunded in part', 'refunded in part', 'refunded'], REFUNDED],
    [
      'refunded, which PayPal then calls a reversal',
      ['completed', 'refunded', 'taken back'],
      ['payment_completed', 'reversed'],
    ],
    ['given up, paid late, and sent home', ['cancelled', 'refunded, no goods'], SENT_HOME],
    ['given up in three ways', ['expired', 'cancelled', 'failed'], ['payment_failed', 'failed']],
  ])('%s', async (_, names, end) => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...names, ...names], { minLength: 2 * names.length }), async (order) => {
        const { steps, told } = checkout();

        for (const name of order) await steps[name]();

        expect(told()).toEqual(end);
      }),
    );
  });
});

it('a session that has not begun to be paid follows nothing', async () => {
  const { steps, told } = checkout(['open', null]);

  expect(await steps.completed()).toEqual({ session_status: 'open', changed: false });
  expect(told()).toEqual(['open', null]);
});

it('a payment whose session is not there fails, so that somebody looks', async () => {
  const { rows, steps } = checkout();
  rows.clear();

  await expect(steps.completed()).rejects.toThrow(`there is no checkout session ${SESSION}`);
});

it.each(['created', 'approved', 'capture_pending', 'review'] as const)(
  'a purchase is not over by a payment that is %s',
  async (status) => {
    const { repository, told } = checkout();
    const step: Step = (settlement) => failCheckout(repository, settlement);

    await expect(step(settlementThat('released', status))).rejects.toThrow(`that is ${status}`);
    expect(told()).toEqual(PENDING);
  },
);
