import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { inject } from 'vitest';
import { EMULATOR_CREDENTIALS } from '../../../ops/emulator-client.ts';

const { endpoint, region } = inject('aws');
const cognito = new CognitoIdentityProviderClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS });

/** The password of every user that `newOperator` creates. */
export const PASSWORD = 'Correct-horse-battery-staple-1';
let created = 0;

/** Creates a user of the operator pool, in the given groups. @returns the username */
export async function newOperator(userPoolId: string, ...groups: string[]): Promise<string> {
  const username = `operator-${process.pid}-${++created}`;
  const user = { UserPoolId: userPoolId, Username: username };
  await cognito.send(new AdminCreateUserCommand({ ...user, TemporaryPassword: PASSWORD, MessageAction: 'SUPPRESS' }));
  await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: PASSWORD, Permanent: true }));
  for (const GroupName of groups) await cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName }));
  return username;
}
