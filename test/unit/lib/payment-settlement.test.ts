import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withRetries } from '../../../lib/constructs/payment-settlement.ts';
import { resourcesOf } from './synth.ts';

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

/** How long a step is tried for, at most: the sum of its pauses. */
const secondsOf = ({ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }: RetryRule) =>
  Array.from({ length: MaxAttempts }, (_, i) => Math.min(IntervalSeconds * BackoffRate ** i, MaxDelaySeconds)).reduce(
    (sum, pause) => sum + pause,
    0,
  );

describe('the settlement workflow', () => {
  it('fills every placeholder of its definition, and no other', () => {
    expect(placeholdersOf(machineOf('prod').DefinitionString).sort()).toEqual(
      Object.keys(machineOf('prod').DefinitionSubstitutions).sort(),
    );
  });

  it('can be redriven: it is a standard one', () => {
    expect(machineOf('prod').StateMachineType).toBe('STANDARD');
  });

  it('has the name by which the functions start it', () => {
    expect(machineOf('prod').StateMachineName).toBe('settle-once-prod-payment-settlement');
  });

  it('logs all its steps, without what they are about', () => {
    expect(machineOf('prod').LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(machineOf('prod').TracingConfiguration).toEqual({ Enabled: true });
  });

  it('is the file in statemachines/, but for the pace of its retries', () => {
    const pace = { intervalSeconds: 2, maxAttempts: 8, backoffRate: 2, maxDelaySeconds: 60 };

    expect(machineOf('prod').DefinitionString).toBe(withRetries(source, pace));
    expect(withRetries(machineOf('local').DefinitionString, pace)).toBe(machineOf('prod').DefinitionString);
  });

  it('keeps at a sick step for minutes where the money is real', () => {
    const rules = retryRulesOf(machineOf('prod').DefinitionString);

    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) {
      expect(secondsOf(rule)).toBeGreaterThanOrEqual(120);
      expect(secondsOf(rule)).toBeLessThanOrEqual(300);
    }
  });

  it('gives up within seconds on the laptop', () => {
    const rules = retryRulesOf(machineOf('local').DefinitionString);

    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(secondsOf(rule)).toBeLessThanOrEqual(3);
  });
});

describe('a settlement that failed', () => {
  const rules = resourcesOf('prod', 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
  const failed = rules.find(({ EventPattern }) => EventPattern.detail.status.includes('FAILED'));

  it('goes on the queue of dead letters and is taken down, however it failed', () => {
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

  it('and one that succeeded, are taken down by the same function', () => {
    const succeeded = rules.filter(({ EventPattern }) => EventPattern.detail.status.includes('SUCCEEDED'));

    expect(succeeded).toMatchObject([
      {
        EventPattern: { source: ['aws.states'], 'detail-type': ['Step Functions Execution Status Change'] },
        Targets: [{ Arn: { 'Fn::GetAtt': [expect.stringMatching(/^settlements/), 'Arn'] } }],
      },
    ]);
  });

  it('is not lost when the queue does not take it', () => {
    for (const { Targets } of rules) {
      for (const target of Targets) {
        expect(target.DeadLetterConfig.Arn).toEqual({ 'Fn::GetAtt': [expect.stringContaining('undelivered'), 'Arn'] });
        expect(target.RetryPolicy).toEqual({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 });
      }
    }
  });

  it('stays on the queue for 14 days, as long as it can be redriven', () => {
    const queues = resourcesOf('prod', 'AWS::SQS::Queue');

    expect(queues).toHaveLength(2);
    for (const [, { Properties }] of queues) {
      expect(Properties).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 60 * 60, SqsManagedSseEnabled: true });
    }
  });

  it('is of this workflow: the rules hear of no other', () => {
    for (const { EventPattern } of rules) {
      expect(EventPattern.detail.stateMachineArn).toEqual([{ Ref: expect.stringContaining('settlementmachine') }]);
    }
  });
});
