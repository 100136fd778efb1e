import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stageFrom } from '../../../lib/stages.ts';
import { withStepRetry } from '../../../lib/step-retry.ts';
import { appOf, resourcesOf } from './synth.ts';

const machineOf = (stage: 'prod' | 'local') => {
  const [[, machine] = []] = resourcesOf(stage, 'AWS::StepFunctions::StateMachine');
  return machine?.Properties;
};
const source = readFileSync(new URL('../../../statemachines/payment-settlement.asl.json', import.meta.url), 'utf8');
const placeholdersOf = (definition: string) => [
  ...new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name)),
];

interface RetryRule {
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
}

function retryRulesOf(definition: string): RetryRule[] {
  const rules: RetryRule[] = [];
  JSON.parse(definition, (key, value) => {
    if (key === 'Retry') rules.push(...value);
    return value;
  });
  return rules;
}

/** The longest time between the first attempt and the last: the sum of the delays without jitter. */
const secondsOf = ({ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }: RetryRule) =>
  Array.from({ length: MaxAttempts }, (_, i) => Math.min(IntervalSeconds * BackoffRate ** i, MaxDelaySeconds)).reduce(
    (sum, delay) => sum + delay,
    0,
  );

describe('payment-settlement state machine', () => {
  it('fills every placeholder of its definition, and no other', () => {
    expect(placeholdersOf(machineOf('prod').DefinitionString).sort()).toEqual(
      Object.keys(machineOf('prod').DefinitionSubstitutions).sort(),
    );
  });

  it('is a Standard workflow, so that it can be redriven', () => {
    expect(machineOf('prod').StateMachineType).toBe('STANDARD');
  });

  it('has the name that functions start it by', () => {
    expect(machineOf('prod').StateMachineName).toBe('settle-once-prod-payment-settlement');
  });

  // Each purchase would pay for log and traces: Step Functions keeps the history of an execution for 90 days anyway.
  it('logs errors without execution data, and is not traced', () => {
    expect(machineOf('prod').LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
    expect(machineOf('prod').TracingConfiguration).toBeUndefined();
  });

  it.each(['prod', 'local'] as const)('is the file in statemachines/ with the retry policy of stage %s', (name) => {
    const { stepRetry } = stageFrom(appOf(name).app.node);

    expect(machineOf(name).DefinitionString).toBe(withStepRetry(source, stepRetry));
  });

  it('retries a failing step for minutes on prod', () => {
    const rules = retryRulesOf(machineOf('prod').DefinitionString);

    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) {
      expect(secondsOf(rule)).toBeGreaterThanOrEqual(120);
      expect(secondsOf(rule)).toBeLessThanOrEqual(300);
    }
  });

  it('retries a failing step for seconds on local', () => {
    const rules = retryRulesOf(machineOf('local').DefinitionString);

    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(secondsOf(rule)).toBeLessThanOrEqual(3);
  });
});

describe('execution events', () => {
  const rules = resourcesOf('prod', 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
  const failed = rules.find(({ EventPattern }) => EventPattern.detail.status.includes('FAILED'));

  it('go to the dead-letter queue and the recorder when an execution fails, times out or is aborted', () => {
    expect(failed?.Targets.map(({ Arn }: { Arn: unknown }) => Arn)).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^deadletterssettlements/), 'Arn'] },
      { 'Fn::GetAtt': [expect.stringMatching(/^settlements/), 'Arn'] },
    ]);
    expect(failed?.EventPattern).toMatchObject({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    });
  });

  it('go to the recorder when an execution succeeds', () => {
    const succeeded = rules.filter(({ EventPattern }) => EventPattern.detail.status.includes('SUCCEEDED'));

    expect(succeeded).toMatchObject([
      {
        EventPattern: { source: ['aws.states'], 'detail-type': ['Step Functions Execution Status Change'] },
        Targets: [{ Arn: { 'Fn::GetAtt': [expect.stringMatching(/^settlements/), 'Arn'] } }],
      },
    ]);
  });

  it('go to the undelivered queue when a target cannot be reached for a day', () => {
    for (const { Targets } of rules) {
      for (const target of Targets) {
        expect(target.DeadLetterConfig.Arn).toEqual({ 'Fn::GetAtt': [expect.stringContaining('undelivered'), 'Arn'] });
        expect(target.RetryPolicy).toEqual({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 });
      }
    }
  });

  it('are retained for 14 days, as long as an execution can be redriven', () => {
    const queues = resourcesOf('prod', 'AWS::SQS::Queue').filter(([, { Properties }]) => !Properties.RedrivePolicy);

    expect(queues).toHaveLength(2);
    for (const [, { Properties }] of queues) {
      expect(Properties).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 60 * 60, SqsManagedSseEnabled: true });
    }
  });

  it('come from this state machine only', () => {
    for (const { EventPattern } of rules) {
      expect(EventPattern.detail.stateMachineArn).toEqual([{ Ref: expect.stringContaining('settlementmachine') }]);
    }
  });
});
