import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { TestProject } from 'vitest/node';
import { DataStack } from '../../../lib/data-stack.ts';
import { TABLE_NAMES, type TableName, tableOutput } from '../../../lib/names.ts';
import { stageFrom } from '../../../lib/stages.ts';
import { freePort, REGION, startMiniStack } from '../../../local/ministack.ts';
import { ensurePythonPackages } from '../../../local/python.ts';
import { EMULATOR_CREDENTIALS } from '../../../ops/emulator-client.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    aws: { endpoint: string; region: string; tables: Record<TableName, string> };
  }
}

/** Starts DynamoDB with the tables of the deployed template and stops it after the last test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'settle-once-tables-'));
  const signal = new AbortController().signal;
  await ensurePythonPackages(join(folder, 'python.log'), signal);
  const port = await freePort();
  const miniStack = await startMiniStack(
    { port, folder, log: join(folder, 'ministack.log'), auth: false, keepState: false },
    signal,
  );
  const endpoint = `http://127.0.0.1:${port}`;

  const app = new App({ context: { stage: 'local', simulatorUrl: 'http://127.0.0.1:1' } });
  const stack = new DataStack(app, stageFrom(app.node));
  const template = Template.fromStack(stack);
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: EMULATOR_CREDENTIALS });
  const outputs = template.toJSON().Outputs;
  for (const name of TABLE_NAMES) {
    const { Properties } = template.toJSON().Resources[outputs[tableOutput(name)].Value.Ref];
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = Properties as Partial<CreateTableCommandInput>;
    await client.send(
      new CreateTableCommand({
        TableName: name,
        KeySchema,
        AttributeDefinitions,
        GlobalSecondaryIndexes,
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  }
  project.provide('aws', {
    endpoint,
    region: REGION,
    tables: Object.fromEntries(TABLE_NAMES.map((name) => [name, name])) as Record<TableName, string>,
  });
  return async () => {
    await miniStack.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
