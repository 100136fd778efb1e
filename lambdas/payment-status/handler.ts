import { orderRepository } from '../fulfillment/order-repository.ts';
import { paymentRepository } from '../payments/payment-repository.ts';
import { documentClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { paymentStatus } from './payment-status.ts';

const db = documentClient();
const deps = {
  payments: paymentRepository(db, requireEnv('PAYMENTS_TABLE')),
  orders: orderRepository(db, requireEnv('ORDERS_TABLE')),
};

/** What a storefront polls: it reads two items of DynamoDB and asks nobody else. */
export const handler = httpHandler(({ pathParameters, queryStringParameters }) =>
  paymentStatus(deps, { id: pathParameters?.id, query: queryStringParameters ?? {} }),
);
