import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect, inject, it } from 'vitest';
import { EMULATOR_CREDENTIALS } from '../../ops/emulator-client.ts';
import { firstFailuresOf, noFailuresOf, retry } from '../support/stack/settlements.ts';
import { approve, beginPurchase, completedPayment, paymentOf, sessionOf } from '../support/stack/shop.ts';

const { endpoint, region } = inject('aws');
const iam = new IAMClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS });
const lambda = new LambdaClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS });

/** Runs work while a function's role lacks one action, then restores it. */
async function without(action: string, folder: string, work: () => Promise<void>): Promise<void> {
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

it('fails the settlement when the checkout function lacks its write grant', async () => {
  const purchase = await beginPurchase();

  await without('dynamodb:UpdateItem', 'checkout', async () => {
    await approve(purchase.paypalOrderId);
    // Fails every attempt, so the number of retries before the grant is restored does not matter.
    expect(await firstFailuresOf(purchase)).toMatchObject([{ settlement: 'captured', status: 'FAILED' }]);
    expect((await paymentOf(purchase)).order).not.toBeNull();
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_pending' });
  });

  await retry(purchase);
  await completedPayment(purchase, 'captured');
  expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_completed' });
  await noFailuresOf(purchase);
});

it('sells again when the grant is restored', async () => {
  const purchase = await beginPurchase();

  await approve(purchase.paypalOrderId);

  expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
});
