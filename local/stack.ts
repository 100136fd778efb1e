import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { payPalSecretName, type TableName } from '../lib/names.ts';
import { operatorAccounts } from '../ops/operator-accounts.ts';
import { startSimulator } from '../simulator/server.ts';
import { type FrontDoor, openFrontDoor } from './cloudfront.ts';
import { type DeployOptions, deploy, prepare } from './deploy.ts';
import {
  type ClientOptions,
  CREDENTIALS,
  freePort,
  type MiniStackOptions,
  REGION,
  startMiniStack,
} from './ministack.ts';
import { ROOT } from './paths.ts';
import { hasPythonPackages, installPythonPackages } from './python.ts';
import { registerWebhook } from './register-webhook.ts';
import { stockSampleProducts } from './sample-products.ts';

/** Who operates the shop on this machine. */
const OPERATOR = 'operator';

/** MiniStack writes its state to disk when it is asked to end, and must not be killed before: on a busy machine, that takes seconds. */
const TO_SAVE_STATE_MS = 60_000;

/** Where the parts of a running stack are: the content of `stack.json`. */
export interface StackFile {
  readonly ready: true;
  readonly front_door_url: string;
  /** The HTTP API without the front door. */
  readonly api_url: string;
  readonly admin_url: string;
  readonly simulator_url: string;
  readonly aws_endpoint_url: string;
  readonly region: string;
  /** Who may operate the shop, and what signs such people in. */
  readonly operator: {
    readonly username: string;
    readonly password: string;
    readonly user_pool_id: string;
    readonly client_id: string;
  };
  readonly tables: Readonly<Record<TableName, string>>;
  readonly state_machine_arn: string;
  readonly dlq_url: string;
}

/** A running stack. */
export interface Stack extends StackFile {
  /** For clients of the AWS SDK. */
  readonly clientOptions: ClientOptions;

  /** Fulfilled when MiniStack ends, asked or not. */
  readonly ended: Promise<unknown>;

  /** Ends MiniStack politely and starts it again, as after an outage of everything. Only a stack that keeps its state has it then. */
  restartAws(): Promise<void>;

  /** Ends everything that was started; a second call waits for the first. */
  stop(): Promise<void>;
}

/** How a stack is started. */
export interface StackOptions {
  /**
   * The front door's port; when it is taken, the next free one.
   * @default 0 - any free port
   */
  readonly port?: number;

  /**
   * The folder for stack.json and the logs.
   * @default .local of the project
   */
  readonly stateDir?: string;

  /**
   * Whether IAM policies are enforced once everything is deployed.
   * @default false
   */
  readonly auth?: boolean;

  /**
   * Whether MiniStack has its state again after a restart.
   * @default - only if IAM policies are enforced, for which it is restarted
   */
  readonly keepState?: boolean;

  /**
   * Whether to say nothing.
   * @default false - prints each phase with its time
   */
  readonly quiet?: boolean;

  /** Ends the start before it is complete. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the whole shop on this machine: MiniStack, PayPal simulator, the stacks that go to AWS, sample products, front door.
 * @throws Error when a part does not start; whatever was started has ended by then.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { port = 0, stateDir = join(ROOT, '.local'), auth = false, keepState = auth, quiet = false } = options;
  const signal = options.signal ?? new AbortController().signal;
  const say = (line: string) => quiet || console.log(line);
  const phase = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted();
    const start = performance.now();
    const result = await work();
    say(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${name}`);
    return result;
  };

  await using parts = new AsyncDisposableStack();
  const file = join(stateDir, 'stack.json');
  await mkdir(stateDir, { recursive: true });
  await rm(file, { force: true });
  const folder = await mkdtemp(join(tmpdir(), 'settle-once-'));
  parts.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  if (!(await hasPythonPackages())) {
    await phase('Python packages installed', () => installPythonPackages(join(stateDir, 'python.log'), signal));
  }
  const miniStack: MiniStackOptions = {
    port: await freePort(),
    folder,
    log: join(stateDir, 'ministack.log'),
    auth: false,
    keepState,
  };
  const endpoint = `http://127.0.0.1:${miniStack.port}`;
  let aws = await phase('MiniStack started', () => startMiniStack(miniStack, signal));
  parts.defer(() => aws.stop());
  const restartAws = async () => {
    await aws.stop(TO_SAVE_STATE_MS);
    aws = await startMiniStack({ ...miniStack, auth }, signal);
  };
  const simulator = await phase('PayPal simulator started', () => startSimulator({}));
  parts.defer(() => simulator.stop());
  const frontDoor = await openNear(port, say);
  parts.defer(() => frontDoor.stop());

  const deployment: DeployOptions = {
    endpoint,
    folder,
    logs: stateDir,
    simulatorUrl: simulator.url,
    storefrontOrigin: frontDoor.url,
  };
  const clientOptions: ClientOptions = { endpoint, region: REGION, credentials: CREDENTIALS };
  await phase('account bootstrapped, templates, functions and pages made', () => prepare(deployment, signal));
  const deployed = await phase('stacks deployed', () => deploy(deployment, signal));
  const [password] = await phase('sample products in, webhook registered, operator made', () =>
    Promise.all([
      makeOperator(deployed.userPoolId, clientOptions),
      stockSampleProducts(deployed.tables.products, clientOptions),
      registerWebhook(simulator.url, `${frontDoor.url}/webhooks/paypal`, payPalSecretName('local'), clientOptions),
    ]),
  );
  // A deployment fails under enforced IAM, so it is enforced only now.
  if (auth) await phase('MiniStack started again, with IAM', restartAws);
  frontDoor.openTo({ port: miniStack.port, host: `${deployed.apiId}.execute-api.localhost` });
  await phase('first request answered', () => answers(`${frontDoor.url}/api/v1/health`));
  signal.throwIfAborted();

  const content: StackFile = {
    ready: true,
    front_door_url: frontDoor.url,
    api_url: `${endpoint}/_aws/execute-api/${deployed.apiId}/$default`,
    admin_url: `${frontDoor.url}/admin`,
    simulator_url: simulator.url,
    aws_endpoint_url: endpoint,
    region: REGION,
    operator: {
      username: OPERATOR,
      password,
      user_pool_id: deployed.userPoolId,
      client_id: deployed.userPoolClientId,
    },
    tables: deployed.tables,
    state_machine_arn: deployed.stateMachineArn,
    dlq_url: deployed.deadLetterQueueUrl,
  };
  await publish(file, content);

  const running = parts.move();
  running.defer(() => withdraw(file, content));
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= running.disposeAsync();
    return stopping;
  };
  return { ...content, clientOptions, ended: aws.ended, restartAws, stop };
}

/** @returns the password. */
async function makeOperator(userPoolId: string, options: ClientOptions): Promise<string> {
  const client = new CognitoIdentityProviderClient(options);
  try {
    return await operatorAccounts(client, userPoolId).add(OPERATOR);
  } finally {
    client.destroy();
  }
}

async function openNear(port: number, say: (line: string) => unknown): Promise<FrontDoor> {
  try {
    return await openFrontDoor(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port >= 65_535) throw error;
    say(`port ${port} is taken, trying ${port + 1}`);
    return openNear(port + 1, say);
  }
}

async function answers(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  if (answer.status >= 500) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
}

async function publish(file: string, content: StackFile): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** Removes stack.json, unless it speaks of another stack that was started since. */
async function withdraw(file: string, { aws_endpoint_url }: StackFile): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.includes(`"${aws_endpoint_url}"`)) await rm(file, { force: true });
}
