import { type DynamoDBDocumentClient, GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import {
  batchGet,
  conditionHolds,
  type Page,
  type RetryDelay,
  type ScanKey,
  scanPage,
  transact,
  writtenOrExisting,
} from '../shared/dynamo.ts';
import { isSessionId, type SessionId, sessionIdSchema } from '../shared/ids.ts';
import {
  type Counter,
  type Counters,
  type Product,
  productSchema,
  type ReadProducts,
  readProducts,
} from './product.ts';
import { type Reservation, type ReservationStatus, type ReservedItem, reservationSchema } from './reservation.ts';

/** `deleted`: the product does not exist any more. */
interface ShortProduct {
  readonly sku: string;
  readonly available: number;
  readonly deleted: boolean;
}

/** When not `done`: the products with insufficient stock, or the reservation as it is now. */
export type StockChangeResult =
  | { readonly done: true }
  | { readonly done: false; readonly short: readonly ShortProduct[] }
  | { readonly done: false; readonly current: Reservation };

/** All held reservations share one partition of the sparse index `by-due`. */
const DUE = 'reservation';

/** The only code that accesses the products and reservations tables. */
export const stockRepository = (
  db: DynamoDBDocumentClient,
  tables: { readonly products: string; readonly reservations: string },
  retryDelay?: RetryDelay,
) => {
  /** A write that moves items of one product from one counter to another, if there are enough. */
  const moving = ({ sku, quantity }: ReservedItem, from: Counter, to: Counter) => ({
    Update: {
      TableName: tables.products,
      Key: { sku },
      UpdateExpression: `SET ${from} = ${from} - :quantity, ${to} = ${to} + :quantity`,
      ConditionExpression: `${from} >= :quantity`,
      ExpressionAttributeValues: { ':quantity': quantity },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    },
  });

  /** Writes the reservation and all its products in one transaction, the reservation first. */
  const write = async (
    reservation: object,
    counterMoves: readonly ReturnType<typeof moving>[],
  ): Promise<StockChangeResult> => {
    const reasons = await transact(db, [reservation, ...counterMoves], retryDelay);
    if (!reasons) return { done: true };
    const [ofReservation, ...ofCounters] = reasons;
    // When the reservation has changed, failed counters do not indicate a lack of stock.
    if (ofReservation?.Code === 'ConditionalCheckFailed' && ofReservation.Item) {
      return { done: false, current: reservationSchema.parse(unmarshall(ofReservation.Item)) };
    }
    const short = counterMoves.flatMap(({ Update: { Key } }, i) => {
      const { Code, Item } = ofCounters[i] ?? {};
      if (Code !== 'ConditionalCheckFailed') return [];
      return [
        { ...Key, available: Item ? productSchema.parse(unmarshall(Item)).available : 0, deleted: Item === undefined },
      ];
    });
    if (short.length === 0) throw new Error('stock change failed its conditions: reservation not found');
    return { done: false, short };
  };

  const move = async (
    reservation: Reservation,
    to: ReservationStatus,
    counters: readonly [from: Counter, to: Counter] | undefined,
    reinstated?: number,
  ): Promise<StockChangeResult> => {
    const { checkout_session_id, status, items, expires_at, reinstated: seen } = reservation;
    const result = await write(
      {
        Update: {
          TableName: tables.reservations,
          Key: { checkout_session_id },
          // Only held reservations are reconciled: any other status leaves the index of due ones.
          UpdateExpression: [
            'SET #status = :to',
            ...(reinstated === undefined ? [] : [', reinstated = :reinstated']),
            to === 'held' ? ', due_shard = :shard, due_at = :due' : ' REMOVE due_shard, due_at',
          ].join(''),
          ConditionExpression: `#status = :from AND ${seen === undefined ? 'attribute_not_exists(reinstated)' : 'reinstated = :seen'}`,
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':from': status,
            ':to': to,
            ...(reinstated !== undefined && { ':reinstated': reinstated }),
            ...(seen !== undefined && { ':seen': seen }),
            ...(to === 'held' && { ':shard': DUE, ':due': expires_at }),
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      counters ? items.map((item) => moving(item, ...counters)) : [],
    );
    if (counters?.[0] === 'available' || !('short' in result)) return result;
    const deleted = new Set(result.short.filter((product) => product.deleted).map(({ sku }) => sku));
    const kept = items.filter(({ sku }) => !deleted.has(sku));
    return kept.length < items.length ? move({ ...reservation, items: kept }, to, counters, reinstated) : result;
  };

  return {
    /** Scans all products: meant for some hundred. `consistent` costs twice as much. */
    async products({ consistent = false } = {}): Promise<Product[]> {
      const products: Product[] = [];
      let start: ScanKey | undefined;
      do {
        const { items, next } = await scanPage(db, { TableName: tables.products, ConsistentRead: consistent }, start);
        products.push(...items.map((item) => productSchema.parse(item)));
        start = next;
      } while (start);
      return products;
    },

    /** The products that exist of at most 100 distinct SKUs, in no order. */
    async productsOf(skus: readonly string[]): Promise<ReadProducts> {
      return readProducts(await batchGet(db, tables.products, { Keys: skus.map((sku) => ({ sku })) }));
    },

    /** Consistent read. */
    async reservation(id: SessionId): Promise<Reservation | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tables.reservations, Key: { checkout_session_id: id }, ConsistentRead: true }),
      );
      return Item && reservationSchema.parse(Item);
    },

    /** The reservations that exist of at most 100 distinct sessions, in no order; consistent read. */
    async reservationsOf(ids: readonly SessionId[]): Promise<Reservation[]> {
      const items = await batchGet(db, tables.reservations, {
        Keys: ids.map((checkout_session_id) => ({ checkout_session_id })),
        ConsistentRead: true,
      });
      return items.map((item) => reservationSchema.parse(item));
    },

    /** One page of a consistent scan; `unreadable` has the sessions whose items do not match the schema. */
    async reservationPage(
      limit: number,
      after?: ScanKey,
    ): Promise<Page<Reservation> & { readonly unreadable: readonly SessionId[] }> {
      const input = { TableName: tables.reservations, ConsistentRead: true, Limit: limit };
      const { items, ...page } = await scanPage(db, input, after);
      const readable: Reservation[] = [];
      const unreadable: SessionId[] = [];
      for (const item of items) {
        const { data } = reservationSchema.safeParse(item);
        if (data) readable.push(data);
        else unreadable.push(sessionIdSchema.parse(item.checkout_session_id));
      }
      return { ...page, items: readable, unreadable };
    },

    /** The held reservations due before that time, the oldest first. The index may be a second behind. */
    async *due(before: Date): AsyncGenerator<SessionId> {
      const pages = paginateQuery(
        { client: db },
        {
          TableName: tables.reservations,
          IndexName: 'by-due',
          KeyConditionExpression: 'due_shard = :shard AND due_at < :before',
          ExpressionAttributeValues: { ':shard': DUE, ':before': before.toISOString() },
        },
      );
      for await (const { Items = [] } of pages)
        for (const { checkout_session_id: id } of Items) if (typeof id === 'string' && isSessionId(id)) yield id;
    },

    /** Sets when the reservation is due next. A no-op unless it is held. */
    async reschedule(id: SessionId, at: Date): Promise<void> {
      await conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tables.reservations,
            Key: { checkout_session_id: id },
            UpdateExpression: 'SET due_at = :at',
            ConditionExpression: '#status = :held',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':at': at.toISOString(), ':held': 'held' satisfies ReservationStatus },
          }),
        ),
      );
    },

    /**
     * Sets a product's counters, if they still equal `seen` and the new ones add up to `stocked`.
     * @returns whether they have the new values; true as well when an earlier call set them.
     */
    async correct(sku: string, seen: Counters, counted: Counters): Promise<boolean> {
      const result = await writtenOrExisting(
        db.send(
          new UpdateCommand({
            TableName: tables.products,
            Key: { sku },
            UpdateExpression: 'SET available = :available, reserved = :reserved, sold = :sold',
            ConditionExpression:
              'available = :available0 AND reserved = :reserved0 AND sold = :sold0 AND stocked = :stocked',
            ExpressionAttributeValues: {
              ':available': counted.available,
              ':reserved': counted.reserved,
              ':sold': counted.sold,
              ':available0': seen.available,
              ':reserved0': seen.reserved,
              ':sold0': seen.sold,
              ':stocked': counted.available + counted.reserved + counted.sold,
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if ('written' in result) return true;
      if (!result.found) return false;
      // This write may have succeeded before, and its response been lost.
      const { available, reserved, sold } = productSchema.parse(result.found);
      return available === counted.available && reserved === counted.reserved && sold === counted.sold;
    },

    /** Reserves all items of a new reservation, or none. */
    reserve: (reservation: Reservation): Promise<StockChangeResult> =>
      write(
        {
          Put: {
            TableName: tables.reservations,
            Item: { ...reservation, due_shard: DUE, due_at: reservation.expires_at },
            ConditionExpression: 'attribute_not_exists(checkout_session_id)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        reservation.items.map((item) => moving(item, 'available', 'reserved')),
      ),

    /**
     * Changes the status of a reservation and moves its items, if it still is as it was read. Items of a deleted product
     * go nowhere, unless they would be taken from its available stock. Sets `reinstated` if given.
     */
    move,
  };
};
export type StockRepository = ReturnType<typeof stockRepository>;
