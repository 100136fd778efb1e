import './report-errors.ts';
import { parseArgs } from 'node:util';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DEPLOYMENT_OPTIONS, findDeployment } from './find-deployment.ts';
import { operatorAccounts } from './operator-accounts.ts';

/*
 * Manages operator accounts: npm run operator -- add NAME | remove NAME | list [--stage prod]
 */

const { values, positionals } = parseArgs({ allowPositionals: true, options: DEPLOYMENT_OPTIONS });
const [command, name] = positionals;

if (!(command === 'list' ? !name : name && (command === 'add' || command === 'remove'))) {
  console.error('usage: npm run operator -- add NAME | remove NAME | list [--stage NAME]');
  process.exitCode = 2;
} else {
  const { clientOptions, userPoolId } = await findDeployment(values);
  const client = new CognitoIdentityProviderClient(clientOptions);
  const accounts = operatorAccounts(client, userPoolId);
  if (!name) {
    const names = await accounts.list();
    console.log(names.length > 0 ? names.join('\n') : 'no operators');
  } else if (command === 'add') {
    console.log(`added operator ${name}. Password, shown only once:\n${await accounts.add(name)}`);
  } else {
    const removed = await accounts.remove(name);
    console.log(removed ? `removed operator ${name}` : `operator ${name} not found`);
    if (!removed) process.exitCode = 1;
  }
  client.destroy();
}
