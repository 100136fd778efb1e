import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { sessionRepository } from '../src/access/session-repository.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { behindFrontDoor } from '../src/shared/http/front-door.ts';
import { httpHandler } from '../src/shared/http/http-handler.ts';
import { cognito } from '../src/sign-in/cognito.ts';
import { requireOwnOrigin } from '../src/sign-in/own-origin.ts';
import { refresh, type SignInDeps, signIn, signOut } from '../src/sign-in/sign-in.ts';

const storefrontOrigin = requireEnv('STOREFRONT_ORIGIN');

const deps: SignInDeps = {
  cognito: cognito(
    new CognitoIdentityProviderClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 2000, requestTimeout: 4000, throwOnRequestTimeout: true },
    }),
    requireEnv('USER_POOL_CLIENT_ID'),
  ),
  sessions: sessionRepository(documentClient(), requireEnv('ACCESS_TABLE')),
  now: () => new Date(),
  host: new URL(storefrontOrigin).host,
};

/** Signs operators in and out. Neither credentials nor tokens are logged or stored. */
export const handler = behindFrontDoor(
  requireEnv('ORIGIN_SECRET_HASHES'),
  httpHandler(async (event) => {
    requireOwnOrigin(event, storefrontOrigin);
    if (event.rawPath.endsWith('/sign-out')) return signOut(deps, event);
    if (event.rawPath.endsWith('/refresh')) return refresh(deps, event);
    return signIn(deps, event);
  }),
);
