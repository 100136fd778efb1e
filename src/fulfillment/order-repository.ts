import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { BuyerSource } from '../payments/apply-evidence.ts';
import type { Buyer } from '../paypal/schema.ts';
import { batchGet, conditionHolds, type Page, type ScanKey, scanPage, writtenOrExisting } from '../shared/dynamo.ts';
import { type OrderId, orderIdSchema } from '../shared/ids.ts';
import { type Order, orderSchema } from './order.ts';

/** `order` is its current state; undefined when it does not exist. */
export interface OrderChangeResult {
  readonly order: Order | undefined;
  readonly changed: boolean;
}

const DAY_SECONDS = 24 * 60 * 60;
/** Buyer data without an order expires together with the webhook events that contain it. */
const RETENTION_DAYS = 90;

/**
 * The only code that accesses the orders table. An order has two items: part `order` without personal data, and part
 * `buyer` with the buyer's name and address, which public reads therefore never load.
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
    /** Consistent read; undefined for a `void` order. */
    async get(id: OrderId): Promise<Order | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { order_id: id, part: 'order' }, ConsistentRead: true }),
      );
      const order = Item && orderSchema.parse(Item);
      return order?.status === 'void' ? undefined : order;
    },

    /** The orders that exist of at most 100 distinct ids, `void` ones included, in no order; consistent read. */
    async getAll(ids: readonly OrderId[]): Promise<Order[]> {
      const items = await batchGet(db, tableName, {
        Keys: ids.map((order_id) => ({ order_id, part: 'order' })),
        ConsistentRead: true,
      });
      return items.map((item) => orderSchema.parse(item));
    },

    /** One page of a scan. `buyer` items count towards `limit`, so a page may be shorter. */
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

    /** Creates an order, or returns the existing one. */
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

    /**
     * Sets the refunded total; a no-op unless it increases, and for an order that was reinstated more often since.
     */
    refund: (id: OrderId, refundedMinor: number, isFull: boolean, reinstated = 0): Promise<OrderChangeResult> =>
      change(id, {
        UpdateExpression: `SET refunded_minor = :refunded${isFull ? ', #status = :status' : ''}`,
        ConditionExpression:
          'refunded_minor < :refunded AND (attribute_not_exists(reinstated) OR reinstated <= :reinstated)',
        ...(isFull && { ExpressionAttributeNames: { '#status': 'status' } }),
        ExpressionAttributeValues: {
          ':refunded': refundedMinor,
          ':reinstated': reinstated,
          ...(isFull && { ':status': 'refunded' }),
        },
      }),

    /**
     * Replaces an order after PayPal cancelled a reversal; a no-op for one that has changed since `seen`, or that was
     * reinstated as often already.
     */
    reinstate: (
      seen: Order,
      { status, items, amount, refunded_minor, reinstated }: Order,
    ): Promise<OrderChangeResult> =>
      change(seen.order_id, {
        UpdateExpression:
          'SET #status = :status, #items = :items, amount = :amount, refunded_minor = :refunded, reinstated = :reinstated',
        ConditionExpression: '#status = :seen AND (attribute_not_exists(reinstated) OR reinstated < :reinstated)',
        ExpressionAttributeNames: { '#status': 'status', '#items': 'items' },
        ExpressionAttributeValues: {
          ':seen': seen.status,
          ':status': status,
          ':items': items,
          ':amount': amount,
          ':refunded': refunded_minor,
          ':reinstated': reinstated,
        },
      }),

    /** Marks a confirmed order as shipped; a no-op for a shipped or refunded one. */
    ship: (id: OrderId, now: Date): Promise<OrderChangeResult> =>
      change(id, {
        UpdateExpression: 'SET #status = :shipped, shipped_at = :now',
        ConditionExpression: '#status = :confirmed',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':confirmed': 'confirmed', ':shipped': 'shipped', ':now': now.toISOString() },
      }),

    /**
     * Stores the buyer for 90 days, or for good after `keepBuyer`. Before that, data of a better source replaces other
     * data, and among equals later data replaces earlier data: after a decline the buyer may choose another address. A
     * no-op for a kept or erased buyer.
     */
    rememberBuyer: (id: OrderId, buyer: Buyer, source: BuyerSource, now: Date): Promise<boolean> =>
      conditionHolds(
        db.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              order_id: id,
              part: 'buyer',
              buyer,
              source: sortable(source),
              expires_at: Math.floor(now.getTime() / 1000) + RETENTION_DAYS * DAY_SECONDS,
            },
            ConditionExpression:
              'attribute_not_exists(order_id) OR (attribute_exists(expires_at) AND ' +
              '(attribute_not_exists(#source) OR #source <= :source))',
            ExpressionAttributeNames: { '#source': 'source' },
            ExpressionAttributeValues: { ':source': sortable(source) },
          }),
        ),
      ),

    /** Personal data, for operators and the warehouse only. Undefined when unknown or erased. */
    async buyer(id: OrderId): Promise<Buyer | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { order_id: id, part: 'buyer' }, ConsistentRead: true }),
      );
      return Item?.buyer;
    },

    /** All buyers, without erased ones. Scans the table: for commands, not for requests. */
    async *buyers(): AsyncGenerator<{ readonly order_id: OrderId; readonly buyer: Buyer }> {
      const pages = paginateScan(
        { client: db },
        { TableName: tableName, FilterExpression: 'attribute_exists(buyer)', ConsistentRead: true },
      );
      for await (const { Items = [] } of pages)
        for (const { order_id, buyer } of Items) yield { order_id: orderIdSchema.parse(order_id), buyer };
    },

    /** Erases the buyer's data. Later data of the same buyer is not stored. */
    async eraseBuyer(id: OrderId, now: Date): Promise<void> {
      await db.send(
        new PutCommand({ TableName: tableName, Item: { order_id: id, part: 'buyer', erased_at: now.toISOString() } }),
      );
    },

    /**
     * Keeps the stored buyer as long as the order: one that came with a capture, or any.
     * @returns false when there is none.
     */
    keepBuyer: (id: OrderId, which: 'of the capture' | 'any'): Promise<boolean> =>
      conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { order_id: id, part: 'buyer' },
            UpdateExpression: 'REMOVE expires_at',
            ConditionExpression: `attribute_exists(order_id)${
              which === 'any' ? '' : ' AND (attribute_not_exists(#source) OR #source >= :capture)'
            }`,
            ...(which === 'of the capture' && {
              ExpressionAttributeNames: { '#source': 'source' },
              ExpressionAttributeValues: { ':capture': sortable({ of: 'capture', time: '' }) },
            }),
          }),
        ),
      ),
  };
};
export type OrderRepository = ReturnType<typeof orderRepository>;

const RANK = { approval: 0, capture_event: 1, capture: 2 } as const satisfies Record<BuyerSource['of'], number>;

export const sortable = ({ of, time }: BuyerSource): string => `${RANK[of]} ${time}`;
