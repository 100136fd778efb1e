import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { Option } from '@commander-js/extra-typings';
import { payPalSecretName, STAGE_NAMES, TABLE_NAMES, type TableName, tableOutput } from '../lib/names.ts';
import { type ClientOptions, EMULATOR_CREDENTIALS } from './emulator-client.ts';
import { stackOutputs } from './stack-outputs.ts';

/** Stages on AWS. */
export const AWS_STAGES = STAGE_NAMES.filter((name) => name !== 'local');
export type AwsStage = (typeof AWS_STAGES)[number];

/** With STACK_FILE, the options that select a deployment. */
export const STAGE = new Option('--stage <name>', 'a stage on AWS, instead of the shop on this machine').choices(
  AWS_STAGES,
);
export const STACK_FILE = new Option(
  '--stack-file <path>',
  'the stack.json of another shop on this machine (default: .local/stack.json)',
).conflicts('stage');

export interface DeploymentSelector {
  readonly stage?: AwsStage | undefined;
  /** @default - .local/stack.json of the project */
  readonly stackFile?: string | undefined;
}

/** The resources of a deployed shop that commands work on. */
export interface ShopResources {
  /** For clients of the AWS SDK. Empty on AWS, where environment and profile apply. */
  readonly clientOptions: ClientOptions | Record<string, never>;
  readonly tables: Readonly<Record<TableName, string>>;
  readonly userPoolId: string;
}

export interface PayPalConfig extends Pick<ShopResources, 'clientOptions'> {
  /** Origin of the REST API. */
  readonly baseUrl: string;
  /** The secret with `{client_id, client_secret, webhook_id}`. */
  readonly secretName: string;
  /** The URL that PayPal delivers webhooks to. */
  readonly webhookUrl: string;
}

/**
 * Finds a stage on AWS by the outputs of its stacks, the shop on this machine by its stack.json.
 * @throws Error when it is not deployed, or not running.
 */
export async function findDeployment({ stage, ...local }: DeploymentSelector): Promise<ShopResources> {
  if (stage) {
    const output = await outputsOf(`settle-once-${stage}-data`);
    return {
      clientOptions: {},
      tables: Object.fromEntries(
        TABLE_NAMES.map((name) => [name, output(tableOutput(name))]),
      ) as ShopResources['tables'],
      userPoolId: output('UserPoolId'),
    };
  }
  const { tables, operator, ...stack } = readStackFile(local);
  return { clientOptions: optionsFor(stack), tables, userPoolId: operator.user_pool_id };
}

/** @throws Error when it is not deployed, or not running. */
export async function findPayPal({ stage, ...local }: DeploymentSelector): Promise<PayPalConfig> {
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
  const { simulator_url, front_door_url, ...stack } = readStackFile(local);
  return {
    clientOptions: optionsFor(stack),
    baseUrl: simulator_url,
    secretName: payPalSecretName('local'),
    webhookUrl: `${front_door_url}/webhooks/paypal`,
  };
}

/**
 * The ARN of the payment-settlement state machine.
 * @throws Error when it is not deployed, or not running.
 */
export async function findWorkflow({ stage, ...local }: DeploymentSelector): Promise<string> {
  if (stage) return (await outputsOf(`settle-once-${stage}-service`))('StateMachineArn');
  return readStackFile(local).state_machine_arn;
}

/** The addresses of a shop, and the outputs of its stacks: functions that throw for a missing one. */
export interface ShopOutputs extends Pick<ShopResources, 'clientOptions'> {
  readonly webUrl: string;
  /** Of the HTTP API, not through CloudFront. */
  readonly apiUrl: string;
  readonly data: (key: string) => string;
  readonly service: (key: string) => string;
}

/** @throws Error when it is not deployed completely, or not running. */
export async function findOutputs({ stage, ...local }: DeploymentSelector): Promise<ShopOutputs> {
  if (stage) {
    const [data, service, web] = await Promise.all([
      outputsOf(`settle-once-${stage}-data`),
      outputsOf(`settle-once-${stage}-service`),
      outputsOf(`settle-once-${stage}-web`),
    ]);
    return { clientOptions: {}, webUrl: web('WebUrl'), apiUrl: service('ApiUrl'), data, service };
  }
  const { front_door_url, api_url, ...stack } = readStackFile(local);
  const clientOptions = optionsFor(stack);
  const [data, service] = await Promise.all([
    outputsOf('settle-once-local-data', clientOptions),
    outputsOf('settle-once-local-service', clientOptions),
  ]);
  return { clientOptions, webUrl: front_door_url, apiUrl: api_url, data, service };
}

function readStackFile({ stackFile: path }: DeploymentSelector) {
  const file = path ?? join(import.meta.dirname, '../.local/stack.json');
  if (!existsSync(file))
    throw new Error('no shop is running on this machine: run npm start, or pass --stage sandbox or --stage prod');
  return JSON.parse(readFileSync(file, 'utf8'));
}

const optionsFor = ({ aws_endpoint_url, region }: { aws_endpoint_url: string; region: string }): ClientOptions => ({
  endpoint: aws_endpoint_url,
  region,
  credentials: EMULATOR_CREDENTIALS,
});

async function outputsOf(
  StackName: string,
  clientOptions: ShopResources['clientOptions'] = {},
): Promise<(key: string) => string> {
  const client = new CloudFormationClient(clientOptions);
  const outputs = await stackOutputs(client, StackName);
  client.destroy();
  if (!outputs) throw new Error(`stack ${StackName} is not deployed`);
  return (key) => {
    const value = outputs[key];
    if (!value) throw new Error(`stack ${StackName} has no output ${key}: deploy it again`);
    return value;
  };
}
