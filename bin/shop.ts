import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { TABLE_NAMES, type TableName, tableOutput } from '../lib/names.ts';
import { type ClientOptions, CREDENTIALS } from '../local/ministack.ts';

/** The options by which a command is told which shop it is about: `[--stage prod]`, else the one on this machine. */
export const SHOP_OPTIONS = { stage: { type: 'string' }, 'stack-file': { type: 'string' } } as const;

/** What those options were given. */
export interface WhichShop {
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

/**
 * Finds a shop: a stage on AWS by the outputs of its stacks, the one on this machine by its stack.json.
 * @throws Error when there is none.
 */
export async function findShop({ stage, ...where }: WhichShop): Promise<Shop> {
  if (stage) return findOnAws(stage);
  const file = where['stack-file'] ?? join(import.meta.dirname, '../.local/stack.json');
  if (!existsSync(file)) throw new Error('no shop is running here: start it with npm start, or name a --stage');
  const { aws_endpoint_url: endpoint, region, tables, operator } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    clientOptions: { endpoint, region, credentials: CREDENTIALS },
    tables,
    userPoolId: operator.user_pool_id,
  };
}

async function findOnAws(stage: string): Promise<Shop> {
  const StackName = `settle-once-${stage}-data`;
  const client = new CloudFormationClient({});
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  client.destroy();
  const output = (key: string): string => {
    const value = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
    if (!value) throw new Error(`the stack ${StackName} has no output ${key}: deploy it again`);
    return value;
  };
  return {
    clientOptions: {},
    tables: Object.fromEntries(TABLE_NAMES.map((name) => [name, output(tableOutput(name))])) as Shop['tables'],
    userPoolId: output('UserPoolId'),
  };
}
