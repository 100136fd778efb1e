import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { PaymentId } from '../shared/ids.ts';

/** What became of an event: being worked on, or one of the answers that PayPal got. */
export type EventStatus = 'received' | 'accepted' | 'ignored' | 'parked';

/** Raw events hold personal data, and PayPal itself shows them for 45 days only. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;

/** One delivery of an event. */
export interface ReceivedEvent {
  readonly id: string;
  readonly eventType: string;
  /** PayPal's id of this delivery. */
  readonly transmissionId: string;
  /** As it came. */
  readonly body: string;
  readonly now: Date;
}

/** The only code that knows how webhook events lie in DynamoDB. */
export const eventRepository = (db: DynamoDBDocumentClient, tableName: string) => ({
  /** Stores an event as it came; of a further delivery, only its id is kept. */
  async receive({ id, eventType, transmissionId, body, now }: ReceivedEvent): Promise<void> {
    await db.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { event_id: id },
        UpdateExpression:
          'SET event_type = :type, body = if_not_exists(body, :body), received_at = if_not_exists(received_at, :now), last_received_at = :now, ' +
          '#status = if_not_exists(#status, :received), expires_at = if_not_exists(expires_at, :expires) ADD transmissions :transmission',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':type': eventType,
          ':body': body,
          ':now': now.toISOString(),
          ':received': 'received' satisfies EventStatus,
          ':expires': Math.floor(now.getTime() / 1000) + KEPT_SECONDS,
          // A set, so that a write whose answer was lost can be repeated.
          ':transmission': new Set([transmissionId]),
        },
      }),
    );
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
            UpdateExpression: 'SET erased_at = :now REMOVE body',
            ExpressionAttributeValues: { ':now': now.toISOString() },
          }),
        );
        erased += 1;
      }
    }
    return erased;
  },

  /** Notes what became of an event, and which payment it was about. */
  async finish(
    id: string,
    status: Exclude<EventStatus, 'received'>,
    paymentId: PaymentId | undefined,
    now: Date,
  ): Promise<void> {
    await db.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { event_id: id },
        UpdateExpression: `SET #status = :status, finished_at = :now${paymentId ? ', payment_id = :payment' : ''}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':status': status,
          ':now': now.toISOString(),
          ...(paymentId && { ':payment': paymentId }),
        },
      }),
    );
  },
});
export type EventRepository = ReturnType<typeof eventRepository>;
