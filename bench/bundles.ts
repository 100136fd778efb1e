import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, JSON_OUTPUT, run, wholeNumber } from '../ops/command.ts';

const ROOT = join(import.meta.dirname, '..');

/** Loaded here, because the CDK is slow to load. */
async function build(entry: string, outfile: string, alias?: Readonly<Record<string, string>>) {
  const { bundle, bundledFilesOf } = await import('../lib/constructs/node-lambda.ts');
  const { metafile } = bundle(entry, outfile, alias);
  const [output] = Object.values(metafile.outputs);
  return { outfile, size: output?.bytes ?? 0, inputs: bundledFilesOf(metafile) };
}

/** Median import time in milliseconds, each in a new process. */
function initOf(outfile: string, runs: number): number {
  const script = `const t=performance.now();await import(${JSON.stringify(outfile)});console.log(performance.now()-t)`;
  const env = {
    PATH: process.env.PATH ?? '',
    AWS_REGION: 'us-east-1',
    ...Object.fromEntries(environmentNames().map((name) => [name, 'http://127.0.0.1:1'])),
    // Parsed when the function loads.
    ORIGIN_SECRET_HASHES: 'any',
    SETTINGS: '[]',
    USER_POOL_ID: 'us-east-1_Operators',
  };
  const times = Array.from({ length: runs }, () => {
    const { stdout, stderr, status } = spawnSync('node', ['--input-type=module', '-e', script], {
      env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return Number(stdout.trim().split('\n').at(-1));
  });
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

/** All environment variables of the functions. */
const environmentNames = () =>
  [...readFileSync(join(ROOT, 'src/shared/env.ts'), 'utf8').matchAll(/\| '(\w+)'/g)].map(([, name = '']) => name);

/** Imports of a minimal function that uses the client. */
const CLIENTS: Record<string, string> = {
  '@aws-sdk/client-dynamodb':
    "import { DynamoDBClient, PutItemCommand, UpdateItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb'; use(DynamoDBClient, PutItemCommand, UpdateItemCommand, GetItemCommand);",
  '@aws-sdk/lib-dynamodb':
    "import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'; use(DynamoDBDocumentClient, GetCommand, UpdateCommand);",
  '@aws-sdk/client-sfn':
    "import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'; use(SFNClient, StartExecutionCommand);",
  '@aws-sdk/client-sqs':
    "import { SQSClient, ReceiveMessageCommand } from '@aws-sdk/client-sqs'; use(SQSClient, ReceiveMessageCommand);",
  '@aws-sdk/client-lambda':
    "import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda'; use(LambdaClient, InvokeCommand);",
  '@aws-sdk/client-secrets-manager':
    "import { SecretsManagerClient, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'; use(SecretsManagerClient, GetSecretValueCommand);",
  '@aws-sdk/client-cognito-identity-provider':
    "import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider'; use(CognitoIdentityProviderClient, InitiateAuthCommand);",
};

interface Measurement {
  readonly function: string;
  readonly bytes: number;
  readonly init_ms: number;
  /** Of the clients alone; undefined for a function that uses none. */
  readonly sdk?: { readonly bytes: number; readonly init_ms: number };
}

async function* measurements(folder: string, runs: number): AsyncGenerator<Measurement> {
  const functions = globSync('*.ts', { cwd: join(ROOT, 'lambdas'), exclude: ['*.d.ts', 'wiring.ts'] });
  for (const file of functions.toSorted()) {
    const name = file.replace('.ts', '');
    const bundled = await build(join(ROOT, 'lambdas', file), join(folder, `${name}.mjs`));
    const used = Object.keys(CLIENTS).filter((client) =>
      bundled.inputs.some((input) => input.includes(`node_modules/${client}/`)),
    );
    const entry = join(folder, `${name}-sdk.ts`);
    writeFileSync(
      entry,
      `const use = (...all: unknown[]) => { (globalThis as Record<string, unknown>).used = all; };\n${used.map((client) => CLIENTS[client]).join('\n')}`,
    );
    // As published: nothing in it is replaced.
    const sdk = await build(entry, join(folder, `${name}-sdk.mjs`), {});
    yield {
      function: name,
      bytes: bundled.size,
      init_ms: initOf(bundled.outfile, runs),
      ...(used.length > 0 && { sdk: { bytes: sdk.size, init_ms: initOf(sdk.outfile, runs) } }),
    };
  }
}

function format({ function: name, bytes, init_ms, sdk }: Measurement): string {
  const kb = (size?: number) => (size === undefined ? '–' : (size / 1000).toFixed(0)).padStart(7);
  const ms = (time?: number) => (time === undefined ? '–' : time.toFixed(0)).padStart(7);
  const ratio = (a: number, b?: number) => (b === undefined ? '–' : (a / b).toFixed(2)).padStart(5);
  return (
    `${name.padEnd(16)} ${kb(bytes)}  ${kb(sdk?.bytes)}   ${ratio(bytes, sdk?.bytes)}   ` +
    `${ms(init_ms)}  ${ms(sdk?.init_ms)}   ${ratio(init_ms, sdk?.init_ms)}`
  );
}

await run(
  command(
    'npm run bench:bundles',
    'Measures the bundle size and the import time of each function, and of only the SDK clients that it uses.',
  )
    .option('--runs <number>', 'imports per bundle, of which the median counts', wholeNumber(1, 1000), 15)
    .addOption(JSON_OUTPUT)
    .action(async ({ runs, json }) => {
      mkdirSync(join(ROOT, '.local'), { recursive: true });
      const folder = mkdtempSync(join(ROOT, '.local', 'bench-'));
      try {
        const measured = [];
        if (!json) console.log('function          size kB   SDK kB   ratio   init ms   SDK ms   ratio');
        for await (const measurement of measurements(folder, runs)) {
          measured.push(measurement);
          if (!json) console.log(format(measurement));
        }
        if (json) console.log(JSON.stringify(measured, null, 2));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
);
