import { ApiGatewayV2Client, GetStageCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { deployedStage } from '../../../ops/deployed-stage.ts';

const apiGateway = mockClient(ApiGatewayV2Client);
const cloudFormation = mockClient(CloudFormationClient);
const secretsManager = mockClient(SecretsManagerClient);

const OUTPUTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'settle-once-sandbox-data': {},
  'settle-once-sandbox-service': { Settings: '{"originCheck":"off"}', PayPalUrl: 'https://api-m.sandbox.paypal.com' },
  'settle-once-sandbox-web': { WebUrl: 'https://shop.example' },
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
  it('throws when the stage is not deployed', async () => {
    await expect(deployedStage('prod')).rejects.toThrow('not deployed');
  });

  it('has what the settings of the deployment switch on and off', async () => {
    const { stage } = await deployedStage('sandbox');

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

    const { throttles } = await deployedStage('sandbox');

    expect(await throttles()).toEqual({
      default: { rateLimit: 500, burstLimit: 1000 },
      'POST /webhooks/paypal': { rateLimit: 200, burstLimit: 400 },
    });
  });

  it('reads the PayPal secret when a check needs it, and not before', async () => {
    secretsManager.on(GetSecretValueCommand).rejects(new Error('AccessDenied'));

    const stage = await deployedStage('sandbox');

    for (const read of [stage.secret, stage.webhooks, stage.mayReadLedger])
      await expect(read()).rejects.toThrow('AccessDenied');
  });
});
