import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { batchGet, conditionHolds, MAX_BATCH_GET } from '../shared/dynamo.ts';
import type { PaymentId } from '../shared/ids.ts';
import { compressed } from './compressed-body.ts';
import type { EventResult } from './process-event.ts';
import {
  EVENT_STATUSES,
  type EventBody,
  type EventCursor,
  type EventFilter,
  type EventHead,
  type EventPage,
  type EventStatus,
  eventBodySchema,
  eventHeadSchema,
  type StoredEvent,
  storedEventSchema,
} from './stored-event.ts';

/** Raw events hold personal data; PayPal itself keeps them for 45 days. */
const RETENTION_SECONDS = 90 * 24 * 60 * 60;
/** Events read for one page, before filtering. */
const PAGE_SIZE = MAX_BATCH_GET;

export interface ReceivedEvent {
  readonly id: string;
  readonly eventType: string;
  /** PayPal's id of the delivery; absent for an event fetched from PayPal's list. */
  readonly transmissionId?: string;
  /** The payment that the event names, if it does. Whether it exists is known once the event is processed. */
  readonly paymentId?: PaymentId | undefined;
  /** Raw. */
  readonly body: string;
  readonly now: Date;
}

/** An event in an index. */
const indexEntrySchema = z.object({ event_id: z.string(), received_at: z.string() });
type IndexEntry = z.infer<typeof indexEntrySchema>;

