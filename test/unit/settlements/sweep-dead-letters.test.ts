import { describe, expect, it } from 'vitest';
import type { FailedSettlement } from '../../../src/settlements/failed-settlement-repository.ts';
import { sweepDeadLetters } from '../../../src/settlements/sweep-dead-letters.ts';
import { paymentIdOf, sessionId } from '../../../src/shared/ids.ts';
import type { Outcome } from '../../../src/shared/settlement.ts';
import { PAYMENT, paymentThatIs } from '../../support/builders/payments.ts';
import { listedFailure, settlementThat } from '../../support/builders/settlements.ts';
import { executionArnOf, settlementsOf } from '../../support/in-memory/settlements.ts';

const NOW = new Date('2026-06-01T13:00:00.000Z');
const DEADLINE = new Date('2026-06-01T13:00:20.000Z');
const endedAt = new Date('2026-06-01T12:01:02.500Z');
const CAPTURED = `${PAYMENT}-captured`;

const messageOf = (name: string) =>
  JSON.stringify({
    'detail-type': 'Step Functions Execution Status Change',
    detail: { executionArn: executionArnOf(name), name, status: 'FAILED', stopDate: endedAt.getTime() },
  });
const entryOf = (settlement = 'captured', payment_id = PAYMENT as FailedSettlement['payment_id']): FailedSettlement =>
  listedFailure({
    payment_id,
    settlement,
    execution_arn: executionArnOf(`${payment_id}-${settlement}`),
    failed_at: endedAt.toISOString(),
  });

/** A captured payment with these settlements open, of which the execution `captured` failed. */
function queueWith({
  open = ['captured'],
  messages = [CAPTURED],
  entries = [entryOf()],
  fails,
}: {
  open?: string[];
  messages?: string[];
  entries?: FailedSettlement[];
  fails?: string;
} = {}) {
  const inputs = open.map((name) => [name, settlementThat('captured')]);
  const shop = settlementsOf(paymentThatIs('captured', { open: Object.fromEntries(inputs) }), fails ? { fails } : {});
  shop.executions.set(CAPTURED, { status: 'FAILED', endedAt });
  for (const name of messages) shop.deadLetters.add(messageOf(name));
  for (const entry of entries) shop.failed.rows.set(`${entry.payment_id}-${entry.settlement}`, entry);
  const clock = { now: NOW };
  const deps = { ...shop.deps, now: () => clock.now };
  return { ...shop, clock, sweep: (cursor?: string) => sweepDeadLetters(deps, DEADLINE, cursor) };
}

