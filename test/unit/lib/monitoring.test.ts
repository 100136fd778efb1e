import { readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { JOB_NAMES } from '../../../src/reconciliation/job.ts';
import { METRICS } from '../../../src/shared/metric-names.ts';
import { WORKFLOW_STEPS } from '../../../src/shared/workflow-steps.ts';
import { appOf, resourcesOf } from './synth.ts';

const alarms = resourcesOf('prod', 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const [[topicId, topic] = []] = resourcesOf('prod', 'AWS::SNS::Topic');
const PREFIX = 'settle-once-prod-';

describe('alarms', () => {
  it('notify the topic of ALARM and OK', () => {
    expect(alarms.length).toBeGreaterThan(10);
    for (const { ActionsEnabled, AlarmActions, OKActions } of alarms) {
      expect({ ActionsEnabled, AlarmActions, OKActions }).toEqual({
        ActionsEnabled: true,
        AlarmActions: [{ Ref: topicId }],
        OKActions: [{ Ref: topicId }],
      });
    }
  });

  it('state the impact on shoppers and link the runbook', () => {
    for (const { AlarmName, AlarmDescription } of alarms) {
      const name = AlarmName.slice(PREFIX.length);

      expect(AlarmDescription).toMatch(/^(Shoppers|A shopper|Possible shopper impact:|No shopper impact yet:) /);
      expect(AlarmDescription).toMatch(new RegExp(`Runbook: docs/runbook\\.md#${name}$`));
    }
  });

  it('are on one metric, not on an expression', () => {
    for (const { MetricName, Namespace, Metrics } of alarms) {
      expect(MetricName && Namespace).toBeTruthy();
      expect(Metrics).toBeUndefined();
    }
  });

  it('have no duplicates', () => {
    const conditions = alarms.map(({ Namespace, MetricName, Dimensions, Statistic, ComparisonOperator }) =>
      JSON.stringify([Namespace, MetricName, Dimensions, Statistic, ComparisonOperator]),
    );

    expect(new Set(conditions).size).toBe(alarms.length);
  });

  it('captured-without-order and stock-mismatch are each on their own invariant', () => {
    const dimensions = alarms
      .filter(({ MetricName, Dimensions }) => MetricName === 'Findings' && Dimensions)
      .map(({ AlarmName, Dimensions }) => [AlarmName.slice(PREFIX.length), Dimensions]);

    expect(Object.fromEntries(dimensions)).toEqual({
      'captured-without-order': [{ Name: 'invariant', Value: '1' }],
      'stock-mismatch': [{ Name: 'invariant', Value: '4' }],
    });
  });

  it('captures-refused-for-merchant is on the refusals of the merchant alone, from the first one', () => {
    const found = alarms.filter(({ MetricName }) => MetricName === 'CaptureRefused');

    expect(found).toMatchObject([
      {
        AlarmName: `${PREFIX}captures-refused-for-merchant`,
        Dimensions: [{ Name: 'owner', Value: 'merchant' }],
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    ]);
  });

  it('have names that are unique per stage', () => {
    const names = (stage: 'prod' | 'sandbox') =>
      resourcesOf(stage, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties.AlarmName);

    expect(names('sandbox').filter((name) => names('prod').includes(name))).toEqual([]);
    expect(names('sandbox')).toHaveLength(alarms.length);
  });

  it('link the runbook at the URL of --context runbookUrl', () => {
    const [alarm] = Object.values(
      Template.fromStack(appOf('prod', { runbookUrl: 'https://wiki.example/runbook' }).service).findResources(
        'AWS::CloudWatch::Alarm',
      ),
    );

    expect(alarm?.Properties.AlarmDescription).toContain('Runbook: https://wiki.example/runbook#');
  });
});

describe('alarm reconciliation-failing', () => {
  const minutesBetween = (expression: string) => Number(/^rate\((\d+) minutes?\)$/.exec(expression)?.[1] ?? 60);
  const jobs = resourcesOf('prod', 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);
  const alarm = alarms.find(({ AlarmName }) => AlarmName === `${PREFIX}reconciliation-failing`);

  it.each(JOB_NAMES)('is in ALARM when every run of job %s fails', (job) => {
    const schedule = jobs.find(({ Name }) => Name === job);
    const every = minutesBetween(schedule.ScheduleExpression);
    const windowMinutes = (alarm.EvaluationPeriods * alarm.Period) / 60;

    // A failed run breaches at least one period; its retries may fall into the next.
    expect(Math.min(windowMinutes / every, alarm.EvaluationPeriods)).toBeGreaterThanOrEqual(alarm.DatapointsToAlarm);
  });
});

describe('docs/runbook.md', () => {
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
  const sections = new Map(
    runbook
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), section]),
  );

  it('has exactly one section per alarm', () => {
    const [withAlarm = ''] = runbook.split('<!-- situations without an alarm -->');
    const headings = [...sections.keys()].filter((heading) => withAlarm.includes(`\n## ${heading}\n`));

    expect(headings.sort()).toEqual(alarms.map(({ AlarmName }) => AlarmName.slice(PREFIX.length)).sort());
  });

  it('has a meaning, an investigation and a resolution in each section', () => {
    for (const section of sections.values()) {
      const parts = section.split(/^### /m).slice(1);

      expect(parts.map((part) => part.slice(0, part.indexOf('\n')))).toEqual([
        'Meaning',
        'Investigation',
        'Resolution',
      ]);
      for (const part of parts) expect(part.slice(part.indexOf('\n')).trim()).not.toBe('');
    }
  });

  it('has no dead links to sections', () => {
    const links = [...runbook.matchAll(/\]\(#([\w-]+)\)/g)].map(([, name]) => name);

    expect(links.filter((name) => !sections.has(String(name)))).toEqual([]);
  });
});

describe('alarm topic', () => {
  const [[, policy] = []] = resourcesOf('prod', 'AWS::SNS::TopicPolicy');
  const [[keyId, key] = []] = resourcesOf('prod', 'AWS::KMS::Key');
  const cloudWatch = {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };

  it('is encrypted with a key that CloudWatch alarms of this account may use', () => {
    expect(topic?.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [keyId, 'Arn'] });
    expect(key?.Properties.EnableKeyRotation).toBe(true);
    expect(key?.Properties.KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({ ...cloudWatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
    );
  });

  it('accepts messages from alarms of this account, over TLS only', () => {
    expect(policy?.Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({ ...cloudWatch, Action: 'sns:Publish' }),
    ]);
  });

  it('has an email subscription only when --context alarmEmail is set', () => {
    const subscriptions = (context = {}) =>
      Object.values(Template.fromStack(appOf('prod', context).service).findResources('AWS::SNS::Subscription'));

    expect(subscriptions()).toEqual([]);
    expect(subscriptions({ alarmEmail: 'ops@shop.example' })).toMatchObject([
      { Properties: { Protocol: 'email', Endpoint: 'ops@shop.example', TopicArn: { Ref: topicId } } },
    ]);
  });
});

describe('dashboards', () => {
  const dashboards = resourcesOf('prod', 'AWS::CloudWatch::Dashboard').map(([, { Properties }]) => Properties);
  const bodies = dashboards.map(({ DashboardBody }) => JSON.stringify(DashboardBody));

  it('are settle-once-prod-shop and settle-once-prod-engineers', () => {
    expect(dashboards.map(({ DashboardName }) => DashboardName).sort()).toEqual([
      'settle-once-prod-engineers',
      'settle-once-prod-shop',
    ]);
  });

  it('both show the states of all alarms', () => {
    const ids = resourcesOf('prod', 'AWS::CloudWatch::Alarm').map(([id]) => id);

    for (const body of bodies) expect(ids.filter((id) => !body.includes(`"${id}"`))).toEqual([]);
  });

  it('show the failure rate of every settlement step', () => {
    const shop = bodies.find((body) => body.includes('StepFailed')) ?? '';
    const steps = Object.values(WORKFLOW_STEPS).flat();

    expect(steps.filter((step) => !shop.includes(`\\"${step}\\"`))).toEqual([]);
  });

  it('show every metric of the shop', () => {
    expect(Object.keys(METRICS).filter((name) => !bodies.some((body) => body.includes(`\\"${name}\\"`)))).toEqual([]);
  });
});

it('HTTP API has no detailed metrics, which are billed like custom metrics', () => {
  const [[, stage] = []] = resourcesOf('prod', 'AWS::ApiGatewayV2::Stage');

  expect(stage?.Properties.DefaultRouteSettings.DetailedMetricsEnabled).not.toBe(true);
});

it('RequestThrottled counts status 429 in the access log of the HTTP API', () => {
  const [[, filter] = []] = resourcesOf('prod', 'AWS::Logs::MetricFilter');
  const [[, stage] = []] = resourcesOf('prod', 'AWS::ApiGatewayV2::Stage');

  expect(filter?.Properties).toMatchObject({
    FilterPattern: '{ $.status = "429" }',
    LogGroupName: { Ref: stage?.Properties.AccessLogSettings.DestinationArn['Fn::GetAtt'][0] },
    MetricTransformations: [{ MetricNamespace: 'SettleOnce/prod', MetricName: 'RequestThrottled', MetricValue: '1' }],
  });
  expect(JSON.parse(stage?.Properties.AccessLogSettings.Format)).toMatchObject({ status: '$context.status' });
});
