import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { servicesOfWorkflow } from '../../../src/admin-api/aws-status.ts';

const region = 'eu-central-1';
const MACHINE = `arn:aws:states:${region}:000000000000:stateMachine:payment-settlement`;

describe('servicesOfWorkflow', () => {
  it('returns the state of each function in the definition, with one request each', async () => {
    const [stepFunctions, lambda] = [new SFNClient({ region }), new LambdaClient({ region })];
    const task = (name: string) => ({
      Type: 'Task',
      Resource: `arn:aws:lambda:${region}:000000000000:function:${name}`,
    });
    const definition = { States: { A: task('stock-1X'), B: task('order_2'), C: task('stock-1X'), D: task('gone') } };
    mockClient(stepFunctions)
      .on(DescribeStateMachineCommand, { stateMachineArn: MACHINE })
      .resolves({ definition: JSON.stringify(definition) });
    const functions = mockClient(lambda)
      .on(GetFunctionConfigurationCommand, { FunctionName: 'stock-1X' })
      .resolves({ State: 'Active' })
      .on(GetFunctionConfigurationCommand, { FunctionName: 'order_2' })
      .resolves({ State: 'Failed' })
      .on(GetFunctionConfigurationCommand, { FunctionName: 'gone' })
      .rejects(Object.assign(new Error('no such function'), { name: 'ResourceNotFoundException' }));

    expect(await servicesOfWorkflow(stepFunctions, lambda, MACHINE)()).toEqual({
      'stock-1X': 'Active',
      order_2: 'Failed',
      gone: 'ResourceNotFoundException',
    });
    expect(functions.calls()).toHaveLength(3);
  });
});
