import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { orderRepository } from '../src/fulfillment/order-repository.ts';
import { eventRepository } from '../src/paypal-webhook/event-repository.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { isOrderId, paymentIdOfOrder } from '../src/shared/ids.ts';
import { command, matching, run, YES } from './command.ts';
import { isConfirmed } from './confirm.ts';
import { findDeployment, STACK_FILE, STAGE } from './find-deployment.ts';

await run(
  command('npm run erase', "Erases the personal data of one order's buyer permanently.")
    .argument('<order-id>', 'the order: ord_…', matching(isOrderId, 'ord_ and the 26 characters of a ULID'))
    .addOption(STAGE)
    .addOption(STACK_FILE)
    .addOption(YES)
    .action(async (orderId, options) => {
      if (!(await isConfirmed(`Erase the buyer's data of ${orderId} permanently?`, options.yes))) return;
      const { clientOptions, tables } = await findDeployment(options);
      const client = new DynamoDBClient(clientOptions);
      const db = documentClient(client);
      const now = new Date();
      await orderRepository(db, tables.orders).eraseBuyer(orderId, now);
      const erased = await eventRepository(db, tables['webhook-events']).eraseBodies(paymentIdOfOrder(orderId), now);
      console.log(`${orderId}: name, email and address erased, and the bodies of ${erased} events`);
      client.destroy();
    }),
);
