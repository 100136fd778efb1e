import './report-errors.ts';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { orderRepository } from '../src/fulfillment/order-repository.ts';
import { eventRepository } from '../src/paypal-webhook/event-repository.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { isOrderId, paymentIdOfOrder } from '../src/shared/ids.ts';
import { DEPLOYMENT_OPTIONS, findDeployment } from './find-deployment.ts';

/*
 * Erases the personal data of one order's buyer: npm run erase -- ord_… [--stage prod]
 * Without --stage, in the shop running on this machine: the one of --stack-file, by default .local/stack.json.
 */

const { values, positionals } = parseArgs({ allowPositionals: true, options: DEPLOYMENT_OPTIONS });
const [orderId = ''] = positionals;

if (!isOrderId(orderId)) {
  console.error('usage: npm run erase -- ord_… [--stage NAME]');
  process.exitCode = 2;
} else {
  const { clientOptions, tables } = await findDeployment(values);
  const client = new DynamoDBClient(clientOptions);
  const db = documentClient(client);
  const now = new Date();
  await orderRepository(db, tables.orders).eraseBuyer(orderId, now);
  const erased = await eventRepository(db, tables['webhook-events']).eraseBodies(paymentIdOfOrder(orderId), now);
  console.log(`${orderId}: name, email and address erased, and the bodies of ${erased} events`);
  client.destroy();
}
