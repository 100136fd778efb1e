import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminSetUserPasswordCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { payPalSecretName, type TableName } from '../lib/names.ts';
import { type ClientOptions, EMULATOR_CREDENTIALS } from '../ops/emulator-client.ts';
import { createAccount } from '../ops/operator-accounts.ts';
import { startSimulator } from '../simulator/server.ts';
import { newApiKey } from '../src/access/api-key.ts';
import { apiKeyRepository } from '../src/access/api-key-repository.ts';
import { SCOPES } from '../src/access/caller.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { type LocalCloudFront, startCloudFront } from './cloudfront.ts';
import { type DeployOptions, deploy, prepare } from './deploy.ts';
import { freePort, type MiniStackOptions, REGION, startMiniStack } from './ministack.ts';
import { ROOT } from './paths.ts';
import { hasPythonPackages, installPythonPackages } from './python.ts';
import { registerWebhook } from './register-webhook.ts';
import { stockSampleProducts } from './sample-products.ts';

const OPERATOR = 'operator';

/** In the folder of stack.json, with `auth`: see MiniStackOptions. */
export const ALLOWED_CALLS = 'allowed-calls.txt';

/** MiniStack writes its state to disk on SIGTERM, which takes seconds on a busy machine. */
const SAVE_STATE_TIMEOUT_MS = 60_000;

/** The content of `stack.json`: URLs and resources of a running stack. */
export interface StackFile {
  readonly ready: true;
  readonly front_door_url: string;
  /** The HTTP API, not through CloudFront. */
  readonly api_url: string;
  readonly admin_url: string;
  readonly simulator_url: string;
  readonly aws_endpoint_url: string;
  readonly region: string;
  /** An operator, and the user pool to sign in to. */
  readonly operator: {
    readonly username: string;
    readonly password: string;
    readonly user_pool_id: string;
    readonly client_id: string;
  };
  /** An API key with all scopes. */
  readonly api_key: string;
  readonly tables: Readonly<Record<TableName, string>>;
  readonly state_machine_arn: string;
  readonly dlq_url: string;
}

export interface Stack extends StackFile {
  /** For clients of the AWS SDK. */
  readonly clientOptions: ClientOptions;

  /** Fulfilled when MiniStack ends, for any reason. */
  readonly ended: Promise<unknown>;

  /** Simulates an outage: restarts MiniStack. Its state survives only with `keepState`. */
  restartAws(): Promise<void>;

  /** Stops all parts; a second call waits for the first. */
  stop(): Promise<void>;
}

export interface StackOptions {
  /**
   * The port of the shop; if it is in use, the next free one.
   * @default 0 - any free port
   */
  readonly port?: number;

  /**
   * The folder for stack.json and logs.
   * @default - .local in the repository
   */
  readonly stateDir?: string;

  /**
   * Whether to enforce IAM policies after the deployment.
   * @default false
   */
  readonly auth?: boolean;

  /**
   * The secret without which the functions refuse requests; the local CloudFront sends it.
   * @default - they accept requests of any origin
   */
  readonly originSecret?: string;

  /**
   * More context of the CDK app.
   * @default - what stage local is without it
   */
  readonly context?: Readonly<Record<string, string>>;

  /**
   * Whether the state of MiniStack survives a restart.
   * @default - the value of `auth`, which requires a restart
   */
  readonly keepState?: boolean;

  /**
   * Whether to print nothing.
   * @default false - prints each phase with its duration
   */
  readonly quiet?: boolean;

