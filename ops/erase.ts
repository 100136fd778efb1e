import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Option } from '@commander-js/extra-typings';
import { ulid } from 'ulid';
import { auditRepository } from '../src/admin-api/audit-repository.ts';
import { orderRepository } from '../src/fulfillment/order-repository.ts';
import { paymentRepository } from '../src/payments/payment-repository.ts';
import { eventRepository } from '../src/paypal-webhook/event-repository.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { isOrderId } from '../src/shared/ids.ts';
import { command, DRY_RUN, FAILED, JSON_OUTPUT, matching, run, YES } from './command.ts';
import { isConfirmed } from './confirm.ts';
import { type BuyerData, type EraseRequest, eraseBuyerData, findBuyerData } from './erase-buyer.ts';
import { findDeployment, STACK_FILE, STAGE } from './find-deployment.ts';
import { osUser } from './os-user.ts';

const orderId = matching(isOrderId, 'ord_ and the 26 characters of a ULID');
const email = matching((text): text is string => /^[^\s@]+@[^\s@]+$/.test(text), 'an email address');
const eventId = matching((text): text is string => /^\S{1,128}$/.test(text), '1 to 128 characters without spaces');

const NOT_FOUND = {
  order: (id: string) => `order ${id} not found`,
  email: (address: string) => `no order and no event with the email address ${address} found`,
  event: (id: string) => `event ${id} not found`,
} as const satisfies Record<EraseRequest['by'], unknown>;

type Listed = Pick<BuyerData, 'orders' | 'events'>;

const toText = ({ orders, events }: Listed, done: string): string =>
  [
    ...orders.map(
      ({ order_id, buyer }) => `${order_id}: ${buyer ? 'name, email and address' : 'no name, email or address'}`,
    ),
    ...events.map(({ event_id }) => `${event_id}: body of the event`),
    `${done}: name, email and address of ${count(orders.filter(({ buyer }) => buyer).length, 'order')}, ` +
      count(events.length, 'event'),
  ].join('\n');

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

const toJson = ({ orders, events }: Listed): string =>
  JSON.stringify({ orders, events: events.map(({ event_id }) => event_id) });

await run(
  command('npm run erase', "Erases a buyer's personal data permanently, with an entry in the audit log.")
    .argument('[order-id]', 'the same as --order', orderId)
    .addOption(new Option('--order <id>', 'of this order: ord_…').argParser(orderId))
    .addOption(new Option('--email <address>', 'of all orders and events with this email address').argParser(email))
    .addOption(new Option('--event <id>', 'of one webhook event: WH-…').argParser(eventId))
    .addOption(STAGE)
    .addOption(STACK_FILE)
    .addOption(DRY_RUN)
    .addOption(YES)
    .addOption(JSON_OUTPUT)
    .action(async (argument, options, program) => {
      const requests = [
        ...[argument, options.order].flatMap((id) => (id ? [{ by: 'order', id } as const] : [])),
        ...(options.email ? [{ by: 'email', id: options.email } as const] : []),
        ...(options.event ? [{ by: 'event', id: options.event } as const] : []),
      ] satisfies EraseRequest[];
      const [request] = requests;
      if (!request || requests.length > 1)
        return program.error('error: expected exactly one of <order-id>, --order, --email and --event');

      const { clientOptions, tables } = await findDeployment(options);
      const client = new DynamoDBClient(clientOptions);
      const db = documentClient(client);
      const deps = {
        orders: orderRepository(db, tables.orders),
        payments: paymentRepository(db, tables.payments),
        events: eventRepository(db, tables['webhook-events']),
        audit: auditRepository(db, tables),
        ulid,
        now: () => new Date(),
      };
      const format = options.json ? toJson : toText;

      const found = await findBuyerData(deps, request);
      if (!found) {
        console.error(NOT_FOUND[request.by](request.id));
        process.exitCode = FAILED;
      } else if (options.dryRun) console.log(format(found, 'to erase'));
      else if (await isConfirmed(`${toText(found, 'to erase')}\nErase permanently?`, options.yes)) {
        console.log(format(await eraseBuyerData(deps, request, found, `npm run erase (${osUser()})`), 'erased'));
      }
      client.destroy();
    }),
);
