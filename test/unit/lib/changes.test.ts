import { describe, expect, it } from 'vitest';
import { MAX_DELAY_SECONDS } from '../../../src/consistency/check-times.ts';
import { resourcesOf } from './synth.ts';

/** What their streams have: of purchases no personal data. */
const STREAMS = {
  products: 'NEW_AND_OLD_IMAGES',
  payments: 'KEYS_ONLY',
  checkoutsessions: 'KEYS_ONLY',
  reservations: 'KEYS_ONLY',
  orders: 'KEYS_ONLY',
};

describe.each([
  ['local', 15],
  ['sandbox', 300],
  ['prod', 300],
] as const)('changes of products and purchases in stage %s', (stage, grace) => {
  const mappings = resourcesOf(stage, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
  const ofChanges = mappings.filter(({ FunctionName }) => /^changes/.test(FunctionName.Ref));
  const [fn] = resourcesOf(stage, 'AWS::Lambda::Function').filter(([id]) => /^changes/.test(id));
  const [queue] = resourcesOf(stage, 'AWS::SQS::Queue').filter(([id]) => /^checkqueue/.test(id));

  it.each(Object.entries(STREAMS))('stream from table %s as %s', (table, StreamViewType) => {
    const [found] = resourcesOf(stage, 'AWS::DynamoDB::Table').filter(([id]) => id.startsWith(table));

    expect(found?.[1].Properties.StreamSpecification).toEqual({ StreamViewType });
  });

  it('are collected for as long as the grace period, from the first one that was not read', () => {
    const streams = ofChanges.filter(({ StartingPosition }) => StartingPosition);

    expect(streams).toHaveLength(Object.keys(STREAMS).length);
    for (const mapping of streams)
      expect(mapping).toMatchObject({
        MaximumBatchingWindowInSeconds: grace,
        StartingPosition: 'TRIM_HORIZON',
        BisectBatchOnFunctionError: true,
        DestinationConfig: {
          OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringContaining('undelivered'), 'Arn'] } },
        },
      });
  });

  it('wait for their check on a queue that outlasts a broken function', () => {
    expect(fn?.[1].Properties.Environment.Variables).toMatchObject({
      GRACE_SECONDS: String(grace),
      CHECK_QUEUE_URL: { Ref: queue?.[0] },
    });
    expect(grace).toBeLessThanOrEqual(MAX_DELAY_SECONDS);
    expect(queue?.[1].Properties).toMatchObject({
      MessageRetentionPeriod: 4 * 24 * 3600,
      RedrivePolicy: { maxReceiveCount: 5 },
    });
    expect(queue?.[1].Properties.VisibilityTimeout).toBeGreaterThan(fn?.[1].Properties.Timeout);
    expect(ofChanges.filter(({ ScalingConfig }) => ScalingConfig)).toEqual([
      expect.objectContaining({ ScalingConfig: { MaximumConcurrency: 2 }, BatchSize: 10 }),
    ]);
  });
});
