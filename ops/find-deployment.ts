import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { payPalSecretName, TABLE_NAMES, type TableName, tableOutput } from '../lib/names.ts';
import { type ClientOptions, CREDENTIALS } from '../local/ministack.ts';

/** The options by which a command is told which shop it is about: `[--stage prod]`, else the one on this machine. */
export const DEPLOYMENT_OPTIONS = { stage: { type: 'string' }, 'stack-file': { type: 'string' } } as const;

/** What those options were given. */
export interface DeploymentSelector {
  readonly stage?: string | undefined;
  /** @default - .local/stack.json of the project */
  readonly 'stack-file'?: string | undefined;
}

/** Where the parts of a shop are that a command works on. */
export interface Shop {
  /** What makes a client of the AWS SDK find it; on AWS, environment and profile do. */
  readonly clientOptions: ClientOptions | Record<string, never>;
  readonly tables: Readonly<Record<TableName, string>>;
  readonly userPoolId: string;
}

/** What a command needs to talk to a shop's PayPal. */
export interface PayPalConfig extends Pick<Shop, 'clientOptions'> {
  /** Origin of the REST API. */
  readonly baseUrl: string;
  /** The secret with `{client_id, client_secret, webhook_id}`. */
  readonly secretName: string;
  /** Where PayPal is to send its events. */
  readonly webhookUrl: string;
}

/**
 * Finds a shop: a stage on AWS by the outputs of its stacks, the one on this machine by its stack.json.
 * @throws Error when there is none.
 */
export async function findDeployment({ stage, ...where }: DeploymentSelector): Promise<Shop> {
  if (stage) {
    const output = await outputsOf(`settle-once-${stage}-data`);
    return {
      clientOptions: {},
      tables: Object.fromEntries(TABLE_NAMES.map((name) => [name, output(tableOutput(name))])) as Shop['tables'],
      userPoolId: output('UserPoolId'),
    };
  }
  const { tables, operator, ...stack } = stackHere(where);
  return { clientOptions: optionsFor(stack), tables, userPoolId: operator.user_pool_id };
}

/**
 * Finds a shop's PayPal, in the same way.
 * @throws Error when there is none.
 */
export async function findPayPal({ stage, ...where }: DeploymentSelector): Promise<PayPalConfig> {
  if (stage) {
    const [service, web] = await Promise.all([
      outputsOf(`settle-once-${stage}-service`),
      outputsOf(`settle-once-${stage}-web`),
    ]);
    return {
      clientOptions: {},
      baseUrl: service('PayPalUrl'),
      secretName: payPalSecretName(stage),
      webhookUrl: `${web('WebUrl')}/webhooks/paypal`,
    };
  }
  const { simulator_url, front_door_url, ...stack } = stackHere(where);
  return {
    clientOptions: optionsFor(stack),
    baseUrl: simulator_url,
    secretName: payPalSecretName('local'),
    webhookUrl: `${front_door_url}/webhooks/paypal`,
  };
}

/**
 * Finds the ARN of a shop's workflow, in the same way.
 * @throws Error when there is none.
 */
export async function findWorkflow({ stage, ...where }: DeploymentSelector): Promise<string> {
  if (stage) return (await outputsOf(`settle-once-${stage}-service`))('StateMachineArn');
  return stackHere(where).state_machine_arn;
}

function stackHere(where: DeploymentSelector) {
  const file = where['stack-file'] ?? join(import.meta.dirname, '../.local/stack.json');
  if (!existsSync(file)) throw new Error('no shop is running here: start it with npm start, or name a --stage');
  return JSON.parse(readFileSync(file, 'utf8'));
}

const optionsFor = ({ aws_endpoint_url, region }: { aws_endpoint_url: string; region: string }): ClientOptions => ({
  endpoint: aws_endpoint_url,
  region,
  credentials: CREDENTIALS,
});

async function outputsOf(StackName: string): Promise<(key: string) => string> {
  const client = new CloudFormationClient({});
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  client.destroy();
  return (key) => {
    const value = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
    if (!value) throw new Error(`the stack ${StackName} has no output ${key}: deploy it again`);
    return value;
  };
}
