import { expect, it } from 'vitest';
import { measure } from '../../../src/shared/metrics.ts';
import { metricsOf } from '../../support/stack/emitted-metrics.ts';

it('measure emits one value without dimensions', async () => {
  expect(await metricsOf(() => measure('SignatureRefused'))).toMatchObject([
    { name: 'SignatureRefused', unit: 'Count', value: 1, dimensions: {} },
  ]);
});

it('measure emits the total besides the dimension', async () => {
  const measured = await metricsOf(() => measure('PayPalLatency', 120, 'getOrder'));

  expect(measured).toMatchObject([
    { name: 'PayPalLatency', unit: 'Milliseconds', value: 120, dimensions: {} },
    { name: 'PayPalLatency', unit: 'Milliseconds', value: 120, dimensions: { operation: 'getOrder' } },
  ]);
});

it('measure carries nothing over to the next metric', async () => {
  const measured = await metricsOf(() => {
    measure('PayPalLatency', 120, 'getOrder');
    measure('EventParked');
  });

  expect(measured.slice(2)).toMatchObject([{ name: 'EventParked', value: 1, dimensions: {} }]);
});
