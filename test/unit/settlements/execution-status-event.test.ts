import { describe, expect, it } from 'vitest';
import { readExecutionStatusEvent } from '../../../src/settlements/execution-status-event.ts';
import { PAYMENT } from '../../support/builders/payments.ts';

/** As in https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const eventOf = (detail: Readonly<Record<string, unknown>>) => ({
  version: '0',
  id: '315c1398-40ff-a850-213b-158f73e60175',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account: '123456789012',
  time: '2026-06-01T12:01:03Z',
  region: 'eu-central-1',
  resources: ['arn'],
  detail: {
    executionArn: `arn:aws:states:eu-central-1:123456789012:execution:machine:${detail.name}`,
    stateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:machine',
    status: 'FAILED',
    startDate: 1780315260000,
    stopDate: 1780315262500,
    ...detail,
  },
});

describe('readExecutionStatusEvent', () => {
  it('returns payment, settlement, status and end', () => {
    const event = eventOf({
      name: `${PAYMENT}-refunded-reversed`,
      input: '{}',
      inputDetails: { included: true },
      output: null,
      outputDetails: null,
      redriveCount: 1,
      redriveDate: '2026-06-01T12:01:00.000Z',
      error: 'Error',
      cause: 'no table',
    });

    expect(readExecutionStatusEvent(event)).toEqual({
      paymentId: PAYMENT,
      settlement: 'refunded-reversed',
      executionArn: `arn:aws:states:eu-central-1:123456789012:execution:machine:${PAYMENT}-refunded-reversed`,
      status: 'FAILED',
      endedAt: new Date('2026-06-01T12:01:02.500Z'),
      redrives: 1,
      error: 'Error',
      cause: 'no table',
    });
  });

  it.each<[string, { redriveCount?: number | null } & Record<string, unknown>]>([
    ['an event without input, output, error and cause', {}],
    ['an event with a numeric redrive date', { redriveCount: 2, redriveDate: 1780315260000 }],
    [
      'an event with nulls',
      { redriveCount: null, redriveDate: null, error: null, cause: null, input: null, output: null },
    ],
  ])('accepts %s', (_, more) => {
    expect(
      readExecutionStatusEvent(eventOf({ name: `${PAYMENT}-captured-r3`, status: 'SUCCEEDED', ...more })),
    ).toMatchObject({
      settlement: 'captured',
      status: 'SUCCEEDED',
      redrives: more.redriveCount ?? 0,
    });
  });

  it.each([
    ['an execution name without payment id', eventOf({ name: 'by-hand' })],
    ['a running execution', eventOf({ name: `${PAYMENT}-captured`, status: 'RUNNING' })],
    ['another event', { detail: {} }],
  ])('throws for %s', (_, event) => {
    expect(() => readExecutionStatusEvent(event)).toThrow();
  });
});
