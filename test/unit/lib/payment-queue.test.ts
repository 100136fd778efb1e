import { describe, expect, it } from 'vitest';
import { CLAIM_SECONDS } from '../../../src/reconciliation/queue-times.ts';
import { resourcesOf } from './synth.ts';

const queues = resourcesOf('prod', 'AWS::SQS::Queue').filter(([id]) => id.startsWith('paymentqueue'));
const [[queueId, { Properties: queue }] = ['', { Properties: {} }]] = queues;
const reconciliation = resourcesOf('prod', 'AWS::Lambda::Function').find(([id]) => id.startsWith('reconciliation'));

describe('payment queue', () => {
  it('keeps a message as long as the claim on its payment, and moves it to the dead-letter queue after 3 crashes', () => {
    expect(queues).toHaveLength(1);
    expect(queue).toMatchObject({
      MessageRetentionPeriod: CLAIM_SECONDS,
      SqsManagedSseEnabled: true,
      RedrivePolicy: {
        maxReceiveCount: 3,
        deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringContaining('undelivered'), 'Arn'] },
      },
    });
    // The move takes place before the message expires.
    expect(3 * queue.VisibilityTimeout).toBeLessThan(CLAIM_SECONDS);
  });

  it('hides a message for longer than an invocation may take', () => {
    expect(queue.VisibilityTimeout).toBeGreaterThan(reconciliation?.[1].Properties.Timeout);
  });

  it.each([
    ['local', 2],
    ['sandbox', 2],
    ['prod', 10],
  ] as const)('invokes at most this many workers at a time in stage %s: %d', (stage, MaximumConcurrency) => {
    const mapping = resourcesOf(stage, 'AWS::Lambda::EventSourceMapping').find(([id]) => id.startsWith('paymentqueue'));

    expect(mapping?.[1].Properties).toMatchObject({
      ScalingConfig: { MaximumConcurrency },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 10,
      FunctionName: { Ref: expect.stringMatching(/^reconciliation/) },
    });
  });

  it('is used by the reconciliation function only', () => {
    const users = resourcesOf('prod', 'AWS::IAM::Policy').flatMap(([id, { Properties }]) =>
      Properties.PolicyDocument.Statement.flatMap(({ Action, Resource }: { Action: unknown; Resource: unknown }) =>
        JSON.stringify(Resource).includes(`"${queueId}"`) ? [[id, Action]] : [],
      ),
    );

    expect(users).toEqual([
      [
        expect.stringMatching(/^reconciliation/),
        ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
      ],
    ]);
  });
});
