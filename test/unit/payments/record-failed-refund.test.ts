import { beforeAll, describe, expect, it, vi } from 'vitest';
import { recordFailedRefund } from '../../../src/payments/record-failed-refund.ts';
import { logger } from '../../../src/shared/logger.ts';
import { PAYMENT } from '../../support/builders/payments.ts';
import { metricsOf } from '../../support/stack/emitted-metrics.ts';

const FAILED = { payment_id: PAYMENT, refund_id: 'REFUND1', status: 'FAILED' } as const;

beforeAll(() => logger.setLogLevel('SILENT'));

describe('recordFailedRefund', () => {
  it('measures the refund', async () => {
    const metrics = await metricsOf(async () => recordFailedRefund(FAILED));

    expect(metrics).toMatchObject([{ name: 'RefundFailed', value: 1, dimensions: {} }]);
  });

  it('logs payment, refund and status', () => {
    const warn = vi.spyOn(logger, 'warn');

    recordFailedRefund(FAILED);

    expect(warn.mock.calls).toEqual([['REFUND_FAILED', FAILED]]);
  });
});
