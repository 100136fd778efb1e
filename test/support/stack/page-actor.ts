import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { inject } from 'vitest';
import { CREDENTIALS } from '../../../local/ministack.ts';

const { endpoint, region } = inject('aws');
const cognito = new CognitoIdentityProviderClient({ endpoint, region, credentials: CREDENTIALS });

/** Everybody's. */
export const PASSWORD = 'Correct-horse-battery-staple-1';
let names = 0;

/** Makes somebody with a password, in groups or none. @returns the username */
export async function newOperator(userPoolId: string, ...groups: string[]): Promise<string> {
  const username = `person-${process.pid}-${++names}`;
  const who = { UserPoolId: userPoolId, Username: username };
  await cognito.send(new AdminCreateUserCommand({ ...who, TemporaryPassword: PASSWORD, MessageAction: 'SUPPRESS' }));
  await cognito.send(new AdminSetUserPasswordCommand({ ...who, Password: PASSWORD, Permanent: true }));
  for (const GroupName of groups) await cognito.send(new AdminAddUserToGroupCommand({ ...who, GroupName }));
  return username;
}
