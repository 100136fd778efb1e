import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { requireEnv } from '../shared/env.ts';
import { problemAnswer, toResult } from '../shared/http.ts';
import { logger } from '../shared/logger.ts';
import { problemOf } from '../shared/problem-of.ts';
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
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  logger.resetKeys();
  logger.addContext(context);
  try {
    const enter = event.rawPath.endsWith('/refresh') ? refresh : signIn;
    return toResult({ status: 200, body: await enter(operators, event) });
  } catch (error) {
    return toResult(problemAnswer(problemOf(error)));
  }
}
