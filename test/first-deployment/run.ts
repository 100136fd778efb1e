import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TABLE_NAMES, tableOutput } from '../../lib/names.ts';
import { BOOTSTRAP, emulatorEnvironment } from '../../local/deploy.ts';
import { freePort, REGION, startMiniStack } from '../../local/ministack.ts';
import { ROOT } from '../../local/paths.ts';
import { ensurePythonPackages } from '../../local/python.ts';
import { stopSignal } from '../../local/stop-signal.ts';
import { command, run } from '../../ops/command.ts';
import { EMULATOR_CREDENTIALS } from '../../ops/emulator-client.ts';
import { stackOutputs } from '../../ops/stack-outputs.ts';

const DEPLOY = [
  ...['ops/deploy.ts', '--stage', 'prod', '--yes'],
  ...['--domain', 'shop.example'],
  ...['--certificate', `arn:aws:acm:${REGION}:000000000000:certificate/01234567-89ab-cdef-0123-456789abcdef`],
  // MiniStack has no CodeDeploy.
  ...['--context', 'firewall=off', '--context', 'canary=off'],
];

async function deployTwice(endpoint: string, folder: string): Promise<void> {
  const client = { endpoint, region: REGION, credentials: EMULATOR_CREDENTIALS };
  const logs = new CloudWatchLogsClient(client);
  const env = emulatorEnvironment({ endpoint, folder });
  assert.equal(await exitCode('cdk', BOOTSTRAP, { env, cwd: folder }), 0, 'cdk bootstrap fails');

  step('deploys, and a resource of the service stack fails');
  assert.notEqual(
    await exitCode('node', DEPLOY, {
      env: { ...env, CDK_APP: 'node test/first-deployment/failing-app.ts' },
      cwd: ROOT,
    }),
    0,
    'the deployment succeeds',
  );
  assert.deepEqual(await stacks(client), { data: 'CREATE_COMPLETE', service: 'ROLLBACK_COMPLETE' });
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/settle-once/prod/' }));
  assert.deepEqual(logGroups, [], 'the failed creation leaves log groups, whose names are taken then');

  step('deploys again');
  assert.equal(await exitCode('node', DEPLOY, { env, cwd: ROOT }), 0, 'the repeated deployment fails');
  const complete = await stacks(client);
  assert.deepEqual(Object.keys(complete).sort(), ['data', 'service', 'web']);
  for (const [part, status] of Object.entries(complete))
    assert.match(status, /^(CREATE|UPDATE)_COMPLETE, protected$/, part);
  await assertTablesProtected(client);
  console.log('\nThe repeated deployment is complete and protected.');
}

const step = (text: string): void => console.log(`\n▶ ${text}\n`);

type Client = ConstructorParameters<typeof CloudFormationClient>[0] & object;

/** The states of the shop's stacks. */
async function stacks(client: Client): Promise<Record<string, string>> {
  const { Stacks = [] } = await new CloudFormationClient(client).send(new DescribeStacksCommand({}));
  return Object.fromEntries(
    Stacks.flatMap(({ StackName, StackStatus, EnableTerminationProtection }) => {
      const [, part] = /^settle-once-prod-(\w+)$/.exec(StackName ?? '') ?? [];
      return part ? [[part, `${StackStatus}${EnableTerminationProtection ? ', protected' : ''}`]] : [];
    }),
  );
}

async function assertTablesProtected(client: Client): Promise<void> {
  const outputs = await stackOutputs(new CloudFormationClient(client), 'settle-once-prod-data');
  for (const name of TABLE_NAMES) {
    const TableName = outputs?.[tableOutput(name)];
    const { Table } = await new DynamoDBClient(client as never).send(new DescribeTableCommand({ TableName }));
    assert.equal(Table?.DeletionProtectionEnabled, true, `table ${name} is not protected`);
  }
}

function exitCode(tool: string, args: readonly string[], options: { env: NodeJS.ProcessEnv; cwd: string }) {
  return new Promise<number>((resolve, reject) => {
    const child = spawn(tool, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

await run(
  command(
    'npm run first-deployment',
    'Deploys stage prod to a new MiniStack, where a resource fails, and then again.',
  ).action(async () => {
    const signal = stopSignal();
    const folder = await mkdtemp(join(tmpdir(), 'settle-once-first-'));
    await ensurePythonPackages(join(folder, 'python.log'), signal);
    const port = await freePort();
    const log = join(folder, 'ministack.log');
    const miniStack = await startMiniStack({ port, folder, log, auth: false, keepState: false }, signal);
    try {
      await deployTwice(`http://127.0.0.1:${port}`, folder);
    } finally {
      await miniStack.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }),
);
