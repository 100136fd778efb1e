import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { requireEnv } from '../shared/env.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { cognito } from './cognito.ts';
import { refresh, signIn } from './sign-in.ts';

const operators = cognito(
  new CognitoIdentityProviderClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 4000, throwOnRequestTimeout: true },
  }),
  requireEnv('USER_POOL_CLIENT_ID'),
);

/** Signs operators in. Nothing of what they send or are given is logged, and nothing of it is kept. */
export const handler = httpHandler((event) =>
  event.rawPath.endsWith('/refresh') ? refresh(operators, event) : signIn(operators, event),
);