describe('sweepDeadLetters', () => {
  describe('dead letter', () => {
    it('stays visible while its settlement is open', async () => {
      const { sweep, deadLetters, failed } = queueWith();

      expect(await sweep()).toEqual({ looked_at: 1, removed: 0, left: 1, closed: 0, retried: 0, waiting: 1 });

      expect(deadLetters.visible()).toHaveLength(1);
      expect(failed.rows.size).toBe(1);
    });

    it('is removed with its entry when the settlement is closed', async () => {
      const { sweep, deadLetters, failed } = queueWith({ open: [] });

      expect(await sweep()).toEqual({ looked_at: 1, removed: 1, left: 0, closed: 1, retried: 0, waiting: 0 });

      expect(deadLetters.size()).toBe(0);
      expect(failed.rows.size).toBe(0);
    });

    it('of an approval is removed when the payment was captured otherwise', async () => {
      const { sweep, deadLetters, failed } = queueWith({
        messages: [`${PAYMENT}-approved`],
        entries: [entryOf('approved')],
      });

      expect(await sweep()).toMatchObject({ removed: 1, closed: 1 });

      expect(deadLetters.size()).toBe(0);
      expect(failed.rows.size).toBe(0);
    });

    it('is removed when the settlement succeeded and the event was lost', async () => {
      const { sweep, executions, payment, hours, failed } = queueWith();
      executions.set(CAPTURED, { status: 'SUCCEEDED', redrives: 1 });

      expect(await sweep()).toEqual({ looked_at: 1, removed: 1, left: 0, closed: 1, retried: 0, waiting: 0 });

      expect(payment().open).toEqual({});
      expect(failed.rows.size).toBe(0);
      expect(hours.counters).toMatchObject({ 'settled.captured': 1 });
    });

    it('stays while its settlement is restarted', async () => {
      const { sweep, executions } = queueWith();
      executions.set(`${CAPTURED}-r1`, { status: 'RUNNING' });

      expect(await sweep()).toMatchObject({ removed: 0, left: 1, closed: 0 });
    });

    it('is added to the list of failed settlements', async () => {
      const { sweep, failed, hours } = queueWith({ entries: [] });

      await sweep();

      expect([...failed.rows.values()]).toMatchObject([{ settlement: 'captured', failed_steps: ['CreateOrder'] }]);
      expect(hours.counters).toMatchObject({ 'failed.captured': 1 });
    });

    it('stays when it is unreadable or its payment does not exist', async () => {
      const { sweep, deadLetters, errors } = queueWith({ open: [], messages: ['by-hand', CAPTURED] });
      deadLetters.add('not JSON');
      const unknown = paymentIdOf(sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAZ'));
      deadLetters.add(messageOf(`${unknown}-captured`));

      expect(await sweep()).toMatchObject({ looked_at: 4, removed: 1, left: 3 });

      expect(deadLetters.visible()).toHaveLength(3);
      expect(errors).toHaveLength(2);
    });

    it('stays for the next sweep when its removal fails', async () => {
      const { sweep, deadLetters, errors } = queueWith({ open: [], fails: 'queue.remove' });

      expect(await sweep()).toMatchObject({ removed: 0, left: 1 });
      expect(errors).toHaveLength(1);
      expect(await sweep()).toMatchObject({ removed: 1, left: 0 });

      expect(deadLetters.size()).toBe(0);
    });
  });

  describe('list entry', () => {
    it('is removed without a dead letter when its settlement is closed', async () => {
      const { sweep, failed } = queueWith({ open: [], messages: [] });

      expect(await sweep()).toEqual({ looked_at: 0, removed: 0, left: 0, closed: 1, retried: 0, waiting: 0 });

      expect(failed.rows.size).toBe(0);
    });

    it('is updated by a later failure whose event was lost', async () => {
      const { sweep, executions, failed } = queueWith({ messages: [] });
      const later = new Date('2026-06-01T12:30:00.000Z');
      executions.set(CAPTURED, { redrives: 1, endedAt: later });

      await sweep();

      expect([...failed.rows.values()]).toMatchObject([{ redrives: 1, last_failed_at: later.toISOString() }]);
    });

    it('does not read the execution history when nothing has changed', async () => {
      const { sweep, calls } = queueWith();

      await sweep();

      expect(calls).not.toContain('workflow.failedSteps');
    });

    it('does not stop the sweep when it cannot be checked', async () => {
      const { sweep, failed, errors } = queueWith({
        messages: [],
        entries: [entryOf('captured'), entryOf('released')],
        fails: 'workflow.describe',
      });

      expect(await sweep()).toMatchObject({ closed: 1 });

      expect([...failed.rows.values()]).toMatchObject([{ settlement: 'captured' }]);
      expect(errors).toHaveLength(1);
    });
  });

  it('counts a settlement whose dead letter has expired', async () => {
    const { sweep } = queueWith({ messages: [] });

    expect(await sweep()).toMatchObject({ looked_at: 0, waiting: 1 });
  });

  describe('failed capture of an approved payment', () => {
    const MINUTE = 60_000;

    /** An approved payment whose capture failed at 12:01, and again that many minutes later. */
    function failedCapture({
      outcome = 'approved' as Outcome,
      settlement = outcome as string,
      lastAfter = 0,
      redrivable = true,
    } = {}) {
      const name = `${PAYMENT}-${settlement}`;
      const shop = settlementsOf(
        paymentThatIs('approved', { open: { [settlement]: settlementThat(outcome, 'approved') } }),
      );
      const lastFailedAt = new Date(endedAt.getTime() + lastAfter * MINUTE);
      shop.executions.set(name, { status: 'FAILED', endedAt: lastFailedAt, redrivable });
      shop.failed.rows.set(name, { ...entryOf(settlement), last_failed_at: lastFailedAt.toISOString() });
      const sweepAfter = (minutes: number) => {
        const now = new Date(lastFailedAt.getTime() + minutes * MINUTE);
        return sweepDeadLetters({ ...shop.deps, now: () => now }, new Date(now.getTime() + MINUTE), undefined);
      };
      return { ...shop, name, sweepAfter, status: (execution = name) => shop.executions.rows.get(execution)?.status };
    }

    it.each(['approved', 'approved_late'] as const)('is retried when it is %s', async (outcome) => {
      const { sweepAfter, status } = failedCapture({ outcome });

      expect(await sweepAfter(5)).toMatchObject({ retried: 1, closed: 0, waiting: 1 });

      expect(status()).toBe('RUNNING');
    });

    it('is retried when it is that of a later approval', async () => {
      const { sweepAfter, status } = failedCapture({ settlement: 'approved-2' });

      expect(await sweepAfter(5)).toMatchObject({ retried: 1 });

      expect(status()).toBe('RUNNING');
    });

    it('is started again when it cannot be redriven', async () => {
      const { sweepAfter, status, name } = failedCapture({ redrivable: false });

      expect(await sweepAfter(5)).toMatchObject({ retried: 1 });

      expect(status(`${name}-r1`)).toBe('RUNNING');
    });

    it('is not retried twice by two concurrent sweeps', async () => {
      const { sweepAfter, executions, name } = failedCapture();

      await Promise.all([sweepAfter(5), sweepAfter(5)]);

      expect(executions.rows.get(name)).toMatchObject({ status: 'RUNNING', redrives: 1 });
    });

    it.each([
      [0, 4, 0],
      [0, 5, 1],
      [10, 9, 0],
      [10, 10, 1],
      [60, 19, 0],
      [60, 20, 1],
      [160, 19, 0],
      [159, 20.9, 1],
      [161, 20, 0],
    ])('that failed for %d minutes is retried after %d minutes: %d', async (lastAfter, minutes, retried) => {
      const { sweepAfter } = failedCapture({ lastAfter });

      expect(await sweepAfter(minutes)).toMatchObject({ retried });
    });

    it.each(['captured', 'captured_late', 'released', 'refunded'] as const)(
      'of outcome %s waits for an operator',
      async (outcome) => {
        const { sweepAfter, status } = failedCapture({ outcome });

        expect(await sweepAfter(5)).toMatchObject({ retried: 0 });

        expect(status()).toBe('FAILED');
      },
    );
  });

  describe('sweep', () => {
    it('checks each settlement once', async () => {
      const { sweep, calls } = queueWith({ messages: [CAPTURED, `${CAPTURED}-r1`, CAPTURED] });

      expect(await sweep()).toMatchObject({ looked_at: 3, left: 3 });

      expect(calls.filter((call) => call === 'payments.get')).toHaveLength(1);
    });

    it('stops at its deadline and makes its messages visible again', async () => {
      const { sweep, clock, deadLetters, before } = queueWith({ messages: Array.from({ length: 25 }, () => CAPTURED) });
      before('queue.receive', async () => {
        clock.now = DEADLINE;
      });

      expect(await sweep()).toMatchObject({ looked_at: 10, left: 10 });

      expect(deadLetters.visible()).toHaveLength(25);
    });

    it('stops after 200 messages and entries, and returns the cursor of the next sweep', async () => {
      const ids = Array.from({ length: 230 }, (_, i) =>
        paymentIdOf(sessionId(`01ARZ3NDEKTSV4RRFFQ69G5${String(i).padStart(3, '0')}`)),
      );
      const { sweep, failed } = queueWith({
        messages: Array.from({ length: 250 }, () => CAPTURED),
        entries: ids.map((id) => entryOf('captured', id)),
      });

      const first = await sweep();
      expect(first).toMatchObject({ looked_at: 200, left: 200, cursor: `${ids[199]}-captured` });
      expect(await sweep(first.cursor)).not.toHaveProperty('cursor');

      expect(failed.rows.size).toBe(231);
    });

    it('counts a success once when two run concurrently', async () => {
      const { sweep, executions, hours, deadLetters } = queueWith({ messages: [CAPTURED, CAPTURED] });
      executions.set(CAPTURED, { status: 'SUCCEEDED' });

      const [one, other] = await Promise.all([sweep(), sweep()]);

      expect(one.removed + other.removed).toBe(2);
      expect(deadLetters.size()).toBe(0);
      expect(hours.counters['settled.captured']).toBe(1);
    });
  });
});
