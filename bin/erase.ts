import './say-why.ts';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { orderRepository } from '../lambdas/fulfillment/order-repository.ts';
import { eventRepository } from '../lambdas/paypal-webhook/event-repository.ts';
import { documentClient } from '../lambdas/shared/dynamo.ts';
import { isOrderId, paymentIdOfOrder } from '../lambdas/shared/ids.ts';
import { findShop, SHOP_OPTIONS } from './shop.ts';

/*
 * Erases who bought one order: npm run erase -- ord_… [--stage prod]
 * Without a stage, in the shop that runs on this machine, whose parts --stack-file tells (.local/stack.json).
 */

const { values, positionals } = parseArgs({ allowPositionals: true, options: SHOP_OPTIONS });
const [orderId = ''] = positionals;

if (!isOrderId(orderId)) {
  console.error('usage: npm run erase -- ord_… [--stage NAME]');
  process.exitCode = 2;
} else {
  const { clientOptions, tables } = await findShop(values);
  const client = new DynamoDBClient(clientOptions);
  const db = documentClient(client);
  const now = new Date();
  await orderRepository(db, tables.orders).eraseBuyer(orderId, now);
  const erased = await eventRepository(db, tables['webhook-events']).eraseBodies(paymentIdOfOrder(orderId), now);
  console.log(`${orderId}: name, e-mail and address erased, and the bodies of ${erased} events`);
  client.destroy();
}
