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
const endOf = (status: ExecutionResult['status'], more: Partial<ExecutionResult> = {}): ExecutionResult => ({
  paymentId: PAYMENT,
  settlement: 'captured',
  executionArn: executionArnOf(`${PAYMENT}-captured`),
  status,
  endedAt: new Date('2026-06-01T12:01:02.500Z'),
  redrives: 0,
  ...more,
});
const later = new Date('2026-06-01T13:00:00.000Z');

describe('a settlement that succeeded', () => {
  it('is closed, its failure is forgotten, and it is counted with the time from money to order', async () => {
    const shop = settlementsOf(captured());
    await recordResult(shop.deps, endOf('FAILED'));

    expect(await recordResult(shop.deps, endOf('SUCCEEDED'))).toEqual({ recorded: 'success', captureToOrder: 2500 });

    expect(shop.payment().open).toEqual({});
    expect(shop.failed.rows.size).toBe(0);
    expect(shop.hours.counters).toMatchObject({
      'settled.captured': 1,
      'capture_to_order.count': 1,
      'capture_to_order.sum': 2500,
      'capture_to_order.max': 2500,
    });
  });

  it('is counted with the time from the webhook to the status that it told of', async () => {
    const told = captured();
    const [created, moved] = told.history;
    if (!created || !moved) throw new Error('no history');
    const heard = { ...moved, settlement: 'captured', heard_at: '2026-06-01T12:00:59.700Z' };
    const shop = settlementsOf({ ...told, history: [created, heard] });

    await recordResult(shop.deps, endOf('SUCCEEDED'));

    expect(shop.hours.counters).toMatchObject({
      'webhook_to_status.count': 1,
      'webhook_to_status.sum': 300,
      'webhook_to_status.max': 300,
    });
  });

  it('is counted with the time of the approval where that alone came by a webhook, and PayPal’s answer told of the money', async () => {
    const told = captured();
    const [created, moved] = told.history;
    if (!created || !moved) throw new Error('no history');
    const approved = {
      ...moved,
      at: '2026-06-01T12:00:59.000Z',
      status: 'approved' as const,
      settlement: 'approved',
      heard_at: '2026-06-01T12:00:58.800Z',
    };
    const shop = settlementsOf({ ...told, history: [created, approved, { ...moved, settlement: 'captured' }] });

    await recordResult(shop.deps, endOf('SUCCEEDED'));

    expect(shop.hours.counters).toMatchObject({ 'webhook_to_status.count': 1, 'webhook_to_status.sum': 200 });
  });

  it('is counted once, however often it is told', async () => {
    const shop = settlementsOf(captured());
    await recordResult(shop.deps, endOf('SUCCEEDED'));

    expect(await recordResult(shop.deps, endOf('SUCCEEDED'))).toEqual({ recorded: 'nothing' });

    expect(shop.hours.counters['settled.captured']).toBe(1);
  });

  it('is counted by what it was about, and its time only where it leads to an order', async () => {
    const shop = settlementsOf(captured(['refunded-500']));

    expect(await recordResult(shop.deps, endOf('SUCCEEDED', { settlement: 'refunded-500' }))).toEqual({
      recorded: 'success',
    });

    expect(shop.hours.counters).toEqual({ 'settled.refunded': 1 });
  });

  it('is counted with its time also where late money led to an order, and not where that went back', async () => {
    const late = { settlement: 'captured_late' };
    const delivered = settlementsOf(captured(['captured_late']));
    const wentBack = settlementsOf({ ...captured(['captured_late']), status: 'refunded' });

    expect(await recordResult(delivered.deps, endOf('SUCCEEDED', late))).toMatchObject({ captureToOrder: 2500 });
    expect(await recordResult(wentBack.deps, endOf('SUCCEEDED', late))).toEqual({ recorded: 'success' });
  });

  it('loses its entry also when the first who heard of it got no further than the payment', async () => {
    const shop = settlementsOf(captured(), { fails: 'failed.remove' });
    await recordResult(shop.deps, endOf('FAILED'));
    await expect(recordResult(shop.deps, endOf('SUCCEEDED'))).rejects.toThrow('no failed.remove');
    expect(shop.failed.rows.size).toBe(1);

    await recordResult(shop.deps, endOf('SUCCEEDED'));

    expect(shop.failed.rows.size).toBe(0);
  });

  it('leaves the payment’s other settlements open', async () => {
    const shop = settlementsOf(captured(['captured', 'refunded-500']));

    await recordResult(shop.deps, endOf('SUCCEEDED', { settlement: 'refunded-500' }));

    expect(Object.keys(shop.payment().open)).toEqual(['captured']);
  });
});

