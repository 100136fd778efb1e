import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { Schedules } from '../../../lib/constructs/schedules.ts';
import { stageFrom } from '../../../lib/stages.ts';
import { type Resource, resourcesOf } from './synth.ts';

const stack = new Stack(new App(), 'stack');
const functionOf = (id: string) =>
  new LambdaFunction(stack, id, {
    code: Code.fromInline('//'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });
const [reconciler, checker] = [functionOf('reconciler'), functionOf('checker')];
new Schedules(stack, 'schedules', {
  stage: stageFrom(new App({ context: { stage: 'prod' } }).node),
  undelivered: new Queue(stack, 'undelivered'),
  jobs: [
    { name: 'payments', target: reconciler, input: { job: 'payments' }, everyMinutes: 5 },
    { name: 'dead-letters', target: reconciler, input: { job: 'dead-letters' }, everyMinutes: 5 },
    { name: 'check', target: checker, input: {}, everyMinutes: 1 },
  ],
});
const template = Template.fromStack(stack);
const propertiesOf = (type: string) =>
  Object.values(template.findResources(type) as Record<string, Resource>).map(({ Properties }) => Properties);
const schedules = propertiesOf('AWS::Scheduler::Schedule');
const roles = propertiesOf('AWS::IAM::Role').filter(({ AssumeRolePolicyDocument }) =>
  JSON.stringify(AssumeRolePolicyDocument).includes('scheduler.amazonaws.com'),
);

describe('schedules', () => {
  it('invoke their function with their input at their rate', () => {
    expect(
      schedules.map(({ Name, ScheduleExpression, Target }) => [Name, ScheduleExpression, Target.Input, Target.Arn]),
    ).toEqual([
      [
        'payments',
        'rate(5 minutes)',
        '{"job":"payments"}',
        { 'Fn::GetAtt': [expect.stringMatching(/^reconciler/), 'Arn'] },
      ],
      [
        'dead-letters',
        'rate(5 minutes)',
        '{"job":"dead-letters"}',
        { 'Fn::GetAtt': [expect.stringMatching(/^reconciler/), 'Arn'] },
      ],
      ['check', 'rate(1 minute)', '{}', { 'Fn::GetAtt': [expect.stringMatching(/^checker/), 'Arn'] }],
    ]);
  });

  it('are in the group of their stage', () => {
    expect(propertiesOf('AWS::Scheduler::ScheduleGroup')).toMatchObject([{ Name: 'settle-once-prod' }]);
    for (const { GroupName } of schedules) expect(GroupName).toBe('settle-once-prod');
  });

  it('retry until the next run, then use the dead-letter queue', () => {
    for (const { Target, ScheduleExpression } of schedules) {
      const minutes = Number(/\d+/.exec(ScheduleExpression)?.[0]);
      expect(Target.RetryPolicy).toEqual({ MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: minutes * 60 });
      expect(Target.DeadLetterConfig).toEqual({
        Arn: { 'Fn::GetAtt': [expect.stringMatching(/^undelivered/), 'Arn'] },
      });
    }
  });
});

describe('roles of schedules', () => {
  it('may only invoke one function and send to the dead-letter queue', () => {
    const policies = propertiesOf('AWS::IAM::Policy').map(({ PolicyDocument }) => PolicyDocument.Statement);

    expect(roles).toHaveLength(2);
    expect(policies).toEqual(
      ['reconciler', 'checker'].map((name) => [
        {
          Effect: 'Allow',
          Action: 'lambda:InvokeFunction',
          Resource: { 'Fn::GetAtt': [expect.stringMatching(`^${name}`), 'Arn'] },
        },
        {
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': [expect.stringMatching(/^undelivered/), 'Arn'] },
        },
      ]),
    );
  });

  it('are assumable by schedules of this stage only', () => {
    for (const { AssumeRolePolicyDocument } of roles) {
      expect(AssumeRolePolicyDocument.Statement[0].Condition).toEqual({
        StringEquals: {
          'aws:SourceAccount': { Ref: 'AWS::AccountId' },
          'aws:SourceArn': { 'Fn::GetAtt': [expect.stringContaining('group'), 'Arn'] },
        },
      });
    }
  });
});

it('prod schedules every reconciliation job and the consistency check', () => {
  const schedules = resourcesOf('prod', 'AWS::Scheduler::Schedule').map(([, { Properties }]) => {
    const { Name, ScheduleExpression, State = 'ENABLED', Target } = Properties;
    return [Name, ScheduleExpression, State, Target.Input, Target.Arn['Fn::GetAtt'][0].replace(/[0-9A-F]{8}$/, '')];
  });

  const reconciliation = (job: string, rate = 'rate(5 minutes)') => [
    job,
    rate,
    'ENABLED',
    `{"job":"${job}"}`,
    'reconciliation',
  ];
  expect(schedules.sort()).toEqual(
    [
      reconciliation('payments'),
      reconciliation('reservations'),
      reconciliation('inbox'),
      reconciliation('dead-letters'),
      reconciliation('events', 'rate(1 hour)'),
      reconciliation('ledger', 'rate(1 hour)'),
      ['consistency', 'rate(15 minutes)', 'ENABLED', '{}', 'consistency'],
    ].sort(),
  );
});
