import { beforeAll, expect, it } from 'vitest';
import { recordCall } from '../../../src/paypal/connect.ts';
import { logger } from '../../../src/shared/logger.ts';
import { metricsOf, totalsOf } from '../../support/stack/emitted-metrics.ts';

beforeAll(() => logger.setLogLevel('SILENT'));

it('the time of each request to PayPal is measured, and which it was', async () => {
  const measured = await metricsOf(() => recordCall({ operation: 'captureOrder', status: 201, durationMs: 812 }));

  expect(measured).toContainEqual(
    expect.objectContaining({ name: 'PayPalLatency', value: 812, dimensions: { operation: 'captureOrder' } }),
  );
});

it.each([
  ['fails without an answer', { error: 'timeout' }, 1],
  ['fails with an answer that is none', { status: 503, error: 'server-error' }, 1],
  ['fails when our credentials are refused', { status: 401 }, 1],
  ['does not fail when PayPal says no', { status: 422 }, 0],
  ['does not fail when it is done', { status: 200 }, 0],
] as const)('a request to PayPal %s', async (_, answer, failed) => {
  const measured = await metricsOf(() => recordCall({ operation: 'getOrder', durationMs: 1, ...answer }));

  expect(totalsOf(measured, 'PayPalFailed')).toEqual([failed]);
});
