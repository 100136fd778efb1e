import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect, inject } from 'vitest';
import { EMULATOR_CREDENTIALS } from '../../../ops/emulator-client.ts';

const { endpoint, region } = inject('aws');
const iam = new IAMClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS });
const lambda = new LambdaClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS });

/** Runs work while a function's role lacks one action, then restores it. */
export async function withoutGrant(action: string, folder: string, work: () => Promise<void>): Promise<void> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const RoleName = Functions.find(({ Description = '' }) => Description.startsWith(`lambdas/${folder}.ts `))
    ?.Role?.split('/')
    .at(-1);
  const { PolicyNames: [PolicyName] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  const granted = decodeURIComponent(PolicyDocument);
  const document = JSON.parse(granted);
  for (const statement of document.Statement) {
    statement.Action = [statement.Action].flat().filter((granted: string) => granted !== action);
  }
  document.Statement = document.Statement.filter(({ Action }: { Action: string[] }) => Action.length > 0);
  expect(JSON.stringify(document)).not.toContain(action);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }));
  try {
    await work();
  } finally {
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: granted }));
  }
}
