import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { requireEnv } from '../src/shared/env.ts';
import { behindFrontDoor } from '../src/shared/http/front-door.ts';
import { httpHandler } from '../src/shared/http/http-handler.ts';
import { cognito } from '../src/sign-in/cognito.ts';
import { refresh, signIn } from '../src/sign-in/sign-in.ts';

const operators = cognito(
  new CognitoIdentityProviderClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 4000, throwOnRequestTimeout: true },
  }),
  requireEnv('USER_POOL_CLIENT_ID'),
);

/** Signs operators in. Neither credentials nor tokens are logged or stored. */
export const handler = behindFrontDoor(
  requireEnv('ORIGIN_SECRET_HASHES'),
  httpHandler((event) => (event.rawPath.endsWith('/refresh') ? refresh(operators, event) : signIn(operators, event))),
);