/** The only code that accesses the webhook events table. */
export const eventRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  /** One page of an index key, newest first. */
  const indexPage = async (
    key: 'status' | 'payment_id',
    value: string,
    { from = '0', to = '~' }: EventFilter,
    after: IndexEntry | undefined,
  ): Promise<IndexEntry[]> => {
    const { Items = [] } = await db.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: key === 'status' ? 'by-status' : 'by-payment',
        KeyConditionExpression: '#key = :value AND received_at BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#key': key },
        ExpressionAttributeValues: { ':value': value, ':from': from, ':to': to },
        ScanIndexForward: false,
        Limit: PAGE_SIZE,
        ...(after && { ExclusiveStartKey: { [key]: value, ...after } }),
      }),
    );
    return Items.map((item) => z.parse(indexEntrySchema, item));
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

  const writeOutcome = async (
    id: string,
    outcome: EventResult,
    at: string,
    more = '',
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<void> => {
    const { payment_id: paymentId, erased } = outcome;
    const reason = 'reason' in outcome ? outcome.reason : undefined;
    const removed = [...(paymentId ? [] : ['payment_id']), ...(reason ? [] : ['reason'])];
    await db.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { event_id: id },
        UpdateExpression:
          `SET #status = :status, finished_at = :now${paymentId ? ', payment_id = :payment' : ''}` +
          `${reason ? ', reason = :reason' : ''}` +
          `${erased ? ', erased_at = if_not_exists(erased_at, :now), body = :nothing' : ''}` +
          `${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}${more}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':status': outcome.status,
          ':now': at,
          ...(paymentId && { ':payment': paymentId }),
          ...(reason && { ':reason': reason }),
          ...(erased && { ':nothing': '' }),
          ...values,
        },
      }),
    );
  };

  return {
    /** Stores a new event; of a redelivery, only the transmission id. */
    async receive({ id, eventType, transmissionId, paymentId, body, now }: ReceivedEvent): Promise<void> {
      await db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { event_id: id },
          UpdateExpression:
            'SET event_type = :type, body = if_not_exists(body, :body), ' +
            'received_at = if_not_exists(received_at, :now), last_received_at = :now, ' +
            '#status = if_not_exists(#status, :received), expires_at = if_not_exists(expires_at, :expires)' +
            (paymentId ? ', payment_id = if_not_exists(payment_id, :payment)' : '') +
            (transmissionId ? ' ADD transmissions :transmission' : ', fetched_at = if_not_exists(fetched_at, :now)'),
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':type': eventType,
            ':body': compressed(body),
            ':now': now.toISOString(),
            ':received': 'received' satisfies EventStatus,
            ...(paymentId && { ':payment': paymentId }),
            ':expires': Math.floor(now.getTime() / 1000) + RETENTION_SECONDS,
            // A set, so that retrying a write whose response was lost is idempotent.
            ...(transmissionId && { ':transmission': new Set([transmissionId]) }),
          },
        }),
      );
    },

    /** Consistent read. */
    async get(id: string): Promise<StoredEvent | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { event_id: id }, ConsistentRead: true }),
      );
      return Item && z.parse(storedEventSchema, Item);
    },

    /**
     * Matching events, newest first. Reads at most 100, so a page may have fewer than `limit`, or none, and still have
     * a next one. The index has a list by time per status; without a filter the lists are merged.
     */
    async page(filter: EventFilter, limit: number, after: EventCursor = {}): Promise<EventPage> {
      const { status, type, paymentId } = filter;
      const key = paymentId ? 'payment_id' : 'status';
      const lists = paymentId ? [paymentId] : status ? [status] : EVENT_STATUSES;
      const found = await Promise.all(
        lists.map(async (list) => (await indexPage(key, list, filter, after[list])).map((entry) => ({ list, entry }))),
      );
      // The sort is stable: within a list it keeps DynamoDB's order, which paging continues by.
      const candidates = found
        .flat()
        .sort((a, b) =>
          a.entry.received_at < b.entry.received_at ? 1 : a.entry.received_at > b.entry.received_at ? -1 : 0,
        );
      const inspected = candidates.slice(0, PAGE_SIZE);
      const stored = await heads(inspected.map(({ entry }) => entry.event_id));

      const events: EventHead[] = [];
      const next: Record<string, IndexEntry> = { ...after };
      let seen = 0;
      for (const { list, entry } of inspected) {
        if (events.length === limit) break;
        seen += 1;
        next[list] = entry;
        const event = stored.get(entry.event_id);
        if (event && (!type || event.event_type === type) && (!status || event.status === status)) events.push(event);
      }
      const more = seen < candidates.length || found.some((list) => list.length === PAGE_SIZE);
      return { events, ...(more && { next }) };
    },

    /**
     * Ids of unprocessed events received before that time, oldest first, starting with those received at `from`. The
     * index is eventually consistent.
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
      for await (const { Items = [] } of pages)
        for (const item of Items) yield z.parse(indexEntrySchema, item).event_id;
    },

    /** Which of at most 100 events are stored. */
    async storedIds(ids: readonly string[]): Promise<Set<string>> {
      const items = await batchGet(db, tableName, {
        Keys: ids.map((event_id) => ({ event_id })),
        ProjectionExpression: 'event_id',
        ConsistentRead: true,
      });
      return new Set(items.map(({ event_id }) => String(event_id)));
    },

    /** All events with their bodies, erased ones included. Scans the table: for commands, not for requests. */
    async *bodies(): AsyncGenerator<EventBody> {
      const names = Object.keys(eventBodySchema.shape);
      const pages = paginateScan(
        { client: db },
        {
          TableName: tableName,
          ProjectionExpression: names.map((name) => `#${name}`).join(', '),
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) for (const item of Items) yield z.parse(eventBodySchema, item);
    },

    /** Erases the body of an event; the other attributes stay. @returns false when there is no such event */
    eraseBody: (id: string, now: Date): Promise<boolean> =>
      conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { event_id: id },
            // Empty, not absent: a redelivery would store an absent body again.
            UpdateExpression: 'SET erased_at = :now, body = :nothing',
            ConditionExpression: 'attribute_exists(event_id)',
            ExpressionAttributeValues: { ':now': now.toISOString(), ':nothing': '' },
          }),
        ),
      ),

    finish: (id: string, outcome: EventResult, now: Date): Promise<void> =>
      writeOutcome(id, outcome, now.toISOString()),

    /** Like `finish`, for a replay by an operator. */
    finishReplay: (id: string, outcome: EventResult, now: Date): Promise<void> =>
      // A set, too: a counter would count a retried write twice.
      writeOutcome(id, outcome, now.toISOString(), ' ADD replayed_at :replay', {
        ':replay': new Set([now.toISOString()]),
      }),
  };
};
export type EventRepository = ReturnType<typeof eventRepository>;
