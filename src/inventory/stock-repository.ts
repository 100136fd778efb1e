import { randomUUID } from 'node:crypto';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  batchGet,
  conditionHolds,
  type Page,
  type ScanKey,
  scanPage,
  transactionHolds,
  writtenOrExisting,
} from '../shared/dynamo.ts';
import { isSessionId, type SessionId, sessionIdSchema } from '../shared/ids.ts';
import { keepItem } from '../shared/retention.ts';
import {
  type Counter,
  type Counters,
  type Product,
  productSchema,
  type ReadProducts,
  readProducts,
} from './product.ts';
import {
  isMoving,
  moveIdOf,
  type Reservation,
  type ReservationStatus,
  type ReservedItem,
  reservationSchema,
} from './reservation.ts';
import { type CounterMove, DUE, type StockChangeResult, stockMoveRepository } from './stock-move-repository.ts';

/** The condition that a reservation has not moved since it was read. */
const isUnmoved = ({ last_move }: Pick<Reservation, 'last_move'>) =>
  last_move === undefined ? 'attribute_not_exists(last_move)' : 'last_move = :last';

/** A function that has not ended its move by then is dead. */
const RESUME_AFTER_MS = 60_000;

/** The reservations that exist of at most 100 distinct sessions, in no order; consistent read. */
export const reservationsOf =
  (db: DynamoDBDocumentClient, table: string) =>
  async (ids: readonly SessionId[]): Promise<Reservation[]> => {
    const items = await batchGet(db, table, {
      Keys: ids.map((checkout_session_id) => ({ checkout_session_id })),
      ConsistentRead: true,
    });
    return items.map((item) => reservationSchema.parse(item));
  };

