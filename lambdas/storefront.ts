import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { ulid } from 'ulid';
import { sessionRepository } from '../src/checkout/session-repository.ts';
import { stockRepository } from '../src/inventory/stock-repository.ts';
import { documentClient, dynamoClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { idempotencyKeys } from '../src/shared/http/idempotency-key.ts';
import { logger } from '../src/shared/logger.ts';
import { storefrontApi } from '../src/storefront-api/api.ts';
import { composePayments } from './compose/payments.ts';

const dynamo = dynamoClient();
const db = documentClient(dynamo);
const composed = composePayments({ db, stepFunctions: new SFNClient({}), env: requireEnv });
const api = storefrontApi({
  ...composed,
  ...composed.paypal,
  version: requireEnv('VERSION'),
  ulid,
  stock: stockRepository(db, {
    products: requireEnv('PRODUCTS_TABLE'),
    reservations: requireEnv('RESERVATIONS_TABLE'),
  }),
  sessions: sessionRepository(db, requireEnv('CHECKOUT_SESSIONS_TABLE')),
  storefrontOrigin: requireEnv('STOREFRONT_ORIGIN'),
  once: idempotencyKeys(
    new DynamoDBPersistenceLayer({ tableName: requireEnv('IDEMPOTENCY_TABLE'), awsSdkV3Client: dynamo }),
  ),
});

/** The storefront's API, all but the polling of a payment. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  logger.resetKeys();
  logger.addContext(context);
  return api.resolve(event, context);
}
