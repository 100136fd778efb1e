import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiGatewayV2Client, GetStageCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { deployedStage } from '../../../ops/deployed-stage.ts';
import { runSecondInterpreter } from '../../support/in-memory/second-interpreter.ts';

const apiGateway = mockClient(ApiGatewayV2Client);
const cloudFormation = mockClient(CloudFormationClient);
const secretsManager = mockClient(SecretsManagerClient);

const SANDBOX = { stage: 'sandbox' } as const;

const OUTPUTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'settle-once-sandbox-data': {},
  'settle-once-sandbox-service': {
    Settings: '{"originCheck":"off"}',
    PayPalUrl: 'https://api-m.sandbox.paypal.com',
    ApiUrl: 'https://api.example',
    ApiId: 'api1',
    StateMachineArn: 'arn:machine',
  },
  'settle-once-sandbox-web': { WebUrl: 'https://shop.example' },
  'settle-once-local-data': {},
  'settle-once-local-service': { Settings: '{}', PayPalUrl: 'http://127.0.0.1:4000', StateMachineArn: 'arn:local' },
};

beforeEach(() => {
  cloudFormation.reset();
  cloudFormation.on(DescribeStacksCommand).callsFake(async ({ StackName }) => {
    const outputs = OUTPUTS[StackName];
    if (!outputs) throw new Error(`Stack with id ${StackName} does not exist`);
    const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    return { Stacks: [{ Outputs }] };
  });
  secretsManager.reset();
});

describe('deployedStage', () => {
  it('finds the shop on this machine by its stack.json', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deployed-stage-'));
    const stackFile = join(folder, 'stack.json');
    const content = { front_door_url: 'http://127.0.0.1:8080', api_url: 'http://127.0.0.1:4566/api' };
    await writeFile(stackFile, JSON.stringify(content));

    const { webUrl, apiUrl, stage } = await deployedStage({ stackFile });

    expect({ webUrl, apiUrl }).toEqual({ webUrl: content.front_door_url, apiUrl: content.api_url });
    expect(stage).toMatchObject({ name: 'local', payPal: { baseUrl: 'http://127.0.0.1:4000' } });
    await rm(folder, { recursive: true });
  });

  it('throws when no shop runs on this machine', async () => {
    await expect(deployedStage({ stackFile: '/missing/stack.json' })).rejects.toThrow('run npm start');
  });

  it('throws when the stage is not deployed', async () => {
    await expect(deployedStage({ stage: 'prod' })).rejects.toThrow('not deployed');
  });

  it('has what the settings of the deployment switch on and off', async () => {
    const { stage } = await deployedStage(SANDBOX);

    expect(stage).toMatchObject({ name: 'sandbox', originCheck: false, isProtected: false });
  });

  it('reads complete throttles', async () => {
    apiGateway.on(GetStageCommand).resolves({
      DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
      RouteSettings: {
        'POST /webhooks/paypal': { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
        'GET /api/v1/products': { DetailedMetricsEnabled: true },
      },
    });

    const { throttles } = await deployedStage(SANDBOX);

    expect(await throttles()).toEqual({
      default: { rateLimit: 500, burstLimit: 1000 },
      'POST /webhooks/paypal': { rateLimit: 200, burstLimit: 400 },
    });
  });

  it('starts an execution that fails, and runs no step', async () => {
    const stepFunctions = mockClient(SFNClient).on(StartExecutionCommand).resolves({});

    await (await deployedStage(SANDBOX)).executions.startFailing('pay_1-verify');

    const [start] = stepFunctions.commandCalls(StartExecutionCommand);
    const { stateMachineArn, name, input = '' } = start?.args[0].input ?? {};
    expect({ stateMachineArn, name }).toEqual({ stateMachineArn: 'arn:machine', name: 'pay_1-verify' });
    expect(await runSecondInterpreter(JSON.parse(input), () => ({}))).toMatchObject({ attempts: [], succeeded: false });
  });

  it('reads the PayPal secret when a check needs it, and not before', async () => {
    secretsManager.on(GetSecretValueCommand).rejects(new Error('AccessDenied'));

    const stage = await deployedStage(SANDBOX);

    for (const read of [stage.secret, stage.webhooks, stage.mayReadLedger])
      await expect(read()).rejects.toThrow('AccessDenied');
  });
});
