import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { orderRepository } from '../fulfillment/order-repository.ts';
import { paymentRepository } from '../payments/payment-repository.ts';
import { documentClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { problemAnswer, toResult } from '../shared/http.ts';
import { logger } from '../shared/logger.ts';
import { problemOf } from '../shared/problem-of.ts';
import { paymentStatus } from './payment-status.ts';

const db = documentClient();
const deps = {
  payments: paymentRepository(db, requireEnv('PAYMENTS_TABLE')),
  orders: orderRepository(db, requireEnv('ORDERS_TABLE')),
};

/** What a storefront polls: it reads two items of DynamoDB and asks nobody else. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  logger.resetKeys();
  logger.addContext(context);
  try {
    return toResult({
      status: 200,
      body: await paymentStatus(deps, { id: event.pathParameters?.id, query: event.queryStringParameters ?? {} }),
    });
  } catch (error) {
    return toResult(problemAnswer(problemOf(error)));
  }
}
