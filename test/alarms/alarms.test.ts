import { setTimeout as sleep } from 'node:timers/promises';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../src/shared/metric-names.ts';
import {
  type Alarm,
  deployedAlarms,
  isInAlarm,
  putMetricsFor,
  subscribeToAlarms,
  valuesFor,
} from '../support/stack/alarms.ts';
import { queues } from '../support/stack/aws.ts';
import type { EmittedMetric } from '../support/stack/emitted-metrics.ts';
import { failAndRecover } from '../support/stack/fail-and-recover.ts';
import { until } from '../support/stack/shop.ts';

/** The AWS metrics with alarms, with documentation and dimensions. MiniStack emits none of them. */
const AWS_METRICS: Readonly<Record<string, readonly [source: string, ...dimensions: string[]]>> = {
  'AWS/States ExecutionsFailed': [
    'https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html',
    'StateMachineArn',
  ],
  'AWS/States ExecutionsAborted': [
    'https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html',
    'StateMachineArn',
  ],
  'AWS/States ExecutionsTimedOut': [
    'https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html',
    'StateMachineArn',
  ],
  'AWS/SQS ApproximateNumberOfMessagesVisible': [
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html',
    'QueueName',
  ],
  'AWS/Lambda Errors': ['https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html', 'FunctionName'],
  'AWS/Lambda IteratorAge': [
    'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html',
    'FunctionName',
  ],
  'AWS/Lambda Throttles': ['https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html'],
  'AWS/ApiGateway 5xx': ['https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html', 'ApiId'],
  'AWS/Scheduler TargetErrorCount': [
    'https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html',
    'ScheduleGroup',
  ],
};

/** Not reproducible with MiniStack: it does not throttle or time out executions, and delivers every event in time. */
const NOT_REPRODUCIBLE: readonly string[] = [
  'settlements-timed-out',
  'functions-throttled',
  // Counted by a metric filter on the access log: test/unit/lib/monitoring.test.ts
  'requests-throttled',
  'events-undelivered',
  'jobs-not-started',
  'changes-late',
  'changes-unchecked',
];

/** Time for one call to CloudWatch: a safety limit. */
const IN_WINDOW_SECONDS = 15;

const alarms = await deployedAlarms();
let metrics: Readonly<Record<'failing' | 'recovered', readonly EmittedMetric[]>>;

beforeAll(async () => {
  metrics = await failAndRecover();
}, 240_000);

/** The metrics while the shop fails; none for an alarm on missing data. */
const failingMetricsFor = ({ missing }: Alarm) => (missing === 'breaching' ? [] : metrics.failing);

const shopAlarms = alarms.filter(
  ({ namespace, name }) => namespace === 'SettleOnce/local' && name !== 'requests-throttled',
);
const awsAlarms = alarms.filter(({ namespace }) => namespace.startsWith('AWS/'));

it('alarms are on metrics of the shop or of AWS', () => {
  const others = alarms.filter((alarm) => ![...shopAlarms, ...awsAlarms].includes(alarm));

  expect(others.map(({ name }) => name)).toEqual(['requests-throttled']);
  expect(alarms.length).toBeGreaterThan(20);
});

it('the running shop emits every metric of METRICS', () => {
  const names = new Set([...metrics.failing, ...metrics.recovered].map(({ name }) => name));

  // Counted by a metric filter on the access log: test/unit/lib/monitoring.test.ts
  expect(Object.keys(METRICS).filter((name) => !names.has(name))).toEqual(['RequestThrottled']);
});

describe.each(shopAlarms)('alarm $name', (alarm) => {
  it('is on a metric that the running shop emits', () => {
    expect(valuesFor(alarm, [...metrics.failing, ...metrics.recovered])).not.toEqual([]);
  });
});

describe.each(awsAlarms)('alarm $name', (alarm) => {
  it('is on a documented AWS metric of a deployed resource', () => {
    const [, ...dimensions] = AWS_METRICS[`${alarm.namespace} ${alarm.metric}`] ?? ['nowhere', 'unknown'];

    expect(Object.keys(alarm.dimensions).sort()).toEqual(dimensions.sort());
    for (const value of Object.values(alarm.dimensions)) expect(value).not.toBe('');
  });
});

describe.each(alarms.filter(({ name }) => !NOT_REPRODUCIBLE.includes(name)))('alarm $name', (alarm) => {
  it('is in ALARM while the shop fails, and OK after its recovery', () => {
    expect(isInAlarm(alarm, failingMetricsFor(alarm))).toBe(true);
    expect(isInAlarm(alarm, metrics.recovered)).toBe(false);
  });
});

it('CloudWatch notifies subscribers of ALARM with a link to the runbook, and returns alarms to OK', async () => {
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: 'alarm-subscriber' }));
  const { Attributes } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await subscribeToAlarms(Attributes?.QueueArn ?? '');
  const triggered = shopAlarms.filter((alarm) => valuesFor(alarm, failingMetricsFor(alarm)).length > 0);
  const statesOf = async (some: readonly Alarm[]) =>
    (await deployedAlarms())
      .filter(({ name }) => some.some((alarm) => alarm.name === name))
      .map(({ name, state }) => `${name} ${state}`);

  // Old enough to leave the evaluation window soon. An alarm is evaluated when its metric is put, and keeps its state.
  for (const alarm of triggered) await putMetricsFor(alarm, metrics.failing, alarm.window - IN_WINDOW_SECONDS);
  expect(await statesOf(triggered)).toEqual(triggered.map(({ name }) => `${name} ALARM`));

  await sleep((IN_WINDOW_SECONDS + 1) * 1000);
  const recovered = triggered.filter((alarm) => valuesFor(alarm, metrics.recovered).length > 0);
  for (const alarm of recovered) await putMetricsFor(alarm, metrics.recovered);
  expect(await statesOf(recovered)).toEqual(recovered.map(({ name }) => `${name} OK`));

  const texts: string[] = [];
  await until(
    async () => {
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      texts.push(...Messages.map(({ Body = '' }) => Body));
      return triggered.filter(({ name }) => !texts.some((text) => text.includes(`runbook.md#${name}`)));
    },
    (missing) => missing.length === 0,
  );
});
