import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type CaptureRefusal, recordRefusal } from '../../../src/payments/record-refusal.ts';
import { logger } from '../../../src/shared/logger.ts';
import { PAYMENT } from '../../support/builders/payments.ts';
import { metricsOf } from '../../support/stack/emitted-metrics.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');

beforeAll(() => logger.setLogLevel('SILENT'));

/** Records a refusal; returns what it measured and counted. */
async function recorded(refusal: Pick<CaptureRefusal, 'owner' | 'issue'>) {
  const counts: unknown[] = [];
  const record = recordRefusal({ addCounts: async (...added) => void counts.push(added), now: () => NOW });
  const metrics = await metricsOf(() => record({ payment_id: PAYMENT, ...refusal }));
  return { counts, metrics };
}

describe('recordRefusal', () => {
  it.each(['buyer', 'merchant', 'paypal'] as const)('measures a refusal in total and by owner: %s', async (owner) => {
    const { metrics } = await recorded({ owner, issue: 'SOME_ISSUE' });

    expect(metrics.map(({ name, value, dimensions }) => ({ name, value, dimensions }))).toEqual([
      { name: 'CaptureRefused', value: 1, dimensions: {} },
      { name: 'CaptureRefused', value: 1, dimensions: { owner } },
    ]);
  });

  it('logs payment, owner and issue', async () => {
    const warn = vi.spyOn(logger, 'warn');

    await recorded({ owner: 'buyer', issue: 'INSTRUMENT_DECLINED' });

    expect(warn.mock.calls).toEqual([
      ['CAPTURE_REFUSED', { payment_id: PAYMENT, owner: 'buyer', issue: 'INSTRUMENT_DECLINED' }],
    ]);
  });

  it('counts the merchant’s by issue', async () => {
    const { counts } = await recorded({ owner: 'merchant', issue: 'PAYEE_ACCOUNT_RESTRICTED' });

    expect(counts).toEqual([[NOW, { 'capture_refused.PAYEE_ACCOUNT_RESTRICTED': 1 }]]);
  });

  it.each(['buyer', 'paypal'] as const)('counts none of owner %s: no operator has to act', async (owner) => {
    expect((await recorded({ owner, issue: 'SOME_ISSUE' })).counts).toEqual([]);
  });

  it('cuts an issue that PayPal does not document', async () => {
    const { counts } = await recorded({ owner: 'merchant', issue: 'X'.repeat(10_000) });

    expect(counts).toEqual([[NOW, { [`capture_refused.${'X'.repeat(80)}`]: 1 }]]);
  });
});
