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
import { type Counter, type Counters, type Product, productSchema } from './product.ts';
import { type Reservation, type ReservationStatus, type ReservedItem, reservationSchema } from './reservation.ts';

/** What became of a change of stock: which products had too little of it, or what the reservation is instead. */
export type StockChangeResult =
  | { readonly done: true }
  | { readonly done: false; readonly short: readonly { readonly sku: string; readonly available: number }[] }
  | { readonly done: false; readonly status: ReservationStatus };

/** All reservations that are held share one partition of the sparse index `by-due`. */
const DUE = 'reservation';

/** The only code that knows how products and reservations lie in DynamoDB. */
export const stockRepository = (
  db: DynamoDBDocumentClient,
  tables: { readonly products: string; readonly reservations: string },
  patience?: RetryDelay,
) => {
  /** A write that moves pieces of one product from one counter to another, if there are so many. */
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

  /** Writes the reservation and all its products, or nothing. The reservation comes first in the transaction. */
  const write = async (
    reservation: object,
    pieces: readonly ReturnType<typeof moving>[],
  ): Promise<StockChangeResult> => {
    const refusals = await transact(db, [reservation, ...pieces], patience);
    if (!refusals) return { done: true };
    const [ofReservation, ...ofPieces] = refusals;
    // What the reservation is by now says more than a counter does.
    if (ofReservation?.Code === 'ConditionalCheckFailed' && ofReservation.Item) {
      return { done: false, status: reservationSchema.parse(unmarshall(ofReservation.Item)).status };
    }
    const short = pieces.flatMap(({ Update: { Key } }, i) => {
      const { Code, Item } = ofPieces[i] ?? {};
      if (Code !== 'ConditionalCheckFailed') return [];
      // Of a product that was taken out of the shop, there is nothing.
      return [{ ...Key, available: Item ? productSchema.parse(unmarshall(Item)).available : 0 }];
    });
    if (short.length === 0) throw new Error('a change of stock was refused: the reservation is not there');
    return { done: false, short };
  };

  return {
    /** Every product of the shop: meant for a shop window of some hundred. `consistent` costs twice, and sees the latest writes. */
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

    /** The products of these SKUs, in no order; those that do not exist are missing. At most 100 SKUs, each once. */
    async productsOf(skus: readonly string[]): Promise<Product[]> {
      const items = await batchGet(db, tables.products, { Keys: skus.map((sku) => ({ sku })) });
      return items.map((item) => productSchema.parse(item));
    },

    /** The reservation of a session, read consistently. */
    async reservation(id: SessionId): Promise<Reservation | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tables.reservations, Key: { checkout_session_id: id }, ConsistentRead: true }),
      );
      return Item && reservationSchema.parse(Item);
    },

    /** The reservations of these sessions, in no order, read consistently; those that do not exist are missing. At most 100 ids, each once. */
    async reservationsOf(ids: readonly SessionId[]): Promise<Reservation[]> {
      const items = await batchGet(db, tables.reservations, {
        Keys: ids.map((checkout_session_id) => ({ checkout_session_id })),
        ConsistentRead: true,
      });
      return items.map((item) => reservationSchema.parse(item));
    },

    /** Reservations, page by page, read consistently; of those that are not what they should be, the sessions. */
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

    /** The reservations that are held and due before that time, the oldest first; the index may be a second behind. */
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

    /** Says when to look after a reservation the next time, if it is still held. */
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
     * Sets a product's counters, if they are still what was seen and the new ones add up to what was stocked.
     * @returns whether they were set; true as well when they were set so before.
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
      // The write whose answer was lost is there.
      const { available, reserved, sold } = productSchema.parse(result.found);
      return available === counted.available && reserved === counted.reserved && sold === counted.sold;
    },

    /** Holds all pieces of a new reservation, or none. */
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
        reservation.items.map((piece) => moving(piece, 'available', 'reserved')),
      ),

    /** Moves a reservation and its pieces, if it still is what it was when it was read. */
    move: (
      { checkout_session_id, status, items, expires_at }: Reservation,
      to: ReservationStatus,
      counters: readonly [Counter, Counter] | undefined,
    ): Promise<StockChangeResult> =>
      write(
        {
          Update: {
            TableName: tables.reservations,
            Key: { checkout_session_id },
            // Only what is held has to be looked after: anything else leaves the index of what is due.
            UpdateExpression: `SET #status = :to${to === 'held' ? ', due_shard = :shard, due_at = :due' : ' REMOVE due_shard, due_at'}`,
            ConditionExpression: '#status = :from',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: {
              ':from': status,
              ':to': to,
              ...(to === 'held' && { ':shard': DUE, ':due': expires_at }),
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        counters ? items.map((piece) => moving(piece, ...counters)) : [],
      ),
  };
};
/** What `stockRepository` makes. */
export type StockRepository = ReturnType<typeof stockRepository>;