describe('a settlement that failed', () => {
  it('is put on the list with what is known of it, and counted', async () => {
    const shop = settlementsOf(captured());

    expect(await recordResult(shop.deps, endOf('FAILED', { error: 'Error', cause: 'x'.repeat(5000) }))).toEqual({
      recorded: 'failure',
    });

    expect([...shop.failed.rows.values()]).toEqual([
      {
        payment_id: PAYMENT,
        settlement: 'captured',
        execution_arn: endOf('FAILED').executionArn,
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

  it('is counted once, however often it is told', async () => {
    const shop = settlementsOf(captured());
    await recordResult(shop.deps, endOf('TIMED_OUT'));

    expect(await recordResult(shop.deps, endOf('TIMED_OUT'))).toEqual({ recorded: 'nothing' });
    // Step Functions' own description may say another millisecond than its event.
    const inOtherWords = endOf('TIMED_OUT', { endedAt: new Date('2026-06-01T12:01:02.501Z') });
    expect(await recordResult(shop.deps, inOtherWords)).toEqual({ recorded: 'nothing' });

    expect(shop.hours.counters['failed.captured']).toBe(1);
  });

  it('is counted again when it fails again after a redrive, and has failed since the first time', async () => {
    const shop = settlementsOf(captured());
    await recordResult(shop.deps, endOf('FAILED'));

    await recordResult(shop.deps, endOf('ABORTED', { redrives: 1, endedAt: later }));

    expect(shop.hours.counters['failed.captured']).toBe(2);
    expect([...shop.failed.rows.values()]).toMatchObject([
      { status: 'ABORTED', failed_at: '2026-06-01T12:01:02.500Z', last_failed_at: later.toISOString() },
    ]);
  });

  it('is not told back to an earlier failure by late news', async () => {
    const shop = settlementsOf(captured());
    await recordResult(shop.deps, endOf('ABORTED', { redrives: 1, endedAt: later }));

    await recordResult(shop.deps, endOf('FAILED'));

    expect([...shop.failed.rows.values()]).toMatchObject([{ status: 'ABORTED' }]);
  });

  it('is not on the list when its success was heard of first', async () => {
    const shop = settlementsOf(captured());
    await recordResult(shop.deps, endOf('SUCCEEDED', { redrives: 1, endedAt: later }));

    expect(await recordResult(shop.deps, endOf('FAILED'))).toEqual({ recorded: 'nothing' });

    expect(shop.failed.rows.size).toBe(0);
    // Nor was it for a moment, in which somebody could have seen it.
    expect(shop.calls).not.toContain('failed.note');
    expect(shop.hours.counters['failed.captured']).toBeUndefined();
  });

  it('is not on the list when its success is taken down between two looks', async () => {
    const shop = settlementsOf(captured());
    shop.before('failed.note', async () => void (await recordResult(shop.deps, endOf('SUCCEEDED', { redrives: 1 }))));

    expect(await recordResult(shop.deps, endOf('FAILED'))).toEqual({ recorded: 'nothing' });

    expect(shop.failed.rows.size).toBe(0);
  });

  it('is not on the list when the payment has gone on without it', async () => {
    const shop = settlementsOf(captured());

    expect(await recordResult(shop.deps, endOf('FAILED', { settlement: 'approved' }))).toEqual({ recorded: 'nothing' });

    expect(shop.failed.rows.size).toBe(0);
  });
});
