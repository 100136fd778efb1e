import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { TestProject } from 'vitest/node';
import { DataStack } from '../../../lib/data-stack.ts';
import { TABLE_NAMES, type TableName, tableOutput } from '../../../lib/names.ts';
import { stageFrom } from '../../../lib/stages.ts';
import { REGION } from '../../../local/ministack.ts';
import { EMULATOR_CREDENTIALS } from '../../../ops/emulator-client.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    aws: { endpoint: string; region: string; tables: Record<TableName, string> };
  }
}

/** Creates the tables of the deployed template at an endpoint of DynamoDB, and gives both to the tests. */
export async function provideTables(project: TestProject, endpoint: string): Promise<void> {
  const app = new App({ context: { stage: 'local', simulatorUrl: 'http://127.0.0.1:1' } });
  const template = Template.fromStack(new DataStack(app, stageFrom(app.node))).toJSON();
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: EMULATOR_CREDENTIALS });
  for (const name of TABLE_NAMES) {
    const { Properties } = template.Resources[template.Outputs[tableOutput(name)].Value.Ref];
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
  client.destroy();
  project.provide('aws', {
    endpoint,
    region: REGION,
    tables: Object.fromEntries(TABLE_NAMES.map((name) => [name, name])) as Record<TableName, string>,
  });
}
