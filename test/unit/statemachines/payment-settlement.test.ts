import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../../src/shared/settlement.ts';
import { arnPlaceholder, WORKFLOW_SERVICES, WORKFLOW_STEPS } from '../../../src/shared/workflow-steps.ts';

interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly step: string };
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts: number;
    readonly JitterStrategy: string;
  }[];
  readonly Catch?: unknown;
  readonly Branches?: readonly Machine[];
  readonly Choices?: readonly { readonly Variable: string; readonly StringEquals: string; readonly Next: string }[];
}
interface Machine {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

const source = readFileSync(new URL('../../../statemachines/payment-settlement.asl.json', import.meta.url), 'utf8');
const machine: Machine = JSON.parse(source);

function* everyState({ States }: Machine): Generator<readonly [string, State]> {
  for (const [name, state] of Object.entries(States)) {
    yield [name, state];
    for (const branch of state.Branches ?? []) yield* everyState(branch);
  }
}
const states = [...everyState(machine)];
const tasks = states.filter(([, { Type }]) => Type === 'Task');

/** Errors that pass by themselves: https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html */
const PASSING = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
  'States.TaskFailed',
];

/** Each step with the service that the state machine calls for it. */
const stepsOf = (resource: string | undefined): readonly string[] =>
  WORKFLOW_SERVICES.flatMap((service) =>
    resource === `\${${arnPlaceholder(service)}}` ? WORKFLOW_STEPS[service] : [],
  );

describe('the workflow', () => {
  it('is valid Amazon States Language', () => {
    const filled = JSON.parse(source.replaceAll(/\$\{\w+\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:step'));

    const { isValid, errorsText } = validate(filled);

    expect({ isValid, errors: errorsText('\n') }).toEqual({ isValid: true, errors: '' });
  });

  it('ends after an hour at the latest', () => {
    expect(machine.TimeoutSeconds).toBe(3600);
  });

  it('has a way for every outcome', () => {
    expect(machine.States[machine.StartAt]?.Choices?.map(({ StringEquals }) => StringEquals).toSorted()).toEqual(
      OUTCOMES.toSorted(),
    );
  });

  it('has no state that fails on purpose, for such an execution could not be redriven', () => {
    expect(states.filter(([, { Type, Catch }]) => Type === 'Fail' || Catch)).toEqual([]);
  });

  it('says of every state what it is for', () => {
    expect(states.filter(([, { Type, Comment }]) => Type !== 'Choice' && !Comment)).toEqual([]);
  });

  it('takes four state transitions to deliver a purchase beside the choice of what to do', () => {
    const [purchase] = states.filter(([name]) => name === 'DeliverPurchase');
    const entered = 1 + (purchase?.[1].Branches ?? []).flatMap(({ States }) => Object.keys(States)).length;
    expect(entered).toBe(4);
  });
});

describe.each(tasks)('the task %s', (_, task) => {
  it('times out', () => {
    expect(task.TimeoutSeconds).toBe(30);
  });

  it('tries again whatever passes by itself, with jitter', () => {
    expect(task.Retry).toHaveLength(1);
    expect(task.Retry?.[0]).toMatchObject({ ErrorEquals: PASSING, JitterStrategy: 'FULL' });
    expect(task.Retry?.[0]?.MaxAttempts).toBeGreaterThan(1);
  });

  it('is a step that its service has', () => {
    expect(stepsOf(task.Resource)).toContain(task.Parameters?.step);
  });
});

it.each(WORKFLOW_SERVICES)('the workflow uses every step of %s', (service) => {
  const used = tasks.map(([, { Parameters }]) => Parameters?.step);

  expect(WORKFLOW_STEPS[service].filter((step) => !used.includes(step))).toEqual([]);
});
