import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { deployedStage } from '../../../ops/deployed-stage.ts';

const cloudFormation = mockClient(CloudFormationClient);
const secretsManager = mockClient(SecretsManagerClient);

const OUTPUTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'settle-once-sandbox-data': {},
  'settle-once-sandbox-service': { Settings: '{}', PayPalUrl: 'https://api-m.sandbox.paypal.com' },
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

  it('reads the PayPal secret when a check needs it, and not before', async () => {
    secretsManager.on(GetSecretValueCommand).rejects(new Error('AccessDenied'));

    const stage = await deployedStage('sandbox');

    for (const read of [stage.secret, stage.webhooks, stage.mayReadLedger])
      await expect(read()).rejects.toThrow('AccessDenied');
  });
});
