import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { ulid } from 'ulid';
import { adminApi } from '../src/admin-api/api.ts';
import { consistencyFunction } from '../src/consistency/consistency-function.ts';
import { documentClient, dynamoClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { idempotencyKeys } from '../src/shared/http/idempotency-key.ts';
import { logger } from '../src/shared/logger.ts';
import { runRepository } from '../src/shared/run-repository.ts';
import { composeHealth } from './compose/health.ts';
import { composeStory } from './compose/payment-details.ts';
import { composePayments } from './compose/payments.ts';
import { composeRepairs } from './compose/repairs.ts';

const dynamo = dynamoClient();
const db = documentClient(dynamo);
const stepFunctions = new SFNClient({});
const parts = { db, dynamo, stepFunctions, sqs: new SQSClient({}), env: requireEnv };
// A check of the books may take as long as this function may; it must not be begun twice.
const lambda = new LambdaClient({
  maxAttempts: 1,
  requestHandler: { requestTimeout: 27_000, throwOnRequestTimeout: true },
});

const deps = {
  ...composeStory(parts),
  ...composePayments(parts),
  runOf: runRepository(db, requireEnv('OPERATIONS_TABLE')).get,
};
const api = adminApi({
  ...deps,
  ...deps.paypal,
  ulid,
  consistency: consistencyFunction(lambda, requireEnv('CONSISTENCY_FUNCTION')),
  actions: composeRepairs(parts),
  health: { ...deps, ...deps.paypal, ...composeHealth({ ...parts, lambda }) },
  storefrontOrigin: requireEnv('STOREFRONT_ORIGIN'),
  version: requireEnv('VERSION'),
  once: idempotencyKeys(
    new DynamoDBPersistenceLayer({ tableName: requireEnv('IDEMPOTENCY_TABLE'), awsSdkV3Client: dynamo }),
  ),
});

/** The operators' API. */
export async function handler(event: APIGatewayProxyEventV2, context: Context) {
  logger.resetKeys();
  logger.addContext(context);
  return api.resolve(event, context);
}
