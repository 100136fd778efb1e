import { beforeAll, expect, it } from 'vitest';
import { recordCall } from '../../../src/paypal/connect.ts';
import { logger } from '../../../src/shared/logger.ts';
import { metricsOf, totalsOf } from '../../support/stack/emitted-metrics.ts';

beforeAll(() => logger.setLogLevel('SILENT'));

it('recordCall measures the latency of each request by operation', async () => {
  const measured = await metricsOf(() => recordCall({ operation: 'captureOrder', status: 201, durationMs: 812 }));

  expect(measured).toContainEqual(
    expect.objectContaining({ name: 'PayPalLatency', value: 812, dimensions: { operation: 'captureOrder' } }),
  );
});

it.each([
  ['a failure when there is no response', { error: 'timeout' }, 1],
  ['a failure when the response is a server error', { status: 503, error: 'server-error' }, 1],
  ['a failure when PayPal rejects the credentials', { status: 401 }, 1],
  ['no failure when PayPal rejects the request', { status: 422 }, 0],
  ['no failure when PayPal executes the request', { status: 200 }, 0],
] as const)('recordCall measures %s', async (_, response, failed) => {
  const measured = await metricsOf(() => recordCall({ operation: 'getOrder', durationMs: 1, ...response }));

  expect(totalsOf(measured, 'PayPalFailed')).toEqual([failed]);
});
