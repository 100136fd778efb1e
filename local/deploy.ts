import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { TABLE_NAMES, type TableName, tableOutput } from '../lib/names.ts';
import { EMULATOR_CREDENTIALS } from '../ops/emulator-client.ts';
import { originSecretHash } from '../src/shared/http/front-door.ts';
import { REGION } from './ministack.ts';
import { ROOT } from './paths.ts';
import { run, runConcurrently } from './processes.ts';

/** MiniStack's default account. */
const ACCOUNT = '000000000000';

/** Arguments of the CDK's CLI. To be run in a folder without cdk.json, or the CLI synthesizes the app first. */
export const BOOTSTRAP = ['bootstrap', `aws://${ACCOUNT}/${REGION}`];

export interface DeployOptions {
  readonly endpoint: string;
  readonly simulatorUrl: string;
  readonly storefrontOrigin: string;

  /** @default - the API accepts any origin */
  readonly originSecret?: string | undefined;

  /** @default - what stage local is without it */
  readonly context?: Readonly<Record<string, string>> | undefined;

  /** Temporary folder of this run. */
  readonly folder: string;

  /** Folder for logs. */
  readonly logs: string;
}

/** Outputs of the stacks. */
export interface Deployed {
  readonly apiId: string;
  readonly stateMachineArn: string;
  readonly deadLetterQueueUrl: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly tables: Readonly<Record<TableName, string>>;
}

/** In parallel: bootstraps MiniStack for the CDK, synthesizes templates and bundles, and builds the pages. */
export async function prepare(options: DeployOptions, signal: AbortSignal): Promise<void> {
  const env = emulatorEnvironment(options);
  const synth = [
    'synth',
    '--quiet',
    ...['--output', assembly(options)],
    ...['--context', 'stage=local'],
    ...['--context', `simulatorUrl=${options.simulatorUrl}`],
    ...['--context', `jwksOrigin=${options.endpoint}`],
    ...['--context', `storefrontOrigin=${options.storefrontOrigin}`],
    ...(options.originSecret ? ['--context', 'originCheck=on'] : []),
    ...Object.entries(options.context ?? {}).flatMap(([key, value]) => ['--context', `${key}=${value}`]),
  ];
  await runConcurrently(signal, [
    (signal) =>
      run('cdk', BOOTSTRAP, { env, cwd: options.folder, log: join(options.logs, 'cdk-bootstrap.log'), signal }),
    (signal) => run('cdk', synth, { env, cwd: ROOT, log: join(options.logs, 'cdk-synth.log'), signal }),
    (signal) => run('node', ['web/build.ts'], { env, cwd: ROOT, log: join(options.logs, 'web-build.log'), signal }),
  ]);
}

export async function deploy(options: DeployOptions, signal: AbortSignal): Promise<Deployed> {
  const outputsFile = join(options.folder, 'outputs.json');
  await run(
    'cdk',
    [
      'deploy',
      '--all',
      ...['--app', assembly(options)],
      ...['--require-approval', 'never'],
      // Creating and polling a change set takes 5 seconds per stack.
      ...['--method', 'direct'],
      ...['--concurrency', '2'],
      ...['--progress', 'events'],
      ...(options.originSecret
        ? ['--parameters', `settle-once-local-service:OriginSecretHashes=${originSecretHash(options.originSecret)}`]
        : []),
      ...['--outputs-file', outputsFile],
    ],
    { env: emulatorEnvironment(options), cwd: ROOT, log: join(options.logs, 'cdk-deploy.log'), signal },
  );
  const stacks: Record<string, Record<string, string>> = JSON.parse(await readFile(outputsFile, 'utf8'));
  const output = (stack: 'data' | 'service', name: string): string => {
    const value = stacks[`settle-once-local-${stack}`]?.[name];
    if (!value) throw new Error(`stack settle-once-local-${stack} has no output ${name}`);
    return value;
  };
  return {
    apiId: output('service', 'ApiId'),
    stateMachineArn: output('service', 'StateMachineArn'),
    deadLetterQueueUrl: output('service', 'DeadLetterQueueUrl'),
    userPoolId: output('data', 'UserPoolId'),
    userPoolClientId: output('data', 'UserPoolClientId'),
    tables: Object.fromEntries(
      TABLE_NAMES.map((name) => [name, output('data', tableOutput(name))]),
    ) as Deployed['tables'],
  };
}

const assembly = ({ folder }: DeployOptions) => join(folder, 'cdk.out');

/** The caller's environment without anything that could point the CLI to a real AWS account. */
export const emulatorEnvironment = ({
  endpoint,
  folder,
}: Pick<DeployOptions, 'endpoint' | 'folder'>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name))),
  PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
  AWS_CONFIG_FILE: join(folder, 'no-config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
  // The CLI caches account ids by access key: keep that out of the caller's home.
  CDK_HOME: join(folder, 'cdk-home'),
  CDK_DISABLE_CLI_TELEMETRY: 'true',
});
