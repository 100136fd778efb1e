import { setTimeout as sleep } from 'node:timers/promises';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../src/shared/metric-names.ts';
import { type Alarm, deployedAlarms, isOn, putSeen, seenBy, subscribeToAlarms } from '../support/stack/alarms.ts';
import { queues } from '../support/stack/aws.ts';
import type { EmittedMetric } from '../support/stack/emitted-metrics.ts';
import { failAndRecover } from '../support/stack/fail-and-recover.ts';
import { until } from '../support/stack/shop.ts';

/** AWS's own metrics that alarms watch, with their dimensions and the page that says so: MiniStack makes none of them. */
const OF_AWS: Readonly<Record<string, readonly [source: string, ...dimensions: string[]]>> = {
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
  'AWS/Lambda Throttles': ['https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html'],
  'AWS/ApiGateway 5xx': ['https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html', 'ApiId'],
  'AWS/Scheduler TargetErrorCount': [
    'https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html',
    'ScheduleGroup',
  ],
};

/** Alarms that nothing on this machine can put on: MiniStack turns nobody away, ends no execution by itself, and delivers everything. */
const NOT_TO_BE_HAD_HERE: readonly string[] = [
  'settlements-timed-out',
  'functions-throttled',
  // CloudWatch counts it in the HTTP API's access log, by a metric filter: test/unit/lib/monitoring.test.ts
  'requests-throttled',
  'events-undelivered',
  'jobs-not-started',
];

/** Time for one call of CloudWatch: a safety limit. */
const STILL_COUNTS_SECONDS = 15;

const alarms = await deployedAlarms();
let measured: Readonly<Record<'broken' | 'mended', readonly EmittedMetric[]>>;

beforeAll(async () => {
  measured = await failAndRecover();
}, 240_000);

/** What there is to see while all is as bad as it can be; for an alarm on absence, that is nothing. */
const worstFor = ({ missing }: Alarm) => (missing === 'breaching' ? [] : measured.broken);

const ours = alarms.filter(({ namespace, name }) => namespace === 'SettleOnce/local' && name !== 'requests-throttled');
const ofAws = alarms.filter(({ namespace }) => namespace.startsWith('AWS/'));

it('every alarm is on a metric of the shop’s or of AWS’s', () => {
  const others = alarms.filter((alarm) => ![...ours, ...ofAws].includes(alarm));

  expect(others.map(({ name }) => name)).toEqual(['requests-throttled']);
  expect(alarms.length).toBeGreaterThan(20);
});

it('all that the dashboards draw of the shop’s own is measured while it runs', () => {
  const names = new Set([...measured.broken, ...measured.mended].map(({ name }) => name));

  // That one CloudWatch counts in the HTTP API's access log: test/unit/lib/monitoring.test.ts
  expect(Object.keys(METRICS).filter((name) => !names.has(name))).toEqual(['RequestThrottled']);
});

describe.each(ours)('the alarm $name', (alarm) => {
  it('watches what the running shop measures', () => {
    expect(seenBy(alarm, [...measured.broken, ...measured.mended])).not.toEqual([]);
  });
});

describe.each(ofAws)('the alarm $name', (alarm) => {
  it('watches what AWS says that it measures, of something that is deployed', () => {
    const [, ...dimensions] = OF_AWS[`${alarm.namespace} ${alarm.metric}`] ?? ['nowhere', 'unknown'];

    expect(Object.keys(alarm.dimensions).sort()).toEqual(dimensions.sort());
    for (const value of Object.values(alarm.dimensions)) expect(value).not.toBe('');
  });
});

describe.each(alarms.filter(({ name }) => !NOT_TO_BE_HAD_HERE.includes(name)))('the alarm $name', (alarm) => {
  it('is on while the shop is broken, and off when it is mended', () => {
    expect({ broken: isOn(alarm, worstFor(alarm)), mended: isOn(alarm, measured.mended) }).toEqual({
      broken: true,
      mended: false,
    });
  });
});

it('CloudWatch puts alarms on and off by what was measured, and whoever subscribed reads who suffers and what to do', async () => {
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: 'operators-mail' }));
  const { Attributes } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await subscribeToAlarms(Attributes?.QueueArn ?? '');
  const fed = ours.filter((alarm) => seenBy(alarm, worstFor(alarm)).length > 0);
  const statesOf = async (some: readonly Alarm[]) =>
    (await deployedAlarms())
      .filter(({ name }) => some.some((alarm) => alarm.name === name))
      .map(({ name, state }) => `${name} ${state}`);

  // Just so long ago that they still count, and soon will not. Each alarm is evaluated when its metric is put, and keeps its state.
  for (const alarm of fed) await putSeen(alarm, measured.broken, alarm.window - STILL_COUNTS_SECONDS);
  expect(await statesOf(fed)).toEqual(fed.map(({ name }) => `${name} ALARM`));

  await sleep((STILL_COUNTS_SECONDS + 1) * 1000);
  const fedAgain = fed.filter((alarm) => seenBy(alarm, measured.mended).length > 0);
  for (const alarm of fedAgain) await putSeen(alarm, measured.mended);
  expect(await statesOf(fedAgain)).toEqual(fedAgain.map(({ name }) => `${name} OK`));

  const texts: string[] = [];
  await until(
    async () => {
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      texts.push(...Messages.map(({ Body = '' }) => Body));
      return fed.filter(({ name }) => !texts.some((text) => text.includes(`runbook.md#${name}`)));
    },
    (silent) => silent.length === 0,
  );
});
