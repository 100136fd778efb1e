import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { USERNAME } from '../src/sign-in/sign-in.ts';
import { command, DRY_RUN, FAILED, JSON_OUTPUT, matching, run, YES } from './command.ts';
import { isConfirmed } from './confirm.ts';
import { type DeploymentSelector, findDeployment, STACK_FILE, STAGE } from './find-deployment.ts';
import { operatorAccounts } from './operator-accounts.ts';

const username = matching((text): text is string => USERNAME.test(text), '1 to 128 letters, digits or . _ @ -');

const operator = command('npm run operator', 'Manages operator accounts, which sign in to the admin console.')
  .addOption(STAGE)
  .addOption(STACK_FILE);

operator
  .command('list')
  .description('Lists the usernames.')
  .addOption(JSON_OUTPUT)
  .action(({ json }, program) =>
    withAccounts(program.optsWithGlobals(), async (accounts) => {
      const operators = await accounts.list();
      if (json) console.log(JSON.stringify({ operators }));
      else console.log(operators.length > 0 ? operators.join('\n') : 'no operators');
    }),
  );

operator
  .command('add')
  .description('Creates an operator, or sets a new password of an existing one; prints the password, only once.')
  .argument('<name>', 'the username', username)
  .addOption(DRY_RUN)
  .addOption(YES)
  .addOption(JSON_OUTPUT)
  .action((name, { dryRun, yes, json }, program) =>
    withAccounts(program.optsWithGlobals(), async (accounts) => {
      const exists = await accounts.exists(name);
      if (dryRun) console.log(exists ? `would reset the password of ${name}` : `would add operator ${name}`);
      else if (!exists || (await isConfirmed(`Operator ${name} exists. Set a new password?`, yes))) {
        const password = await accounts.add(name);
        if (json) console.log(JSON.stringify({ username: name, password }));
        else console.log(`added operator ${name}. Password, shown only once:\n${password}`);
      }
    }),
  );

operator
  .command('remove')
  .description('Removes an operator. The last access token expires within 15 minutes.')
  .argument('<name>', 'the username', username)
  .addOption(DRY_RUN)
  .addOption(YES)
  .action((name, { dryRun, yes }, program) =>
    withAccounts(program.optsWithGlobals(), async (accounts) => {
      const exists = await accounts.exists(name);
      if (exists && dryRun) console.log(`would remove operator ${name}`);
      else if (exists && !(await isConfirmed(`Remove operator ${name}?`, yes))) return;
      else if (exists && (await accounts.remove(name))) console.log(`removed operator ${name}`);
      else {
        console.error(`operator ${name} not found`);
        process.exitCode = FAILED;
      }
    }),
  );

await run(operator);

async function withAccounts(
  selector: DeploymentSelector,
  work: (accounts: ReturnType<typeof operatorAccounts>) => Promise<void>,
): Promise<void> {
  const { clientOptions, userPoolId } = await findDeployment(selector);
  const client = new CognitoIdentityProviderClient(clientOptions);
  await work(operatorAccounts(client, userPoolId));
  client.destroy();
}
