import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricDataCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { inject } from 'vitest';
import { EMULATOR_CREDENTIALS } from '../../../ops/emulator-client.ts';
import type { EmittedMetric } from './emitted-metrics.ts';

const { endpoint, region } = inject('aws');
const cloudWatch = new CloudWatchClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS });
const PREFIX = 'settle-once-local-';

export interface Alarm {
  /** Without the stage prefix, as in docs/runbook.md. */
  readonly name: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly comparison: string;
  readonly threshold: number;
  readonly missing: string;
  /** Seconds that it evaluates: period × evaluation periods. */
  readonly window: number;
  readonly description: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly state: string;
}

export async function deployedAlarms(): Promise<Alarm[]> {
  const alarms: Alarm[] = [];
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: cloudWatch }, { AlarmNamePrefix: PREFIX }))
    alarms.push(
      ...MetricAlarms.map((alarm) => ({
        name: alarm.AlarmName?.slice(PREFIX.length) ?? '',
        namespace: alarm.Namespace ?? '',
        metric: alarm.MetricName ?? '',
        dimensions: Object.fromEntries((alarm.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value])),
        statistic: alarm.Statistic ?? '',
        comparison: alarm.ComparisonOperator ?? '',
        threshold: alarm.Threshold ?? Number.NaN,
        missing: alarm.TreatMissingData ?? '',
        window: (alarm.Period ?? 0) * (alarm.EvaluationPeriods ?? 0),
        description: alarm.AlarmDescription ?? '',
        state: alarm.StateValue ?? '',
      })),
    );
  return alarms;
}

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Maximum: (values) => Math.max(...values),
  SampleCount: (values) => values.length,
};
const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** The values that an alarm evaluates: of its metric, with exactly its dimensions. */
export const valuesFor = ({ namespace, metric, dimensions }: Alarm, metrics: readonly EmittedMetric[]): number[] =>
  metrics
    .filter(
      (emitted) =>
        emitted.namespace === namespace && emitted.name === metric && isEqual(emitted.dimensions, dimensions),
    )
    .map(({ value }) => value);

const isEqual = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([key, value]) => other[key] === value);

/**
 * Whether an alarm is in ALARM while these metrics are emitted in every period.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function isInAlarm(alarm: Alarm, metrics: readonly EmittedMetric[]): boolean {
  const values = valuesFor(alarm, metrics);
  if (values.length === 0) return alarm.missing === 'breaching';
  const statistic = STATISTICS[alarm.statistic];
  const comparison = COMPARISONS[alarm.comparison];
  if (!statistic || !comparison) throw new Error(`unsupported alarm condition: ${alarm.statistic} ${alarm.comparison}`);
  return comparison(statistic(values), alarm.threshold);
}

/** Puts the values that an alarm evaluates into CloudWatch, with a timestamp in the past. */
export async function putMetricsFor(alarm: Alarm, metrics: readonly EmittedMetric[], secondsAgo = 0): Promise<void> {
  await cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: alarm.namespace,
      MetricData: valuesFor(alarm, metrics).map((Value) => ({
        MetricName: alarm.metric,
        Dimensions: Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value })),
        Timestamp: new Date(Date.now() - secondsAgo * 1000),
        Value,
      })),
    }),
  );
}

/** Subscribes a queue to the alarm topic. MiniStack's SNS does not check the signature. */
export async function subscribeToAlarms(queueArn: string): Promise<void> {
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: PREFIX }));
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/sns/aws4_request` },
    body: new URLSearchParams({
      Action: 'Subscribe',
      Version: '2010-03-31',
      TopicArn: MetricAlarms[0]?.AlarmActions?.[0] ?? '',
      Protocol: 'sqs',
      Endpoint: queueArn,
    }),
  });
  if (!response.ok) throw new Error(`subscribe failed: ${await response.text()}`);
}
