import { describe, expect, it } from 'vitest';
import { type ExecutionResult, recordResult } from '../../../src/settlements/record-result.ts';
import { PAYMENT, paymentThatIs } from '../../support/builders/payments.ts';
import { settlementThat } from '../../support/builders/settlements.ts';
import { executionArnOf, settlementsOf } from '../../support/in-memory/settlements.ts';

const captured = (open = ['captured']) =>
  paymentThatIs('captured', {
    open: Object.fromEntries(open.map((name) => [name, settlementThat('captured')])),
    history: [
      { at: '2026-06-01T12:00:00.000Z', status: 'created', evidence: 'checkout', source: 'storefront' },
      { at: '2026-06-01T12:01:00.000Z', status: 'captured', evidence: 'captured', source: 'capture' },
    ],
  });
const resultOf = (status: ExecutionResult['status'], more: Partial<ExecutionResult> = {}): ExecutionResult => ({
  paymentId: PAYMENT,
  settlement: 'captured',
  executionArn: executionArnOf(`${PAYMENT}-captured`),
  status,
  endedAt: new Date('2026-06-01T12:01:02.500Z'),
  redrives: 0,
  ...more,
});
const later = new Date('2026-06-01T13:00:00.000Z');

describe('recordResult', () => {
  describe('success', () => {
    it('closes the settlement, removes its failure and counts the time from capture to order', async () => {
      const shop = settlementsOf(captured());
      await recordResult(shop.deps, resultOf('FAILED'));

      expect(await recordResult(shop.deps, resultOf('SUCCEEDED'))).toEqual({
        recorded: 'success',
        captureToOrder: 2500,
      });

      expect(shop.payment().open).toEqual({});
      expect(shop.failed.rows.size).toBe(0);
      expect(shop.hours.counters).toMatchObject({
        'settled.captured': 1,
        'capture_to_order.count': 1,
        'capture_to_order.sum': 2500,
        'capture_to_order.max': 2500,
      });
    });

    it('counts the time from the webhook to the status', async () => {
      const payment = captured();
      const [created, moved] = payment.history;
      if (!created || !moved) throw new Error('expected two entries');
      const withWebhook = { ...moved, settlement: 'captured', heard_at: '2026-06-01T12:00:59.700Z' };
      const shop = settlementsOf({ ...payment, history: [created, withWebhook] });

      await recordResult(shop.deps, resultOf('SUCCEEDED'));

      expect(shop.hours.counters).toMatchObject({
        'webhook_to_status.count': 1,
        'webhook_to_status.sum': 300,
        'webhook_to_status.max': 300,
      });
    });

    it('counts the webhook time of the approval when only that came from a webhook', async () => {
      const payment = captured();
      const [created, moved] = payment.history;
      if (!created || !moved) throw new Error('expected two entries');
      const approved = {
        ...moved,
        at: '2026-06-01T12:00:59.000Z',
        status: 'approved' as const,
        settlement: 'approved',
        heard_at: '2026-06-01T12:00:58.800Z',
      };
      const shop = settlementsOf({ ...payment, history: [created, approved, { ...moved, settlement: 'captured' }] });

      await recordResult(shop.deps, resultOf('SUCCEEDED'));

      expect(shop.hours.counters).toMatchObject({ 'webhook_to_status.count': 1, 'webhook_to_status.sum': 200 });
    });

    it('is counted once for duplicated events', async () => {
      const shop = settlementsOf(captured());
      await recordResult(shop.deps, resultOf('SUCCEEDED'));

      expect(await recordResult(shop.deps, resultOf('SUCCEEDED'))).toEqual({ recorded: 'nothing' });

      expect(shop.hours.counters['settled.captured']).toBe(1);
    });

    it('is counted by outcome, without a time when no order was created', async () => {
      const shop = settlementsOf(captured(['refunded-500']));

      expect(await recordResult(shop.deps, resultOf('SUCCEEDED', { settlement: 'refunded-500' }))).toEqual({
        recorded: 'success',
      });

      expect(shop.hours.counters).toEqual({ 'settled.refunded': 1 });
    });

    it('counts the time of a late payment only when it got an order', async () => {
      const late = { settlement: 'captured_late' };
      const withOrder = settlementsOf(captured(['captured_late']));
      const refunded = settlementsOf({ ...captured(['captured_late']), status: 'refunded' });

      expect(await recordResult(withOrder.deps, resultOf('SUCCEEDED', late))).toMatchObject({ captureToOrder: 2500 });
      expect(await recordResult(refunded.deps, resultOf('SUCCEEDED', late))).toEqual({ recorded: 'success' });
    });

    it('removes the failure when an earlier run crashed after closing the settlement', async () => {
      const shop = settlementsOf(captured(), { fails: 'failed.remove' });
      await recordResult(shop.deps, resultOf('FAILED'));
      await expect(recordResult(shop.deps, resultOf('SUCCEEDED'))).rejects.toThrow('failed.remove failed');
      expect(shop.failed.rows.size).toBe(1);

      await recordResult(shop.deps, resultOf('SUCCEEDED'));

      expect(shop.failed.rows.size).toBe(0);
    });

    it('leaves the payment’s other settlements open', async () => {
      const shop = settlementsOf(captured(['captured', 'refunded-500']));

      await recordResult(shop.deps, resultOf('SUCCEEDED', { settlement: 'refunded-500' }));

      expect(Object.keys(shop.payment().open)).toEqual(['captured']);
    });
  });

  describe('failure', () => {
    it('is listed and counted', async () => {
      const shop = settlementsOf(captured());

      expect(await recordResult(shop.deps, resultOf('FAILED', { error: 'Error', cause: 'x'.repeat(5000) }))).toEqual({
        recorded: 'failure',
      });

      expect([...shop.failed.rows.values()]).toEqual([
        {
          payment_id: PAYMENT,
          settlement: 'captured',
          execution_arn: resultOf('FAILED').executionArn,
          redrives: 0,
          status: 'FAILED',
          error: 'Error',
          cause: 'x'.repeat(1024),
          failed_steps: ['CreateOrder'],
          failed_at: '2026-06-01T12:01:02.500Z',
          last_failed_at: '2026-06-01T12:01:02.500Z',
        },
      ]);
      expect(shop.hours.counters).toEqual({ 'failed.captured': 1, 'step_failed.CreateOrder': 1 });
    });

    it('is counted once for duplicated events', async () => {
      const shop = settlementsOf(captured());
      await recordResult(shop.deps, resultOf('TIMED_OUT'));

      expect(await recordResult(shop.deps, resultOf('TIMED_OUT'))).toEqual({ recorded: 'nothing' });
      // DescribeExecution may differ from the event by a millisecond.
      const described = resultOf('TIMED_OUT', { endedAt: new Date('2026-06-01T12:01:02.501Z') });
      expect(await recordResult(shop.deps, described)).toEqual({ recorded: 'nothing' });

      expect(shop.hours.counters['failed.captured']).toBe(1);
    });

    it('is counted again after a redrive, and keeps the time of the first failure', async () => {
      const shop = settlementsOf(captured());
      await recordResult(shop.deps, resultOf('FAILED'));

      await recordResult(shop.deps, resultOf('ABORTED', { redrives: 1, endedAt: later }));

      expect(shop.hours.counters['failed.captured']).toBe(2);
      expect([...shop.failed.rows.values()]).toMatchObject([
        { status: 'ABORTED', failed_at: '2026-06-01T12:01:02.500Z', last_failed_at: later.toISOString() },
      ]);
    });

    it('is not overwritten by an event of an earlier failure', async () => {
      const shop = settlementsOf(captured());
      await recordResult(shop.deps, resultOf('ABORTED', { redrives: 1, endedAt: later }));

      await recordResult(shop.deps, resultOf('FAILED'));

      expect([...shop.failed.rows.values()]).toMatchObject([{ status: 'ABORTED' }]);
    });

    it('is not listed when the success arrived first', async () => {
      const shop = settlementsOf(captured());
      await recordResult(shop.deps, resultOf('SUCCEEDED', { redrives: 1, endedAt: later }));

      expect(await recordResult(shop.deps, resultOf('FAILED'))).toEqual({ recorded: 'nothing' });

      expect(shop.failed.rows.size).toBe(0);
      // Not even for a moment.
      expect(shop.calls).not.toContain('failed.record');
      expect(shop.hours.counters['failed.captured']).toBeUndefined();
    });

    it('is not listed when the success is recorded concurrently', async () => {
      const shop = settlementsOf(captured());
      shop.before(
        'failed.record',
        async () => void (await recordResult(shop.deps, resultOf('SUCCEEDED', { redrives: 1 }))),
      );

      expect(await recordResult(shop.deps, resultOf('FAILED'))).toEqual({ recorded: 'nothing' });

      expect(shop.failed.rows.size).toBe(0);
    });

    it('is not listed when the settlement is no longer open', async () => {
      const shop = settlementsOf(captured());

      expect(await recordResult(shop.deps, resultOf('FAILED', { settlement: 'approved' }))).toEqual({
        recorded: 'nothing',
      });

      expect(shop.failed.rows.size).toBe(0);
    });
  });
});
