import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { ulid } from 'ulid';
import { composePayments } from '../payments/compose.ts';
import { eventRepository } from '../paypal-webhook/event-repository.ts';
import { composeSettlements } from '../settlements/compose.ts';
import { documentClient, dynamoClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { idempotencyKeys } from '../shared/idempotency-key.ts';
import { logger } from '../shared/logger.ts';
import { adminApi } from './api.ts';
import { auditRepository } from './audit-repository.ts';

const dynamo = dynamoClient();
const db = documentClient(dynamo);
const parts = { db, stepFunctions: new SFNClient({}), env: requireEnv };
const composed = composePayments(parts);
const api = adminApi({
  ...composeSettlements(parts),
  ...composed,
  ...composed.paypal,
  ulid,
  events: eventRepository(db, requireEnv('WEBHOOK_EVENTS_TABLE')),
  audit: auditRepository(db, requireEnv('OPERATIONS_TABLE')),
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
