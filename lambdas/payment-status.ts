import { orderRepository } from '../src/fulfillment/order-repository.ts';
import { paymentRepository } from '../src/payments/payment-repository.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { behindFrontDoor } from '../src/shared/http/front-door.ts';
import { httpHandler } from '../src/shared/http/http-handler.ts';
import { paymentStatus } from '../src/storefront-api/payment-status.ts';

const db = documentClient();
const deps = {
  payments: paymentRepository(db, requireEnv('PAYMENTS_TABLE')),
  orders: orderRepository(db, requireEnv('ORDERS_TABLE')),
};

/** Polled by the storefront: two DynamoDB reads and nothing else. */
export const handler = behindFrontDoor(
  requireEnv('ORIGIN_SECRET_HASHES'),
  httpHandler(async ({ pathParameters, queryStringParameters }) => ({
    status: 200,
    body: await paymentStatus(deps, { id: pathParameters?.id, query: queryStringParameters ?? {} }),
  })),
);