  /** Aborts the start. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the shop on this machine: MiniStack with all stacks, PayPal simulator, local CloudFront, sample products.
 * @throws Error when a part does not start; parts that were started have been stopped.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const {
    port = 0,
    stateDir = join(ROOT, '.local'),
    auth = false,
    keepState = auth,
    quiet = false,
    originSecret,
    context,
  } = options;
  const signal = options.signal ?? new AbortController().signal;
  const log = (line: string) => quiet || console.log(line);
  const phase = async <Result>(name: string, run: () => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted();
    const start = performance.now();
    const result = await run();
    log(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${name}`);
    return result;
  };

  await using parts = new AsyncDisposableStack();
  const file = join(stateDir, 'stack.json');
  await mkdir(stateDir, { recursive: true });
  await Promise.all([file, join(stateDir, ALLOWED_CALLS)].map((left) => rm(left, { force: true })));
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
    allowedCalls: join(stateDir, ALLOWED_CALLS),
    keepState,
  };
  const endpoint = `http://127.0.0.1:${miniStack.port}`;
  let aws = await phase('MiniStack started', () => startMiniStack(miniStack, signal));
  parts.defer(() => aws.stop());
  const restartAws = async () => {
    await aws.stop(SAVE_STATE_TIMEOUT_MS);
    aws = await startMiniStack({ ...miniStack, auth }, signal);
  };
  const simulator = await phase('PayPal simulator started', () => startSimulator({}));
  parts.defer(() => simulator.stop());
  const cloudFront = await startCloudFrontNear(port, log);
  parts.defer(() => cloudFront.stop());

  const deployment: DeployOptions = {
    endpoint,
    folder,
    logs: stateDir,
    simulatorUrl: simulator.url,
    storefrontOrigin: cloudFront.url,
    originSecret,
    context,
  };
  const clientOptions: ClientOptions = { endpoint, region: REGION, credentials: EMULATOR_CREDENTIALS };
  await phase('CDK bootstrapped, templates synthesized, functions and pages built', () => prepare(deployment, signal));
  const deployed = await phase('stacks deployed', () => deploy(deployment, signal));
  const [password, apiKey] = await phase(
    'sample products added, webhook registered, operator and API key created',
    () =>
      Promise.all([
        createOperator(deployed.userPoolId, clientOptions),
        createLocalApiKey(deployed.tables.access, clientOptions),
        stockSampleProducts(deployed.tables.products, clientOptions),
        registerWebhook(simulator.url, `${cloudFront.url}/webhooks/paypal`, payPalSecretName('local'), clientOptions),
      ]),
  );
  // MiniStack cannot deploy while IAM is enforced.
  if (auth) await phase('MiniStack restarted with IAM enforced', restartAws);
  cloudFront.setApiOrigin({
    port: miniStack.port,
    host: `${deployed.apiId}.execute-api.localhost`,
    secret: originSecret,
  });
  await phase('health check passed', () => checkHealth(`${cloudFront.url}/api/v1/health`));
  signal.throwIfAborted();

  const content: StackFile = {
    ready: true,
    front_door_url: cloudFront.url,
    api_url: `${endpoint}/_aws/execute-api/${deployed.apiId}/$default`,
    admin_url: `${cloudFront.url}/admin`,
    simulator_url: simulator.url,
    aws_endpoint_url: endpoint,
    region: REGION,
    operator: {
      username: OPERATOR,
      password,
      user_pool_id: deployed.userPoolId,
      client_id: deployed.userPoolClientId,
    },
    api_key: apiKey,
    tables: deployed.tables,
    state_machine_arn: deployed.stateMachineArn,
    dlq_url: deployed.deadLetterQueueUrl,
  };
  await writeStackFile(file, content);

  const running = parts.move();
  running.defer(() => removeStackFile(file, content));
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= running.disposeAsync();
    return stopping;
  };
  return { ...content, clientOptions, ended: aws.ended, restartAws, stop };
}

/** An admin, who need not change the password. @returns the password. */
async function createOperator(userPoolId: string, options: ClientOptions): Promise<string> {
  const client = new CognitoIdentityProviderClient(options);
  try {
    const Password = await createAccount(client, userPoolId, { username: OPERATOR, role: 'admin' });
    await client.send(
      new AdminSetUserPasswordCommand({ UserPoolId: userPoolId, Username: OPERATOR, Password, Permanent: true }),
    );
    return Password;
  } finally {
    client.destroy();
  }
}

/** @returns the key. */
async function createLocalApiKey(table: string, options: ClientOptions): Promise<string> {
  const client = new DynamoDBClient(options);
  const key = newApiKey('local');
  await apiKeyRepository(documentClient(client), table).create(key, {
    name: 'stack.json',
    scopes: [...SCOPES],
    created_at: new Date().toISOString(),
    created_by: 'npm start',
  });
  client.destroy();
  return key;
}

async function startCloudFrontNear(port: number, log: (line: string) => unknown): Promise<LocalCloudFront> {
  try {
    return await startCloudFront(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port >= 65_535) throw error;
    log(`port ${port} is in use, trying ${port + 1}`);
    return startCloudFrontNear(port + 1, log);
  }
}

async function checkHealth(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  if (response.status >= 500) throw new Error(`${url} returned ${response.status}: ${await response.text()}`);
}

async function writeStackFile(file: string, content: StackFile): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** Removes stack.json, unless another stack has replaced it since. */
async function removeStackFile(file: string, { aws_endpoint_url }: StackFile): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.includes(`"${aws_endpoint_url}"`)) await rm(file, { force: true });
}
