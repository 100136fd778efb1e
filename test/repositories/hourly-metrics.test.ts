import { describe, expect, inject, it } from 'vitest';
import { hourlyMetricsRepository } from '../../src/settlements/hourly-metrics-repository.ts';
import { documentClient } from '../../src/shared/dynamo.ts';
import { functionEnvironment } from '../support/in-process/function-environment.ts';

functionEnvironment();
const hours = hourlyMetricsRepository(documentClient(), inject('aws').tables.operations);

let years = 2000;
/** A time in an hour that no other test uses. */
const someTime = () => new Date(Date.UTC(++years, 5, 1, 12, 30));
const plus = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000);

describe('the metrics of an hour', () => {
  it('sum concurrent increments', async () => {
    const at = someTime();

    await Promise.all(
      Array.from({ length: 20 }, () => hours.add(at, { 'settled.captured': 1, 'settled.released': 2 })),
    );

    expect(await hours.between(at, at)).toEqual([
      { hour: at.toISOString().slice(0, 13), counters: { 'settled.captured': 20, 'settled.released': 40 } },
    ]);
  });

  it('keep count, sum and maximum of durations', async () => {
    const at = someTime();

    for (const capture_to_order of [200, 900, 400]) await hours.add(at, {}, { capture_to_order });

    expect(await hours.between(at, at)).toMatchObject([
      {
        counters: { 'capture_to_order.count': 3, 'capture_to_order.sum': 1500, 'capture_to_order.max': 900 },
      },
    ]);
  });
});

describe('the metrics of a time range', () => {
  it('list the hours with data in order, both ends included', async () => {
    const at = someTime();
    for (const minutes of [180, 0, 60]) await hours.add(plus(at, minutes), { n: minutes });

    const range = await hours.between(at, plus(at, 120));

    expect(range.map(({ counters }) => counters)).toEqual([{ n: 0 }, { n: 60 }]);
  });

  it('reject a range longer than 31 days', async () => {
    const at = someTime();

    await expect(hours.between(at, plus(at, 31 * 24 * 60))).resolves.toEqual([]);
    await expect(hours.between(at, plus(at, 31 * 24 * 60 + 1))).rejects.toThrow(RangeError);
  });
});
