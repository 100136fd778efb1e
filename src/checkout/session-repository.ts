import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { batchGet, conditionHolds, type Page, type ScanKey, scanPage, writtenOrExisting } from '../shared/dynamo.ts';
import { paymentIdOf, type SessionId, sessionIdSchema } from '../shared/ids.ts';
import { deleteAtOf, keepItem } from '../shared/retention.ts';
import { type Session, sessionSchema } from './session.ts';

/** The attributes to set, and the statuses that the session must have for it. */
export interface SessionChange {
  readonly set: Partial<Pick<Session, 'status' | 'payment_id' | 'payment_status' | 'expires_at'>>;
  readonly ifStatusIn?: readonly Session['status'][];
  readonly ifPaymentStatusIn?: readonly NonNullable<Session['payment_status']>[];
  /**
   * How often PayPal has cancelled a reversal of the payment. A session that was changed after fewer may have any
   * payment status; one that was changed after more is not changed.
   */
  readonly reinstated?: number | undefined;
}

/** `session` is its current state; undefined when it does not exist. */
export interface SessionChangeResult {
  readonly changed: boolean;
  readonly session: Session | undefined;
}

const ENDED: readonly unknown[] = ['expired', 'payment_failed'] satisfies Session['status'][];
const WITHOUT_MONEY: readonly unknown[] = ['expired', 'cancelled', 'failed'] satisfies Session['payment_status'][];

const endsWithoutMoney = ({ status, payment_status }: SessionChange['set']): boolean =>
  ENDED.includes(status) && (!payment_status || WITHOUT_MONEY.includes(payment_status));

/** The only code that accesses the checkout sessions table. */
export const sessionRepository = (
  db: DynamoDBDocumentClient,
  tableName: string,
  now: () => Date = () => new Date(),
) => {
  const change = async (
    id: SessionId,
    { set, ifStatusIn, ifPaymentStatusIn, reinstated }: SessionChange,
  ): Promise<SessionChangeResult> => {
    const expires = endsWithoutMoney(set);
    const values: Record<string, unknown> = {};
    const placeholder = (value: unknown) => {
      const name = `:v${Object.keys(values).length}`;
      values[name] = value;
      return name;
    };
    const oneOf = (attribute: string, list: readonly string[] | undefined) =>
      list ? [`${attribute} IN (${list.map(placeholder).join(', ')})`] : [];
    const ifNotLater = ([hasPaymentStatus]: string[], reinstated: number | undefined): string[] => {
      if (!hasPaymentStatus) return [];
      if (reinstated === undefined) return [hasPaymentStatus, 'attribute_not_exists(reinstated)'];
      const count = placeholder(reinstated);
      return [
        `(attribute_not_exists(reinstated) OR reinstated < ${count} OR (reinstated = ${count} AND ${hasPaymentStatus}))`,
      ];
    };
    const result = await writtenOrExisting(
      db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { checkout_session_id: id },
          UpdateExpression: `SET ${Object.entries({
            ...set,
            ...(reinstated !== undefined && { reinstated }),
            ...(expires && { delete_at: deleteAtOf(now()) }),
          })
            .map(([attribute, value]) => `${attribute === 'status' ? '#status' : attribute} = ${placeholder(value)}`)
            .join(', ')}${expires ? '' : ' REMOVE delete_at'}`,
          ConditionExpression: [
            'attribute_exists(#status)',
            ...oneOf('#status', ifStatusIn),
            ...ifNotLater(oneOf('payment_status', ifPaymentStatusIn), reinstated),
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
    /** Consistent read. */
    async get(id: SessionId): Promise<Session | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { checkout_session_id: id }, ConsistentRead: true }),
      );
      return Item && sessionSchema.parse(Item);
    },

    /** The sessions that exist of at most 100 distinct ids, in no order; consistent read. */
    async getAll(ids: readonly SessionId[]): Promise<Session[]> {
      const items = await batchGet(db, tableName, {
        Keys: ids.map((checkout_session_id) => ({ checkout_session_id })),
        ConsistentRead: true,
      });
      return items.map((item) => sessionSchema.parse(item));
    },

    /** One page of a scan. */
    async ids(limit: number, after?: ScanKey): Promise<Page<SessionId>> {
      const input = { TableName: tableName, ProjectionExpression: 'checkout_session_id', Limit: limit };
      const { items, ...page } = await scanPage(db, input, after);
      return { ...page, items: items.map(({ checkout_session_id }) => sessionIdSchema.parse(checkout_session_id)) };
    },

    /**
     * Creates a session. Idempotent: ids are random, so an existing one is from a write whose response was lost.
     */
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

    /** Begins the payment of an open session. Its reservation is then kept until the payment is decided. */
    beginPayment: (id: SessionId, expiresAt: Date): Promise<SessionChangeResult> =>
      change(id, {
        set: {
          status: 'payment_pending',
          payment_id: paymentIdOf(id),
          payment_status: 'created',
          expires_at: expiresAt.toISOString(),
        },
        ifStatusIn: ['open'],
      }),

    /** Expires an open session. Of this and `beginPayment`, only one succeeds. */
    expire: (id: SessionId): Promise<SessionChangeResult> =>
      change(id, { set: { status: 'expired' }, ifStatusIn: ['open'] }),

    /** Keeps a session without money whose payment has some after all. */
    keep: (id: SessionId): Promise<void> => keepItem(db, tableName, { checkout_session_id: id }),

    change,
  };
};
export type SessionRepository = ReturnType<typeof sessionRepository>;
