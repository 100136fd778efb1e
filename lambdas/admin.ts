import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { adminApi } from '../src/admin-api/api.ts';
import { dynamoClient } from '../src/shared/dynamo.ts';
import { requireAllTables, requireEnv, requirePayPal } from '../src/shared/env.ts';
import { behindFrontDoor } from '../src/shared/http/front-door.ts';
import { logger } from '../src/shared/logger.ts';
import { wireAdmin } from './wiring.ts';

const api = adminApi(
  wireAdmin({
    dynamo: dynamoClient(),
    stepFunctions: new SFNClient({}),
    sqs: new SQSClient({}),
    // A check may take almost as long as this function; a retry would run it twice.
    lambda: new LambdaClient({
      maxAttempts: 1,
      requestHandler: { requestTimeout: 27_000, throwOnRequestTimeout: true },
    }),
    tables: requireAllTables(),
    queues: { deadLetters: requireEnv('DEAD_LETTER_QUEUE_URL'), undelivered: requireEnv('UNDELIVERED_QUEUE_URL') },
    stateMachineArn: requireEnv('STATE_MACHINE_ARN'),
    consistencyFunctionName: requireEnv('CONSISTENCY_FUNCTION'),
    operators: {
      userPoolId: requireEnv('USER_POOL_ID'),
      clientId: requireEnv('USER_POOL_CLIENT_ID'),
      jwksUrl: requireEnv('USER_POOL_JWKS_URL'),
    },
    settings: JSON.parse(requireEnv('SETTINGS')),
    stage: requireEnv('STAGE'),
    refundLimit: Number(requireEnv('REFUND_LIMIT')),
    paypal: requirePayPal(),
    dueAfterSeconds: Number(requireEnv('DUE_AFTER_SECONDS')),
    storefrontOrigin: requireEnv('STOREFRONT_ORIGIN'),
    reservesConcurrency: requireEnv('RESERVED_CONCURRENCY') !== 'off',
    version: requireEnv('VERSION'),
  }),
);

export const handler = behindFrontDoor(requireEnv('ORIGIN_SECRET_HASHES'), async (event, context) => {
  logger.resetKeys();
  logger.addContext(context);
  return api.resolve(event, context);
});
