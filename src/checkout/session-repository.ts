import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { batchGet, conditionHolds, type Page, type ScanKey, scanPage, writtenOrExisting } from '../shared/dynamo.ts';
import { paymentIdOf, type SessionId, sessionIdSchema } from '../shared/ids.ts';
import { type Session, sessionSchema } from './session.ts';

/** A change of a session, and what it must be for that. */
export interface SessionChange {
  readonly set: Partial<Pick<Session, 'status' | 'payment_id' | 'payment_status'>>;
  readonly ifStatusIn?: readonly Session['status'][];
  readonly ifPaymentStatusIn?: readonly NonNullable<Session['payment_status']>[];
}

/** Whether a change was made, and the session as it is now; undefined when there is none. */
export interface SessionChangeResult {
  readonly changed: boolean;
  readonly session: Session | undefined;
}

/** The only code that knows how checkout sessions lie in DynamoDB. */
export const sessionRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const change = async (
    id: SessionId,
    { set, ifStatusIn, ifPaymentStatusIn }: SessionChange,
  ): Promise<SessionChangeResult> => {
    const values: Record<string, unknown> = {};
    const placeholder = (value: unknown) => {
      const name = `:v${Object.keys(values).length}`;
      values[name] = value;
      return name;
    };
    const oneOf = (attribute: string, list: readonly string[] | undefined) =>
      list ? [`${attribute} IN (${list.map(placeholder).join(', ')})`] : [];
    const result = await writtenOrExisting(
      db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { checkout_session_id: id },
          UpdateExpression: `SET ${Object.entries(set)
            .map(([attribute, value]) => `${attribute === 'status' ? '#status' : attribute} = ${placeholder(value)}`)
            .join(', ')}`,
          ConditionExpression: [
            'attribute_exists(#status)',
            ...oneOf('#status', ifStatusIn),
            ...oneOf('payment_status', ifPaymentStatusIn),
          ].join(' AND '),
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    return 'written' in result
      ? { changed: true, session: sessionSchema.parse(result.written.Attributes) }
      : { changed: false, session: result.found && sessionSchema.parse(result.found) };
  };

  return {
    /** Reads a session, consistently. */
    async get(id: SessionId): Promise<Session | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { checkout_session_id: id }, ConsistentRead: true }),
      );
      return Item && sessionSchema.parse(Item);
    },

    /** The sessions of these ids, in no order, read consistently; those that do not exist are missing. At most 100 ids, each once. */
    async getAll(ids: readonly SessionId[]): Promise<Session[]> {
      const items = await batchGet(db, tableName, {
        Keys: ids.map((checkout_session_id) => ({ checkout_session_id })),
        ConsistentRead: true,
      });
      return items.map((item) => sessionSchema.parse(item));
    },

    /** Ids of sessions, page by page. */
    async ids(limit: number, after?: ScanKey): Promise<Page<SessionId>> {
      const input = { TableName: tableName, ProjectionExpression: 'checkout_session_id', Limit: limit };
      const { items, ...page } = await scanPage(db, input, after);
      return { ...page, items: items.map(({ checkout_session_id }) => sessionIdSchema.parse(checkout_session_id)) };
    },

    /** Writes a new session. Its id is random, so one that is there already is this one, from a try whose answer was lost. */
    async create(session: Session): Promise<void> {
      await conditionHolds(
        db.send(
          new PutCommand({
            TableName: tableName,
            Item: session,
            ConditionExpression: 'attribute_not_exists(checkout_session_id)',
          }),
        ),
      );
    },

    /** Notes that the payment has begun: from now on the reservation stays until the payment is decided. */
    beginPayment: (id: SessionId): Promise<SessionChangeResult> =>
      change(id, {
        set: { status: 'payment_pending', payment_id: paymentIdOf(id), payment_status: 'created' },
        ifStatusIn: ['open'],
      }),

    /** Notes that a session ran out before its payment was begun: of this and `beginPayment`, one happens. */
    expire: (id: SessionId): Promise<SessionChangeResult> =>
      change(id, { set: { status: 'expired' }, ifStatusIn: ['open'] }),

    /** Makes a change if the session is still what the change asks for. */
    change,
  };
};
/** What `sessionRepository` makes. */
export type SessionRepository = ReturnType<typeof sessionRepository>;
