import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { orderRepository } from '../lambdas/fulfillment/order-repository.ts';
import { eventRepository } from '../lambdas/paypal-webhook/event-repository.ts';
import { documentClient } from '../lambdas/shared/dynamo.ts';
import { isOrderId, paymentIdOfOrder } from '../lambdas/shared/ids.ts';
import { tableOutput } from '../lib/names.ts';
import { CREDENTIALS } from '../local/ministack.ts';

/*
 * Erases who bought one order: npm run erase -- ord_… [--stage prod]
 * Without a stage, in the shop that runs on this machine, whose parts --stack-file tells (.local/stack.json).
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { stage: { type: 'string' }, 'stack-file': { type: 'string' } },
});
const [orderId = ''] = positionals;

/** Where the tables of a stage, or of the shop on this machine, are. */
async function shop(stage: string | undefined): Promise<{ client: DynamoDBClient; orders: string; events: string }> {
  if (stage) {
    const { Stacks } = await new CloudFormationClient({}).send(
      new DescribeStacksCommand({ StackName: `settle-once-${stage}-data` }),
    );
    const output = (key: string) => Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';
    return {
      client: new DynamoDBClient({}),
      orders: output(tableOutput('orders')),
      events: output(tableOutput('webhook-events')),
    };
  }
  const file = values['stack-file'] ?? join(import.meta.dirname, '../.local/stack.json');
  if (!existsSync(file)) throw new Error('no shop is running here: start it with npm start, or name a --stage');
  const { aws_endpoint_url: endpoint, region, tables } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    client: new DynamoDBClient({ endpoint, region, credentials: CREDENTIALS }),
    orders: tables.orders,
    events: tables['webhook-events'],
  };
}

if (!isOrderId(orderId)) {
  console.error('usage: npm run erase -- ord_… [--stage NAME]');
  process.exitCode = 2;
} else {
  const { client, orders, events } = await shop(values.stage);
  const db = documentClient(client);
  const now = new Date();
  await orderRepository(db, orders).eraseBuyer(orderId, now);
  const erased = await eventRepository(db, events).eraseBodies(paymentIdOfOrder(orderId), now);
  console.log(`${orderId}: name, e-mail and address erased, and the bodies of ${erased} events`);
  client.destroy();
}
