import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { batchGet } from '../shared/dynamo.ts';
import type { PaymentId } from '../shared/ids.ts';
import type { EventOutcome } from './process-event.ts';
import {
  EVENT_STATUSES,
  type EventCursor,
  type EventFilter,
  type EventHead,
  type EventPage,
  type EventStatus,
  eventHeadSchema,
  type StoredEvent,
  storedEventSchema,
} from './stored-event.ts';

/** Raw events hold personal data, and PayPal itself shows them for 45 days only. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;
/** How many events a page looks at to find those that are wanted: as many as one BatchGetItem reads. */
const LOOKED_AT = 100;

/** One delivery of an event. */
export interface ReceivedEvent {
  readonly id: string;
  readonly eventType: string;
  /** PayPal's id of this delivery; absent when we found the event in PayPal's list. */
  readonly transmissionId?: string;
  /** As it came. */
  readonly body: string;
  readonly now: Date;
}

/** What an index tells of an event. */
const placeSchema = z.object({ event_id: z.string(), received_at: z.string() });
type Place = z.infer<typeof placeSchema>;

/** The only code that knows how webhook events lie in DynamoDB. */
export const eventRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  /** Some of the events that one key of an index has, the newest first, from a place on. */
  const places = async (
    key: 'status' | 'payment_id',
    value: string,
    { from = '0', to = '~' }: EventFilter,
    after: Place | undefined,
  ): Promise<Place[]> => {
    const { Items = [] } = await db.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: key === 'status' ? 'by-status' : 'by-payment',
        KeyConditionExpression: '#key = :value AND received_at BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#key': key },
        ExpressionAttributeValues: { ':value': value, ':from': from, ':to': to },
        ScanIndexForward: false,
        Limit: LOOKED_AT,
        ...(after && { ExclusiveStartKey: { [key]: value, ...after } }),
      }),
    );
    return Items.map((item) => z.parse(placeSchema, item));
  };

  const heads = async (ids: readonly string[]): Promise<Map<string, EventHead>> => {
    const items = await batchGet(db, tableName, {
      Keys: ids.map((event_id) => ({ event_id })),
      ProjectionExpression: Object.keys(eventHeadSchema.shape)
        .map((name) => `#${name}`)
        .join(', '),
      ExpressionAttributeNames: Object.fromEntries(
        Object.keys(eventHeadSchema.shape).map((name) => [`#${name}`, name]),
      ),
      ConsistentRead: true,
    });
    return new Map(items.map((item) => z.parse(eventHeadSchema, item)).map((event) => [event.event_id, event]));
  };

  const note = async (
    id: string,
    outcome: EventOutcome,
    at: string,
    more = '',
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<void> => {
    const paymentId = 'payment_id' in outcome ? outcome.payment_id : undefined;
    const reason = 'reason' in outcome ? outcome.reason : undefined;
    await db.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { event_id: id },
        UpdateExpression:
          `SET #status = :status, finished_at = :now${paymentId ? ', payment_id = :payment' : ''}` +
          `${reason ? ', reason = :reason' : ' REMOVE reason'}${more}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':status': outcome.status,
          ':now': at,
          ...(paymentId && { ':payment': paymentId }),
          ...(reason && { ':reason': reason }),
          ...values,
        },
      }),
    );
  };

  return {
    /** Stores an event as it came; of a further delivery, only its id is kept. */
    async receive({ id, eventType, transmissionId, body, now }: ReceivedEvent): Promise<void> {
      await db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { event_id: id },
          UpdateExpression:
            'SET event_type = :type, body = if_not_exists(body, :body), received_at = if_not_exists(received_at, :now), last_received_at = :now, ' +
            '#status = if_not_exists(#status, :received), expires_at = if_not_exists(expires_at, :expires)' +
            (transmissionId ? ' ADD transmissions :transmission' : ', fetched_at = if_not_exists(fetched_at, :now)'),
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':type': eventType,
            ':body': body,
            ':now': now.toISOString(),
            ':received': 'received' satisfies EventStatus,
            ':expires': Math.floor(now.getTime() / 1000) + KEPT_SECONDS,
            // A set, so that a write whose answer was lost can be repeated.
            ...(transmissionId && { ':transmission': new Set([transmissionId]) }),
          },
        }),
      );
    },

    /** Reads all that is stored of an event, consistently. */
    async get(id: string): Promise<StoredEvent | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { event_id: id }, ConsistentRead: true }),
      );
      return Item && z.parse(storedEventSchema, Item);
    },

    /**
     * Events that are wanted, the newest first. It looks at 100 at most, so a page may have fewer than `limit`, or none, and a next one
     * all the same. Every status has a list of its own by time; where all are wanted, the lists are read side by side.
     */
    async page(filter: EventFilter, limit: number, after: EventCursor = {}): Promise<EventPage> {
      const { status, type, paymentId } = filter;
      const key = paymentId ? 'payment_id' : 'status';
      const lists = paymentId ? [paymentId] : status ? [status] : EVENT_STATUSES;
      const found = await Promise.all(
        lists.map(async (list) => (await places(key, list, filter, after[list])).map((place) => ({ list, place }))),
      );
      // The sort is stable: within a list, DynamoDB's own order stays, which is the one it goes on by.
      const candidates = found
        .flat()
        .sort((a, b) =>
          a.place.received_at < b.place.received_at ? 1 : a.place.received_at > b.place.received_at ? -1 : 0,
        );
      const looked = candidates.slice(0, LOOKED_AT);
      const known = await heads(looked.map(({ place }) => place.event_id));

      const events: EventHead[] = [];
      const next: Record<string, Place> = { ...after };
      let seen = 0;
      for (const { list, place } of looked) {
        if (events.length === limit) break;
        seen += 1;
        next[list] = place;
        const event = known.get(place.event_id);
        if (event && (!type || event.event_type === type) && (!status || event.status === status)) events.push(event);
      }
      const more = seen < candidates.length || found.some((list) => list.length === LOOKED_AT);
      return { events, ...(more && { next }) };
    },

    /**
     * Ids of events that came before that time and are not finished, the oldest first, or from the one that came at `from` on; the index
     * may be a second behind.
     */
    async *unfinished(before: Date, from = '0'): AsyncGenerator<string> {
      const pages = paginateQuery(
        { client: db },
        {
          TableName: tableName,
          IndexName: 'by-status',
          KeyConditionExpression: '#status = :received AND received_at BETWEEN :from AND :before',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':received': 'received' satisfies EventStatus,
            ':from': from,
            ':before': before.toISOString(),
          },
        },
      );
      for await (const { Items = [] } of pages) for (const item of Items) yield z.parse(placeSchema, item).event_id;
    },

    /** Which of these events are stored; at most 100 ids. */
    async known(ids: readonly string[]): Promise<Set<string>> {
      const items = await batchGet(db, tableName, {
        Keys: ids.map((event_id) => ({ event_id })),
        ProjectionExpression: 'event_id',
        ConsistentRead: true,
      });
      return new Set(items.map(({ event_id }) => String(event_id)));
    },

    /** Erases what the events about a payment said; that they came, and what they led to, stays. @returns how many there were. */
    async eraseBodies(paymentId: PaymentId, now: Date): Promise<number> {
      let erased = 0;
      const pages = paginateQuery(
        { client: db },
        {
          TableName: tableName,
          IndexName: 'by-payment',
          KeyConditionExpression: 'payment_id = :payment',
          ExpressionAttributeValues: { ':payment': paymentId },
        },
      );
      for await (const { Items = [] } of pages) {
        for (const { event_id } of Items) {
          await db.send(
            new UpdateCommand({
              TableName: tableName,
              Key: { event_id },
              // Empty, not absent: another delivery would bring back what is absent.
              UpdateExpression: 'SET erased_at = :now, body = :nothing',
              ExpressionAttributeValues: { ':now': now.toISOString(), ':nothing': '' },
            }),
          );
          erased += 1;
        }
      }
      return erased;
    },

    /** Notes what became of an event, and which payment it was about. */
    finish: (id: string, outcome: EventOutcome, now: Date): Promise<void> => note(id, outcome, now.toISOString()),

    /** The same for an event that an operator had settled once more. */
    finishReplay: (id: string, outcome: EventOutcome, now: Date): Promise<void> =>
      // A set again: a number would count a write twice whose answer was lost.
      note(id, outcome, now.toISOString(), ' ADD replayed_at :replay', { ':replay': new Set([now.toISOString()]) }),
  };
};
/** What `eventRepository` makes. */
export type EventRepository = ReturnType<typeof eventRepository>;