/** With stock-move-repository.ts, the only code that accesses the products and reservations tables. */
export const stockRepository = (
  db: DynamoDBDocumentClient,
  tables: { readonly products: string; readonly reservations: string },
  now: () => Date = () => new Date(),
) => {
  const moves = stockMoveRepository(db, tables, now);

  /** What a reservation has while its move is pending. */
  const pendingMove = (
    id: SessionId,
    to: ReservationStatus,
    counters: CounterMove | undefined,
    { reinstated, items }: { readonly reinstated?: number | undefined; readonly items?: readonly ReservedItem[] } = {},
  ) => {
    const begun = now();
    return {
      last_move: moveIdOf(id, randomUUID().slice(0, 8)),
      pending: {
        to,
        begun_at: begun.toISOString(),
        ...(counters && { counters: [...counters] as [Counter, Counter] }),
        ...(items && { items: [...items] }),
        ...(reinstated !== undefined && { reinstated }),
      },
      due_shard: DUE,
      due_at: new Date(begun.getTime() + RESUME_AFTER_MS).toISOString(),
    };
  };

  /** @param write a conditional write of the reservation with its pending move, which returns it where it fails */
  const begin = async (
    { to, id }: { readonly to: ReservationStatus; readonly id: string },
    write: Promise<Record<string, unknown> | undefined>,
  ): Promise<StockChangeResult> => {
    const begun = await writtenOrExisting(write);
    const found = 'written' in begun ? begun.written : begun.found;
    if (!found) throw new Error('stock change failed its conditions: reservation not found');
    const current = reservationSchema.parse(found);
    // This write may have succeeded before, and its response been lost.
    if (current.last_move !== id) return { done: false, current };
    if (isMoving(current)) return moves.complete(current);
    return current.status === to ? { done: true } : { done: false, current };
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

    /** Consistent read. While a move is pending, its status and items are those from before. */
    reservation: moves.reservation,

    /** Completes or reverts a pending move, whose caller may still work on it. @returns the reservation after it. */
    resume: (reservation: Reservation): Promise<Reservation> =>
      isMoving(reservation) ? moves.resume(reservation) : Promise.resolve(reservation),

    reservationsOf: reservationsOf(db, tables.reservations),

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

    /**
     * The reservations that are due before that time, held or with a pending move, the oldest first. The index may be a
     * second behind.
     */
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

    /** Keeps a released reservation whose payment has money after all. */
    keep: (id: SessionId): Promise<void> => keepItem(db, tables.reservations, { checkout_session_id: id }),

    /** Sets when the reservation is due next. A no-op unless it is held or has a pending move. */
    async reschedule(id: SessionId, at: Date): Promise<void> {
      await conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tables.reservations,
            Key: { checkout_session_id: id },
            UpdateExpression: 'SET due_at = :at',
            ConditionExpression: 'attribute_exists(due_shard)',
            ExpressionAttributeValues: { ':at': at.toISOString() },
          }),
        ),
      );
    },

    /**
     * Sets a product's counters, if they still equal `seen` and the new ones add up to `stocked`. `counted_at` tells the
     * readers of the table's stream.
     * @returns whether they have the new values; true as well when an earlier call set them.
     */
    async correct(sku: string, seen: Counters, counted: Counters): Promise<boolean> {
      const result = await writtenOrExisting(
        db.send(
          new UpdateCommand({
            TableName: tables.products,
            Key: { sku },
            UpdateExpression: 'SET available = :available, reserved = :reserved, sold = :sold, counted_at = :at',
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
              ':at': now().toISOString(),
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

    /**
     * Adds to a product's counters, once for each id.
     * @returns false when there is no such product, or a counter would be negative
     */
    async offset(sku: string, { available, reserved, sold }: Counters, id: string): Promise<boolean> {
      const result = await writtenOrExisting(
        db.send(
          new UpdateCommand({
            TableName: tables.products,
            Key: { sku },
            UpdateExpression: 'SET offset_id = :id ADD available :available, reserved :reserved, sold :sold',
            ConditionExpression: [
              'attribute_exists(sku)',
              '(attribute_not_exists(offset_id) OR offset_id <> :id)',
              'available >= :least_available AND reserved >= :least_reserved AND sold >= :least_sold',
            ].join(' AND '),
            ExpressionAttributeValues: {
              ':id': id,
              ':available': available,
              ':reserved': reserved,
              ':sold': sold,
              ':least_available': -available,
              ':least_reserved': -reserved,
              ':least_sold': -sold,
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      return 'written' in result || result.found?.offset_id === id;
    },

    /**
     * Reserves all items of a new reservation, or none. Where that fails for lack of stock, it is released after it
     * has begun.
     */
    reserve(reservation: Reservation): Promise<StockChangeResult> {
      const moving = pendingMove(reservation.checkout_session_id, 'held', ['available', 'reserved']);
      const item: Reservation = { ...reservation, status: 'released', ...moving };
      const put = new PutCommand({
        TableName: tables.reservations,
        Item: item,
        ConditionExpression: 'attribute_not_exists(checkout_session_id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return begin(
        { to: 'held', id: moving.last_move },
        db.send(put).then(() => ({ ...item })),
      );
    },

    /**
     * Changes the status of a reservation and moves its items, if it still is as it was read. Items of a deleted product
     * go nowhere, unless they would be taken from its available stock. Sets `reinstated` if given.
     */
    move(
      { checkout_session_id, status, last_move, reinstated: seen }: Reservation,
      to: ReservationStatus,
      counters: CounterMove | undefined,
      reinstated?: number,
    ): Promise<StockChangeResult> {
      const moving = pendingMove(checkout_session_id, to, counters, { reinstated });
      const update = new UpdateCommand({
        TableName: tables.reservations,
        Key: { checkout_session_id },
        UpdateExpression: 'SET pending = :pending, last_move = :move, due_shard = :shard, due_at = :due',
        ConditionExpression: [
          '#status = :from',
          'attribute_not_exists(pending)',
          isUnmoved({ last_move }),
          seen === undefined ? 'attribute_not_exists(reinstated)' : 'reinstated = :seen',
        ].join(' AND '),
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':pending': moving.pending,
          ':move': moving.last_move,
          ':shard': moving.due_shard,
          ':due': moving.due_at,
          ':from': status,
          ...(last_move !== undefined && { ':last': last_move }),
          ...(seen !== undefined && { ':seen': seen }),
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return begin(
        { to, id: moving.last_move },
        db.send(update).then(({ Attributes }) => Attributes),
      );
    },

    /**
     * Releases a held reservation in favour of another one: `surplus` becomes available, and the others stay reserved as
     * part of `heir`, which must be held and then has these items. A transaction over two reservations, which no other
     * buyers write, where one over products would conflict.
     * @returns false when either reservation has changed
     */
    async handOver(
      from: Reservation,
      surplus: readonly ReservedItem[],
      heir: { readonly id: SessionId; readonly items: readonly ReservedItem[] },
    ): Promise<boolean> {
      const moving = pendingMove(from.checkout_session_id, 'released', ['reserved', 'available'], { items: surplus });
      const isHeld = '#status = :held AND attribute_not_exists(pending)';
      const done = await transactionHolds(
        db.send(
          new TransactWriteCommand({
            TransactItems: [
              {
                Update: {
                  TableName: tables.reservations,
                  Key: { checkout_session_id: from.checkout_session_id },
                  UpdateExpression: 'SET pending = :pending, last_move = :move, due_shard = :shard, due_at = :due',
                  ConditionExpression: `${isHeld} AND ${isUnmoved(from)}`,
                  ExpressionAttributeNames: { '#status': 'status' },
                  ExpressionAttributeValues: {
                    ':held': 'held',
                    ...(from.last_move !== undefined && { ':last': from.last_move }),
                    ':pending': moving.pending,
                    ':move': moving.last_move,
                    ':shard': moving.due_shard,
                    ':due': moving.due_at,
                  },
                },
              },
              {
                Update: {
                  TableName: tables.reservations,
                  Key: { checkout_session_id: heir.id },
                  UpdateExpression: 'SET #items = :items',
                  ConditionExpression: isHeld,
                  ExpressionAttributeNames: { '#status': 'status', '#items': 'items' },
                  ExpressionAttributeValues: { ':held': 'held', ':items': heir.items },
                },
              },
            ],
          }),
        ),
      );
      // The heir has its items. The reservations job ends what fails here.
      if (done) await moves.complete({ ...from, ...moving }).catch(() => undefined);
      return done;
    },
  };
};
export type StockRepository = ReturnType<typeof stockRepository>;
