import { text } from 'node:stream/consumers';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { sizeOf } from '../../test/support/item-size.ts';
import { db, stepFunctions } from './common.ts';
import { type ReferenceName, STEPS } from './steps.ts';

/*
 * Runs the handlers of a reference for one purchase in this process, against its tables, and prints what they use.
 * Arguments: its name. Stdin: JSON with a basket and the bodies of PayPal's events.
 */

const name = process.argv[2] as ReferenceName;
const { basket, events, polls } = JSON.parse(await text(process.stdin));
const entry: Record<string, (input: object) => Promise<object>> = await import(`./${name}.ts`);

const counts = { awsCalls: 0, writeUnits: 0, readUnits: 0, invocations: 0 };

interface Command {
  readonly input: { readonly TableName?: string; readonly Key?: Record<string, unknown>; readonly Item?: object };
}
type Send = (command: Command) => Promise<{ readonly Item?: object }>;

const send = db.send.bind(db) as unknown as Send;
const units = (item: object = {}) => Math.max(1, Math.ceil(sizeOf(item as Record<string, unknown>) / 1024));

Object.assign(db, {
  async send(command: Command) {
    const result = await send(command);
    const { TableName, Key, Item } = command.input;
    counts.awsCalls += 1;
    // Reads of small items, which are not consistent.
    if (command instanceof GetCommand || command instanceof QueryCommand) counts.readUnits += 0.5;
    else counts.writeUnits += units(Item ?? (await send(new GetCommand({ TableName, Key }) as Command)).Item);
    return result;
  },
});
const start = stepFunctions.send.bind(stepFunctions) as (command: never) => Promise<object>;
Object.assign(stepFunctions, {
  send(command: never) {
    counts.awsCalls += 1;
    return start(command);
  },
});

async function invoke(handler: string, input: object): Promise<object> {
  counts.invocations += 1;
  return (await entry[handler]?.(input)) ?? {};
}

await invoke('checkOut', { body: JSON.stringify(basket) });
for (const body of events) await invoke('webhook', { body });
const { resource } = events.map((body: string) => JSON.parse(body)).at(-1);
let payment: object = { payment_id: resource.custom_id, capture_id: resource.id, amount: resource.amount };
for (const step of STEPS[name]) payment = await invoke(step, payment);
for (let poll = 0; poll < polls; poll++) await invoke('order', { pathParameters: { id: basket.payment_id } });

console.log(JSON.stringify({ ...counts, requests: 1 + events.length + polls }));
