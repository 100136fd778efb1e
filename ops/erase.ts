import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { orderRepository } from '../src/fulfillment/order-repository.ts';
import { paymentRepository } from '../src/payments/payment-repository.ts';
import { eventRepository } from '../src/paypal-webhook/event-repository.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { isOrderId } from '../src/shared/ids.ts';
import { command, DRY_RUN, FAILED, JSON_OUTPUT, matching, run, YES } from './command.ts';
import { isConfirmed } from './confirm.ts';
import { eraseBuyerData, findBuyerData } from './erase-buyer.ts';
import { findDeployment, STACK_FILE, STAGE } from './find-deployment.ts';

await run(
  command('npm run erase', "Erases the personal data of one order's buyer permanently.")
    .argument('<order-id>', 'the order: ord_…', matching(isOrderId, 'ord_ and the 26 characters of a ULID'))
    .addOption(STAGE)
    .addOption(STACK_FILE)
    .addOption(DRY_RUN)
    .addOption(YES)
    .addOption(JSON_OUTPUT)
    .action(async (orderId, options) => {
      const { clientOptions, tables } = await findDeployment(options);
      const client = new DynamoDBClient(clientOptions);
      const db = documentClient(client);
      const deps = {
        orders: orderRepository(db, tables.orders),
        payments: paymentRepository(db, tables.payments),
        events: eventRepository(db, tables['webhook-events']),
      };
      const print = (text: string, buyer: boolean, events: number) =>
        console.log(options.json ? JSON.stringify({ order_id: orderId, buyer, events }) : `${orderId}: ${text}`);

      const found = await findBuyerData(deps, orderId);
      if (!found) {
        console.error(`order ${orderId} not found`);
        process.exitCode = FAILED;
      } else {
        const { buyer, events } = found;
        const stored = `${buyer ? 'name, email and address' : 'no name, email or address'}, ${events} events`;
        if (options.dryRun) print(`${stored} to erase`, buyer, events);
        else if (await isConfirmed(`${orderId}: ${stored}. Erase permanently?`, options.yes)) {
          const erased = await eraseBuyerData(deps, orderId, new Date());
          print(`name, email and address erased, and the bodies of ${erased} events`, buyer, erased);
        }
      }
      client.destroy();
    }),
);
