import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { DEFAULT_STEP_RETRY, RETRIED_ERRORS, withStepRetry } from '../../../lib/step-retry.ts';
import { OUTCOMES } from '../../../src/shared/settlement.ts';
import { arnPlaceholder, WORKFLOW_SERVICES, WORKFLOW_STEPS } from '../../../src/shared/workflow-steps.ts';

interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly step: string };
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly object[];
  readonly Catch?: unknown;
  readonly Branches?: readonly Machine[];
  readonly Choices?: readonly { readonly Variable: string; readonly StringEquals: string; readonly Next: string }[];
}
interface Machine {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

function* everyState({ States }: Machine): Generator<readonly [string, State]> {
  for (const [name, state] of Object.entries(States)) {
    yield [name, state];
    for (const branch of state.Branches ?? []) yield* everyState(branch);
  }
}
const isTask = ([, { Type }]: readonly [string, State]) => Type === 'Task';

const source = readFileSync(new URL('../../../statemachines/payment-settlement.asl.json', import.meta.url), 'utf8');
const synthesized = withStepRetry(source, DEFAULT_STEP_RETRY);
const machine: Machine = JSON.parse(synthesized);
const states = [...everyState(machine)];
const tasks = states.filter(isTask);

/** The steps of the service that a task calls. */
const stepsBehind = (resource: string | undefined): readonly string[] =>
  WORKFLOW_SERVICES.flatMap((service) =>
    resource === `\${${arnPlaceholder(service)}}` ? WORKFLOW_STEPS[service] : [],
  );

describe('payment-settlement state machine', () => {
  it('is valid Amazon States Language', () => {
    const filled = JSON.parse(
      synthesized.replaceAll(/\$\{\w+\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:step'),
    );

    const { isValid, errorsText } = validate(filled);

    expect({ isValid, errors: errorsText('\n') }).toEqual({ isValid: true, errors: '' });
  });

  it('times out after an hour', () => {
    expect(machine.TimeoutSeconds).toBe(3600);
  });

  it('routes every outcome', () => {
    expect(machine.States[machine.StartAt]?.Choices?.map(({ StringEquals }) => StringEquals).toSorted()).toEqual(
      OUTCOMES.toSorted(),
    );
  });

  it('has no Fail state and no Catch, so that a failed execution can be redriven', () => {
    expect(states.filter(([, { Type, Catch }]) => Type === 'Fail' || Catch)).toEqual([]);
  });

  it('leaves the retry policy of every task to synthesis', () => {
    expect([...everyState(JSON.parse(source))].filter(([, { Retry }]) => Retry)).toEqual([]);
  });

  it('comments every state but choices', () => {
    expect(states.filter(([, { Type, Comment }]) => Type !== 'Choice' && !Comment)).toEqual([]);
  });

  it('delivers a purchase with one state transition per branch', () => {
    const branches = machine.States.DeliverPurchase?.Branches ?? [];

    expect(branches.length).toBeGreaterThanOrEqual(3);
    for (const { States } of branches) expect(Object.keys(States)).toHaveLength(1);
  });

  it.each(WORKFLOW_SERVICES)('uses every step of %s', (service) => {
    const used = tasks.map(([, { Parameters }]) => Parameters?.step);

    expect(WORKFLOW_STEPS[service].filter((step) => !used.includes(step))).toEqual([]);
  });
});

describe.each(tasks)('task %s', (name, task) => {
  it('times out', () => {
    expect(task.TimeoutSeconds).toBe(30);
  });

  it('is retried on every retryable error, as often as the stage sets, with jitter', () => {
    expect(task.Retry).toMatchObject([
      { ErrorEquals: RETRIED_ERRORS, MaxAttempts: DEFAULT_STEP_RETRY.maxAttempts, JitterStrategy: 'FULL' },
    ]);
  });

  it('follows the retry policy when its numbers change', () => {
    const doubled = { ...DEFAULT_STEP_RETRY, maxAttempts: 2 * DEFAULT_STEP_RETRY.maxAttempts };

    const changed = [...everyState(JSON.parse(withStepRetry(source, doubled)))].find(([other]) => other === name);

    expect(changed?.[1].Retry).toMatchObject([{ MaxAttempts: doubled.maxAttempts }]);
  });

  it('calls the service that runs its step', () => {
    expect(stepsBehind(task.Resource)).toContain(task.Parameters?.step);
  });
});
