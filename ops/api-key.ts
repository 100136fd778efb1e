import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Option } from '@commander-js/extra-typings';
import { ulid } from 'ulid';
import { API_KEY_ID } from '../src/access/api-key.ts';
import { type ApiKey, apiKeyRepository } from '../src/access/api-key-repository.ts';
import { SCOPES, type Scope } from '../src/access/caller.ts';
import { auditRepository } from '../src/admin-api/audit-repository.ts';
import { createApiKey } from '../src/admin-api/create-api-key.ts';
import { revokeApiKey } from '../src/admin-api/revoke-api-key.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { command, DRY_RUN, FAILED, JSON_OUTPUT, matching, run, wholeNumber, YES } from './command.ts';
import { isConfirmed } from './confirm.ts';
import { type DeploymentSelector, findDeployment, STACK_FILE, STAGE } from './find-deployment.ts';
import { osUser } from './os-user.ts';

const isScopes = (text: string): text is string =>
  text.split(',').every((one) => (SCOPES as readonly string[]).includes(one));
const keyName = matching((text): text is string => text.length >= 1 && text.length <= 100, '1 to 100 characters');
const keyId = matching((text): text is string => API_KEY_ID.test(text), 'key_ and 24 hexadecimal digits');

const actor = `npm run api-key (${osUser()})`;

const apiKey = command('npm run api-key', 'Manages API keys, with which other servers call the admin API.')
  .addOption(STAGE)
  .addOption(STACK_FILE);

apiKey
  .command('list')
  .description('Lists the keys, oldest first, revoked ones included.')
  .addOption(JSON_OUTPUT)
  .action(({ json }, program) =>
    withApiKeys(program.optsWithGlobals(), async ({ apiKeys }) => {
      const keys = (await apiKeys.list()).map(({ hash: _, ...key }) => key);
      if (json) console.log(JSON.stringify({ api_keys: keys }));
      else console.log(keys.length > 0 ? keys.map(toText).join('\n') : 'no API keys');
    }),
  );

apiKey
  .command('create')
  .description('Creates a key, and prints it, only once.')
  .argument('<name>', 'what the key is for', keyName)
  .addOption(
    new Option('--scopes <list>', `comma-separated: ${SCOPES.join(', ')}`)
      .argParser(matching(isScopes, `some of ${SCOPES.join(', ')}`))
      .makeOptionMandatory(),
  )
  .addOption(
    new Option('--refund-limit <amount>', 'major units per day and currency (default: the stage’s)').argParser(
      wholeNumber(0, 1_000_000),
    ),
  )
  .addOption(JSON_OUTPUT)
  .action((name, { scopes, refundLimit, json }, program) =>
    withApiKeys(program.optsWithGlobals(), async (deps) => {
      const list = [...new Set(scopes.split(','))] as Scope[];
      const created = await createApiKey(deps, { name, scopes: list, refund_limit: refundLimit }, actor);
      const { id } = created.apiKey;
      if (json) console.log(JSON.stringify({ id, name, scopes: list, key: created.secret }));
      else console.log(`created API key ${id} (${name}). Key, shown only once:\n${created.secret}`);
    }),
  );

apiKey
  .command('revoke')
  .description('Revokes a key at once.')
  .argument('<id>', 'the id of the list: key_…', keyId)
  .addOption(DRY_RUN)
  .addOption(YES)
  .action((id, { dryRun, yes }, program) =>
    withApiKeys(program.optsWithGlobals(), async (deps) => {
      const key = (await deps.apiKeys.list()).find((one) => one.id === id);
      if (!key) {
        console.error(`API key ${id} not found`);
        process.exitCode = FAILED;
      } else if (dryRun) console.log(`would revoke API key ${id} (${key.name})`);
      else if (await isConfirmed(`Revoke API key ${id} (${key.name})?`, yes)) {
        await revokeApiKey(deps, key, actor);
        console.log(`revoked API key ${id} (${key.name})`);
      }
    }),
  );

await run(apiKey);

function toText({ id, name, scopes, last_used_at, revoked_at }: Omit<ApiKey, 'hash'>): string {
  const use = revoked_at ? `revoked ${revoked_at}` : last_used_at ? `last used ${last_used_at}` : 'never used';
  return `${id}  ${name}  ${scopes.join(',')}  ${use}`;
}

type Deps = Parameters<typeof createApiKey>[0] & { readonly apiKeys: ReturnType<typeof apiKeyRepository> };

async function withApiKeys(selector: DeploymentSelector, work: (deps: Deps) => Promise<void>): Promise<void> {
  const { clientOptions, tables } = await findDeployment(selector);
  const client = new DynamoDBClient(clientOptions);
  const db = documentClient(client);
  await work({
    apiKeys: apiKeyRepository(db, tables.access),
    audit: auditRepository(db, tables),
    stage: selector.stage ?? 'local',
    ulid,
    now: () => new Date(),
  });
  client.destroy();
}
