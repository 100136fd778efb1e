import './report-errors.ts';
import { parseArgs } from 'node:util';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DEPLOYMENT_OPTIONS, findDeployment } from './find-deployment.ts';
import { operatorAccounts } from './operator-accounts.ts';

/*
 * Who may operate the shop: npm run operator -- add|remove NAME, or list; [--stage prod]
 */

const { values, positionals } = parseArgs({ allowPositionals: true, options: DEPLOYMENT_OPTIONS });
const [what, name] = positionals;

if (!(what === 'list' ? !name : name && (what === 'add' || what === 'remove'))) {
  console.error('usage: npm run operator -- add NAME | remove NAME | list [--stage NAME]');
  process.exitCode = 2;
} else {
  const { clientOptions, userPoolId } = await findDeployment(values);
  const client = new CognitoIdentityProviderClient(clientOptions);
  const accounts = operatorAccounts(client, userPoolId);
  if (!name) {
    const names = await accounts.list();
    console.log(names.length > 0 ? names.join('\n') : 'there are no operators yet');
  } else if (what === 'add') {
    console.log(`${name} may operate the shop. The password, shown this once:\n${await accounts.add(name)}`);
  } else {
    const removed = await accounts.remove(name);
    console.log(removed ? `${name} was removed` : `there is no ${name}`);
    if (!removed) process.exitCode = 1;
  }
  client.destroy();
}
