import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, GetCommand, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { FunctionName } from '../lib/functions.ts';
import type { Stack } from '../local/stack.ts';
import { recoverAll } from '../test/support/stack/after-storm.ts';
import { callJson } from '../test/support/stack/call-json.ts';
import { umbrella } from '../test/support/stack/storm.ts';
import { payPalOrders } from './paypal-buttons.ts';

export interface Purchase {
  /** The payment of the shop, or the session of a reference. */
  readonly id: string;
  readonly payPalOrderId: string;
}

/** What is left of a product that was for sale. */
export interface Sold {
  /** The purchase of each confirmed order. */
  readonly orders: readonly string[];
  readonly available: number;
}

/** The shop or a reference, as its buyers, PayPal and AWS see it. */
export interface Design {
  readonly name: string;
  readonly webhook: string;
  readonly stateMachineArn: string;
  /** The deployed names of the functions of a purchase. */
  readonly functions: Readonly<Record<string, string>>;
  /** That of `functions` which receives webhooks. */
  readonly receiver: string;
  /** Those of `functions` that are steps of a paid purchase. */
  readonly steps: readonly string[];
  /** Those of `functions` that the state machine invokes. */
  readonly tasks: readonly string[];
  /** Those of `functions` that requests to the HTTP API invoke. */
  readonly requested: readonly string[];
  /** Whether requests come through CloudFront. */
  readonly behindCloudFront: boolean;
  /** Puts so many pieces of a new product up for sale. @returns its SKU */
  stock(pieces: number): Promise<string>;
  /** @returns undefined when it is sold out */
  checkOut(sku: string): Promise<Purchase | undefined>;
  /** The buyer has approved: the page captures. */
  capture(purchase: Purchase): Promise<void>;
  /** Asks once, as the page that waits for the order does. */
  isOrderReadable(purchase: Purchase): Promise<boolean>;
  /** What is in the calls of the steps of this purchase, and of no other. */
  mark(purchase: Purchase): string;
  /** What the design does once the faults are over, its operator's clicks included. */
  recover(purchases: readonly Purchase[]): Promise<void>;
  sold(sku: string): Promise<Sold>;
}

/** The functions of a purchase; scheduled jobs and checks are not part of one. */
const SHOP_FUNCTIONS = [
  'storefront',
  'payment-status',
  'paypal-webhook',
  'payments',
  'inventory',
  'checkout',
  'fulfillment',
  'settlements',
] as const satisfies readonly FunctionName[];

export async function shopDesign(stack: Stack): Promise<Design> {
  const { api_url: api, tables } = stack;
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(stack.clientOptions));
  const { Functions = [] } = await new LambdaClient(stack.clientOptions).send(new ListFunctionsCommand({}));
  const deployedName = (name: string) => {
    const found = Functions.find(({ Environment }) => Environment?.Variables?.POWERTOOLS_SERVICE_NAME === name);
    if (!found?.FunctionName) throw new Error(`function ${name} not found`);
    return found.FunctionName;
  };
  const post = (path: string, body: object) => callJson(api, 'POST', path, body, { 'idempotency-key': randomUUID() });
  return {
    name: 'settle-once',
    webhook: `${api}/webhooks/paypal`,
    stateMachineArn: stack.state_machine_arn,
    functions: Object.fromEntries(SHOP_FUNCTIONS.map((name) => [name, deployedName(name)])),
    receiver: 'paypal-webhook',
    steps: ['inventory', 'checkout', 'fulfillment'],
    tasks: ['inventory', 'checkout', 'fulfillment', 'payments'],
    requested: ['storefront', 'payment-status', 'paypal-webhook'],
    behindCloudFront: true,
    async stock(pieces) {
      const sku = `BENCH-${randomUUID().slice(0, 8)}`;
      await db.send(new PutCommand({ TableName: tables.products, Item: umbrella(sku, pieces) }));
      return sku;
    },
    async checkOut(sku) {
      try {
        const items = [{ sku, quantity: 1 }];
        const { checkout_session_id } = await post('/api/v1/checkout-sessions', { items });
        const payment = await post('/api/v1/payments', { checkout_session_id });
        return { id: payment.payment_id, payPalOrderId: payment.paypal_order_id };
      } catch (error) {
        if ((error as Error).message.includes('out-of-stock')) return undefined;
        throw error;
      }
    },
    capture: ({ id }) => callJson(api, 'POST', `/api/v1/payments/${id}/capture`),
    isOrderReadable: async ({ id }) => Boolean((await callJson(api, 'GET', `/api/v1/payments/${id}`)).order),
    mark: ({ id }) => id.replace('pay_', ''),
    async recover(purchases) {
      await recoverAll(stack, { payments: new Set(purchases.map(({ id }) => id)) }, () => {});
    },
    async sold(sku) {
      const orders = await everythingIn(db, tables.orders);
      const { Item } = await db.send(
        new GetCommand({ TableName: tables.products, Key: { sku }, ConsistentRead: true }),
      );
      return {
        orders: orders
          .filter(({ status, items }) => status === 'confirmed' && JSON.stringify(items).includes(`"${sku}"`))
          .map(({ payment_id }) => String(payment_id)),
        available: Number(Item?.available),
      };
    },
  };
}

