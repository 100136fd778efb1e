import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Option } from '@commander-js/extra-typings';
import { ulid } from 'ulid';
import { ROLES, type Role } from '../src/access/role.ts';
import { sessionRepository } from '../src/access/session-repository.ts';
import { auditRepository } from '../src/admin-api/audit-repository.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { USERNAME } from '../src/sign-in/sign-in.ts';
import { command, DRY_RUN, FAILED, JSON_OUTPUT, matching, run, YES } from './command.ts';
import { isConfirmed } from './confirm.ts';
import { type DeploymentSelector, findDeployment, STACK_FILE, STAGE } from './find-deployment.ts';
import { operatorAccounts } from './operator-accounts.ts';
import { osUser } from './os-user.ts';

const username = matching((text): text is string => USERNAME.test(text), '1 to 128 letters, digits or . _ @ -');
const role = matching((text): text is Role => ROLES.some((one) => one === text), 'viewer, operator or admin');

const operator = command('npm run operator', 'Manages operator accounts, which sign in to the admin console.')
  .addOption(STAGE)
  .addOption(STACK_FILE);

operator
  .command('list')
  .description('Lists the usernames with their roles.')
  .addOption(JSON_OUTPUT)
  .action(({ json }, program) =>
    withAccounts(program.optsWithGlobals(), async (accounts) => {
      const operators = await accounts.list();
      if (json) {
        const roles = Object.fromEntries(operators.map((one) => [one.username, one.role]));
        console.log(JSON.stringify({ operators: operators.map((one) => one.username), roles }));
      } else {
        const lines = operators.map((one) => `${one.username}  ${one.role}`);
        console.log(lines.length > 0 ? lines.join('\n') : 'no operators');
      }
    }),
  );

operator
  .command('add')
  .description(
    'Creates an operator; prints a temporary password, only once. Its owner changes it at the first sign-in.',
  )
  .argument('<name>', 'the username', username)
  .addOption(new Option('--role <role>', 'what the operator may do').choices(ROLES).default('operator' as const))
  .addOption(DRY_RUN)
  .addOption(JSON_OUTPUT)
  .action((name, { role: chosen, dryRun, json }, program) =>
    withAccounts(program.optsWithGlobals(), async (accounts) => {
      if (await accounts.exists(name))
        fail(`operator ${name} exists; for a new password: npm run operator -- reset ${name}`);
      else if (dryRun) console.log(`would add operator ${name} with the role ${chosen}`);
      else
        printPassword(name, await accounts.add(name, chosen), json, `added operator ${name} with the role ${chosen}`);
    }),
  );

operator
  .command('reset')
  .description('Sets a temporary password, removes the authenticator app and ends all sessions of an operator.')
  .argument('<name>', 'the username', username)
  .addOption(DRY_RUN)
  .addOption(YES)
  .addOption(JSON_OUTPUT)
  .action((name, { dryRun, yes, json }, program) =>
    withAccounts(program.optsWithGlobals(), async (accounts) => {
      if (!(await accounts.exists(name))) fail(`operator ${name} not found`);
      else if (dryRun) console.log(`would reset operator ${name}`);
      else if (await isConfirmed(`Reset password and authenticator app of ${name}, and end all sessions?`, yes))
        printPassword(name, await accounts.reset(name), json, `reset operator ${name}`);
    }),
  );

operator
  .command('role')
  .description('Changes the role of an operator and ends all sessions.')
  .argument('<name>', 'the username', username)
  .argument('<role>', 'viewer, operator or admin', role)
  .addOption(DRY_RUN)
  .addOption(YES)
  .action((name, chosen, { dryRun, yes }, program) =>
    withAccounts(program.optsWithGlobals(), async (accounts) => {
      if (!(await accounts.exists(name))) fail(`operator ${name} not found`);
      else if (dryRun) console.log(`would give operator ${name} the role ${chosen}`);
      else if (await isConfirmed(`Give operator ${name} the role ${chosen}, and end all sessions?`, yes)) {
        await accounts.setRole(name, chosen);
        console.log(`operator ${name} has the role ${chosen}`);
      }
    }),
  );

operator
  .command('remove')
  .description('Removes an operator. All sessions end at once.')
  .argument('<name>', 'the username', username)
  .addOption(DRY_RUN)
  .addOption(YES)
  .action((name, { dryRun, yes }, program) =>
    withAccounts(program.optsWithGlobals(), async (accounts) => {
      const exists = await accounts.exists(name);
      if (exists && dryRun) console.log(`would remove operator ${name}`);
      else if (exists && !(await isConfirmed(`Remove operator ${name}?`, yes))) return;
      else if (!dryRun && (await accounts.remove(name))) console.log(`removed operator ${name}`);
      else fail(`operator ${name} not found`);
    }),
  );

await run(operator);

function printPassword(name: string, password: string | undefined, json: true | undefined, done: string): void {
  if (json) console.log(JSON.stringify({ username: name, password }));
  else console.log(`${done}. Temporary password, shown only once, valid for three days:\n${password}`);
}

function fail(reason: string): void {
  console.error(reason);
  process.exitCode = FAILED;
}

async function withAccounts(
  selector: DeploymentSelector,
  work: (accounts: ReturnType<typeof operatorAccounts>) => Promise<void>,
): Promise<void> {
  const { clientOptions, userPoolId, tables } = await findDeployment(selector);
  const cognito = new CognitoIdentityProviderClient(clientOptions);
  const dynamo = new DynamoDBClient(clientOptions);
  const db = documentClient(dynamo);
  await work(
    operatorAccounts({
      cognito,
      userPoolId,
      sessions: sessionRepository(db, tables.access),
      audit: auditRepository(db, tables),
      ulid,
      now: () => new Date(),
      actor: `npm run operator (${osUser()})`,
    }),
  );
  cognito.destroy();
  dynamo.destroy();
}
