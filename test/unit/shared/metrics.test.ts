import { expect, it } from 'vitest';
import { measure } from '../../../src/shared/metrics.ts';
import { metricsOf } from '../../support/stack/emitted-metrics.ts';

it('a measurement is kept once, under no dimension: an alarm watches one metric', async () => {
  expect(await metricsOf(() => measure('SignatureRefused'))).toMatchObject([
    { name: 'SignatureRefused', unit: 'Count', value: 1, dimensions: {} },
  ]);
});

it('what is told apart is kept as a total as well', async () => {
  const measured = await metricsOf(() => measure('PayPalLatency', 120, 'getOrder'));

  expect(measured).toMatchObject([
    { name: 'PayPalLatency', unit: 'Milliseconds', value: 120, dimensions: {} },
    { name: 'PayPalLatency', unit: 'Milliseconds', value: 120, dimensions: { operation: 'getOrder' } },
  ]);
});

it('nothing of one measurement is left in the next', async () => {
  const measured = await metricsOf(() => {
    measure('PayPalLatency', 120, 'getOrder');
    measure('EventParked');
  });

  expect(measured.slice(2)).toMatchObject([{ name: 'EventParked', value: 1, dimensions: {} }]);
});