/** The outputs of a stack of bench/references/app.ts. */
export type Outputs = Readonly<Record<string, string>>;

/** Handlers behind the HTTP API of a reference. */
const REQUESTED = ['checkOut', 'webhook', 'orders'];

/** @param steps handlers that are steps of a paid purchase */
export function referenceDesign(name: string, steps: readonly string[], outputs: Outputs, stack: Stack): Design {
  const output = (id: string): string => {
    const value = outputs[id];
    if (!value) throw new Error(`stack bench-${name} has no output ${id}`);
    return value;
  };
  const api = `${stack.aws_endpoint_url}/_aws/execute-api/${output('ApiId')}/$default`;
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(stack.clientOptions));
  const buttons = payPalOrders(stack.simulator_url);
  return {
    name,
    webhook: `${api}/webhooks/paypal`,
    stateMachineArn: output('StateMachineArn'),
    functions: Object.fromEntries([...steps, ...REQUESTED].map((handler) => [handler, output(`Function${handler}`)])),
    receiver: 'webhook',
    steps,
    tasks: steps,
    requested: REQUESTED,
    behindCloudFront: false,
    async stock(pieces) {
      const sku = `BENCH-${randomUUID().slice(0, 8)}`;
      await db.send(new PutCommand({ TableName: output('Tablestock'), Item: { sku, available: pieces } }));
      return sku;
    },
    async checkOut(sku) {
      const id = `ses_${randomUUID()}`;
      await callJson(api, 'POST', '/sessions', { session_id: id, sku, quantity: 1 });
      return { id, payPalOrderId: await buttons.create(id) };
    },
    capture: ({ payPalOrderId }) => buttons.capture(payPalOrderId),
    isOrderReadable: async ({ id }) => (await callJson(api, 'GET', `/orders/${id}`)).orders.length > 0,
    mark: ({ id }) => id,
    // No other source of events, and no operator's page.
    recover: async () => undefined,
    async sold(sku) {
      const orders = await everythingIn(db, output('Tableorders'));
      const key = { TableName: output('Tablestock'), Key: { sku } };
      const { Item } = await db.send(new GetCommand({ ...key, ConsistentRead: true }));
      return {
        orders: orders
          .filter((order) => order.status === 'confirmed' && order.sku === sku)
          .map(({ session_id }) => String(session_id)),
        available: Number(Item?.available),
      };
    },
  };
}

async function everythingIn(db: DynamoDBDocumentClient, TableName: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateScan({ client: db }, { TableName, ConsistentRead: true }))
    found.push(...Items);
  return found;
}
