/*
 * Bundle size and import time of each function, compared with a bundle of only the SDK clients that it uses, measured
 * in the same run: npm run bench
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../lib/constructs/node-lambda.ts';

const ROOT = join(import.meta.dirname, '..');
const RUNS = 15;
mkdirSync(join(ROOT, '.local'), { recursive: true });
const folder = mkdtempSync(join(ROOT, '.local', 'bench-'));

const build = (entry: string, name: string) => {
  const outfile = join(folder, `${name}.mjs`);
  const { metafile } = bundle(entry, outfile);
  const [output] = Object.values(metafile.outputs);
  // Not all inputs of the metafile: those include files that were tree-shaken.
  const inputs = Object.entries(output?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [input] : [],
  );
  return { outfile, size: output?.bytes ?? 0, inputs };
};

/** Median import time in milliseconds, each in a new process. */
function initOf(outfile: string): number {
  const script = `const t=performance.now();await import(${JSON.stringify(outfile)});console.log(performance.now()-t)`;
  const env = {
    PATH: process.env.PATH ?? '',
    AWS_REGION: 'us-east-1',
    ...Object.fromEntries(environmentNames().map((name) => [name, 'http://127.0.0.1:1'])),
  };
  const times = Array.from({ length: RUNS }, () => {
    const { stdout, stderr, status } = spawnSync('node', ['--input-type=module', '-e', script], {
      env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return Number(stdout.trim().split('\n').at(-1));
  });
  return times.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
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

try {
  console.log('function          size kB   SDK kB   ratio   init ms   SDK ms   ratio');
  const functions = globSync('*.ts', { cwd: join(ROOT, 'lambdas'), exclude: ['*.d.ts', 'wiring.ts'] });
  for (const file of functions.toSorted()) {
    const name = file.replace('.ts', '');
    const bundled = build(join(ROOT, 'lambdas', file), name);
    const used = Object.keys(CLIENTS).filter((client) =>
      bundled.inputs.some((input) => input.includes(`node_modules/${client}/`)),
    );
    const entry = join(folder, `${name}-sdk.ts`);
    writeFileSync(
      entry,
      `const use = (...all: unknown[]) => { (globalThis as Record<string, unknown>).used = all; };\n${used.map((client) => CLIENTS[client]).join('\n')}`,
    );
    const sdk = build(entry, `${name}-sdk`);
    const [init, sdkInit] = [initOf(bundled.outfile), initOf(sdk.outfile)];
    const kb = (bytes: number) => (bytes / 1000).toFixed(0).padStart(7);
    const ratio = (a: number, b: number) => (used.length > 0 ? (a / b).toFixed(2) : '–').padStart(5);
    console.log(
      `${name.padEnd(16)} ${kb(bundled.size)}  ${kb(sdk.size)}   ${ratio(bundled.size, sdk.size)}   ${init.toFixed(0).padStart(7)}  ${sdkInit.toFixed(0).padStart(7)}   ${ratio(init, sdkInit)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
