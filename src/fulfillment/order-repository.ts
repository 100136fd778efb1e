import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Buyer } from '../paypal/schema.ts';
import { batchGet, conditionHolds, type Page, type ScanKey, scanPage, writtenOrExisting } from '../shared/dynamo.ts';
import { type OrderId, orderIdSchema } from '../shared/ids.ts';
import { type Order, orderSchema } from './order.ts';

/** The order as it is now, if there is one, and whether this call changed it. */
export interface OrderChangeResult {
  readonly order: Order | undefined;
  readonly changed: boolean;
}

const DAY_SECONDS = 24 * 60 * 60;
/** A buyer whose purchase never became an order is forgotten with the events that told of him. */
const FORGOTTEN_AFTER_DAYS = 90;

/**
 * The only code that knows how orders lie in DynamoDB: each in two items, so that whoever reads an order for the public never holds
 * the buyer's name and address. Part `order` is what was bought, part `buyer` who bought it.
 */
export const orderRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const change = async (
    id: OrderId,
    expressions: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
  ): Promise<OrderChangeResult> => {
    const result = await writtenOrExisting(
      db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { order_id: id, part: 'order' },
          ...expressions,
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    return 'written' in result
      ? { order: orderSchema.parse(result.written.Attributes), changed: true }
      : { order: result.found && orderSchema.parse(result.found), changed: false };
  };

  return {
    /** Reads an order, consistently; what was never made is not there. */
    async get(id: OrderId): Promise<Order | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { order_id: id, part: 'order' }, ConsistentRead: true }),
      );
      const order = Item && orderSchema.parse(Item);
      return order?.status === 'void' ? undefined : order;
    },

    /** The orders of these ids and what stands in their place, in no order, read consistently. At most 100 ids, each once. */
    async getAll(ids: readonly OrderId[]): Promise<Order[]> {
      const items = await batchGet(db, tableName, {
        Keys: ids.map((order_id) => ({ order_id, part: 'order' })),
        ConsistentRead: true,
      });
      return items.map((item) => orderSchema.parse(item));
    },

    /** Ids of orders, page by page; buyers without an order, whose items are looked at as well, make a page shorter. */
    async ids(limit: number, after?: ScanKey): Promise<Page<OrderId>> {
      const input = {
        TableName: tableName,
        ProjectionExpression: 'order_id',
        FilterExpression: 'part = :order',
        ExpressionAttributeValues: { ':order': 'order' },
        Limit: limit,
      };
      const { items, ...page } = await scanPage(db, input, after);
      return { ...page, items: items.map(({ order_id }) => orderIdSchema.parse(order_id)) };
    },

    /** Writes a new order, or answers the one that is there. */
    async create(order: Order): Promise<{ order: Order; created: boolean }> {
      const result = await writtenOrExisting(
        db.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...order, part: 'order' },
            ConditionExpression: 'attribute_not_exists(order_id)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      return 'written' in result
        ? { order, created: true }
        : { order: orderSchema.parse(result.found), created: false };
    },

    /** Notes how much of an order's money went back; a smaller sum than is known changes nothing. */
    refund: (id: OrderId, refundedMinor: number, everything: boolean): Promise<OrderChangeResult> =>
      change(id, {
        UpdateExpression: `SET refunded_minor = :refunded${everything ? ', #status = :status' : ''}`,
        ConditionExpression: 'refunded_minor < :refunded',
        ...(everything && { ExpressionAttributeNames: { '#status': 'status' } }),
        ExpressionAttributeValues: { ':refunded': refundedMinor, ...(everything && { ':status': 'refunded' }) },
      }),

    /** Notes that an order has been sent; a second time changes nothing. One whose money went back cannot be sent any more. */
    ship: (id: OrderId, now: Date): Promise<OrderChangeResult> =>
      change(id, {
        UpdateExpression: 'SET #status = :shipped, shipped_at = :now',
        ConditionExpression: '#status = :confirmed',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':confirmed': 'confirmed', ':shipped': 'shipped', ':now': now.toISOString() },
      }),

    /**
     * Keeps who bought; forgotten after 90 days unless an order is made of it. Until then the latest word counts: who was declined may
     * choose another address at the next try. Whoever was erased stays so.
     */
    rememberBuyer: (id: OrderId, buyer: Buyer, now: Date): Promise<boolean> =>
      conditionHolds(
        db.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              order_id: id,
              part: 'buyer',
              buyer,
              expires_at: Math.floor(now.getTime() / 1000) + FORGOTTEN_AFTER_DAYS * DAY_SECONDS,
            },
            ConditionExpression: 'attribute_not_exists(order_id) OR attribute_exists(expires_at)',
          }),
        ),
      ),

    /** Who bought; undefined when nobody knows, or it was erased. Personal data: for the operator and the warehouse alone. */
    async buyer(id: OrderId): Promise<Buyer | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { order_id: id, part: 'buyer' }, ConsistentRead: true }),
      );
      return Item?.buyer;
    },

    /** Erases who bought, for good: what comes later about the buyer is not kept. */
    async eraseBuyer(id: OrderId, now: Date): Promise<void> {
      await db.send(
        new PutCommand({ TableName: tableName, Item: { order_id: id, part: 'buyer', erased_at: now.toISOString() } }),
      );
    },

    /** Makes sure that the buyer is kept as long as the order. @returns false when nobody knows who bought. */
    keepBuyer: (id: OrderId): Promise<boolean> =>
      conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { order_id: id, part: 'buyer' },
            UpdateExpression: 'REMOVE expires_at',
            ConditionExpression: 'attribute_exists(order_id)',
          }),
        ),
      ),
  };
};
/** What `orderRepository` makes. */
export type OrderRepository = ReturnType<typeof orderRepository>;
