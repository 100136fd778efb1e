import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { ledgerDayOf } from '../ledger/days.ts';
import { batchGet, conditionHolds, type Page, type ScanKey, scanPage, writtenOrExisting } from '../shared/dynamo.ts';
import { isPaymentId, type PaymentId, paymentIdSchema } from '../shared/ids.ts';
import { deleteAtOf } from '../shared/retention.ts';
import { conditionOf } from './conditions.ts';
import { historyEntries, type Move, settlementsOf, statusAfter } from './decide.ts';
import { type Dispute, type Payment, paymentSchema } from './payment.ts';
import { ACCEPTED, isGivenUp, isPaid } from './transitions.ts';

export type MoveResult =
  | { readonly moved: Payment }
  /** The condition failed: the payment has changed. */
  | { readonly found: Payment }
  | { readonly found: undefined };

const claimedSchema = z.object({ due_at: z.optional(z.string()) });

/** DynamoDB rejects values that no expression uses. */
const used = (values: Record<string, unknown>, ...expressions: string[]) =>
  Object.fromEntries(
    Object.entries(values).filter(([name]) => expressions.some((text) => new RegExp(`${name}\\b`).test(text))),
  );

const usedNames = (names: Record<string, string>, expression: string) =>
  Object.fromEntries(Object.entries(names).filter(([name]) => new RegExp(`${name}\\b`).test(expression)));

/** The only code that accesses the payments table. */
export const paymentRepository = (
  db: DynamoDBDocumentClient,
  tableName: string,
  clock: () => Date = () => new Date(),
) => {
  const get = async (id: PaymentId): Promise<Payment | undefined> => {
    const { Item } = await db.send(
      new GetCommand({ TableName: tableName, Key: { payment_id: id }, ConsistentRead: true }),
    );
    return Item && paymentSchema.parse(Item);
  };

  const byIndex = async (index: string, attribute: string, value: string): Promise<Payment | undefined> => {
    const { Items } = await db.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: index,
        KeyConditionExpression: '#key = :value',
        ExpressionAttributeNames: { '#key': attribute },
        ExpressionAttributeValues: { ':value': value },
        Limit: 1,
      }),
    );
    const id = Items?.[0]?.payment_id;
    // The index is eventually consistent: it only yields the id, and the payment is read consistently.
    return typeof id === 'string' && isPaymentId(id) ? get(id) : undefined;
  };

  /** Returns the current payment when the condition fails. */
  const update = async (
    id: PaymentId,
    expression: string,
    condition: string,
    values: Record<string, unknown>,
    names: Record<string, string>,
  ): Promise<MoveResult> => {
    const result = await writtenOrExisting(
      db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { payment_id: id },
          UpdateExpression: expression,
          ConditionExpression: condition,
          // DynamoDB rejects an empty map.
          ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
          ExpressionAttributeValues: used(values, expression, condition),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    return 'written' in result
      ? { moved: paymentSchema.parse(result.written.Attributes) }
      : { found: result.found && paymentSchema.parse(result.found) };
  };

  /** Ids of one shard of the index `by-due`, page by page. */
  async function* dueIn(shards: readonly DueShard[], before: string): AsyncGenerator<PaymentId[]> {
    for (const shard of shards) {
      const pages = paginateQuery(
        { client: db },
        {
          TableName: tableName,
          IndexName: 'by-due',
          KeyConditionExpression: 'due_shard = :shard AND due_at < :before',
          ExpressionAttributeValues: { ':shard': shard, ':before': before },
        },
      );
      for await (const { Items = [] } of pages)
        yield Items.map(({ payment_id }) => payment_id).filter((id) => typeof id === 'string' && isPaymentId(id));
    }
  }

  return {
    /** Consistent read. */
    get,

    /** The payments that exist of at most 100 distinct ids, in no order; consistent read. */
    async getAll(ids: readonly PaymentId[]): Promise<Payment[]> {
      const items = await batchGet(db, tableName, {
        Keys: ids.map((payment_id) => ({ payment_id })),
        ConsistentRead: true,
      });
      return items.map((item) => paymentSchema.parse(item));
    },

    /** One page of a scan. */
    async ids(limit: number, after?: ScanKey): Promise<Page<PaymentId>> {
      const input = { TableName: tableName, ProjectionExpression: 'payment_id', Limit: limit };
      const { items, ...page } = await scanPage(db, input, after);
      return { ...page, items: items.map(({ payment_id }) => paymentIdSchema.parse(payment_id)) };
    },

    /** The index may be a second behind. */
    byPayPalOrder: (paypalOrderId: string) => byIndex('by-paypal-order', 'paypal_order_id', paypalOrderId),

    byCapture: (captureId: string) => byIndex('by-capture', 'capture_id', captureId),

    /** Creates a payment, or returns the existing one. */
    async create(payment: Payment, dueAt: Date): Promise<Payment> {
      const result = await writtenOrExisting(
        db.send(
          new PutCommand({
            TableName: tableName,
            Item: { ...payment, ...dueBy(payment, dueAt) },
            ConditionExpression: 'attribute_not_exists(payment_id)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      return 'written' in result ? payment : paymentSchema.parse(result.found);
    },

    /** Sets the PayPal order of a payment, unless it has another one. */
    attachOrder: (id: PaymentId, paypalOrderId: string, approveUrl: string, now: Date): Promise<MoveResult> =>
      update(
        id,
        'SET paypal_order_id = :order, approve_url = :url, updated_at = :now',
        'attribute_exists(payment_id) AND (attribute_not_exists(paypal_order_id) OR paypal_order_id = :order)',
        { ':order': paypalOrderId, ':url': approveUrl, ':now': now.toISOString() },
        {},
      ),

    /**
     * Writes a move under its transition's condition. `dueAt`: when reconciliation next checks the payment without
     * further evidence.
     */
    move(id: PaymentId, move: Move, now: Date, dueAt: Date): Promise<MoveResult> {
      const { set, supersedes } = move;
      const at = now.toISOString();
      const condition = conditionOf(move);
      const settlements = settlementsOf(move);
      const status = statusAfter(move);
      const sets = {
        '#status': status,
        updated_at: at,
        ...set,
        ...dueBy({ status, ...set }, dueAt),
        ...(isPaid(status) && { ledger_day: ledgerDayOf(now) }),
        ...Object.fromEntries(settlements.map(({ input }, i) => [`#open.#settlement${i}`, input])),
      };
      const expression = `SET ${[
        '#history = list_append(#history, :move)',
        ...Object.keys(sets).map((path, i) => `${path} = :set${i}`),
      ].join(', ')} REMOVE delete_at${supersedes ? ', #open.#superseded' : ''}`;
      return update(
        id,
        expression,
        condition.expression,
        {
          ...condition.values,
          ':move': historyEntries(move, at),
          ...Object.fromEntries(Object.values(sets).map((value, i) => [`:set${i}`, value])),
        },
        {
          ...usedNames(condition.names, condition.expression),
          '#status': 'status',
          '#history': 'history',
          ...((settlements.length > 0 || supersedes) && { '#open': 'open' }),
          ...Object.fromEntries(settlements.map(({ name }, i) => [`#settlement${i}`, name])),
          ...(supersedes && { '#superseded': supersedes }),
        },
      );
    },

    /** Sets a dispute, unless the stored one is newer. */
    flagDispute: (id: PaymentId, disputeId: string, dispute: Dispute): Promise<MoveResult> =>
      update(
        id,
        'SET disputes.#dispute = :dispute',
        'attribute_exists(payment_id) AND ' +
          '(attribute_not_exists(disputes.#dispute) OR disputes.#dispute.updated_at <= :at)',
        { ':dispute': dispute, ':at': dispute.updated_at },
        { '#dispute': disputeId },
      ),

    /** Marks a payment whose buyer's data is erased: the bodies of its later events are not kept. */
    markErased: (id: PaymentId, now: Date): Promise<MoveResult> =>
      update(
        id,
        'SET erased_at = if_not_exists(erased_at, :now)',
        'attribute_exists(payment_id)',
        { ':now': now.toISOString() },
        {},
      ),

    /**
     * Closes a settlement that succeeded; a no-op unless it is open. A paid payment without open settlements or pending
     * refunds leaves the index of due ones, unless an operator must review it.
     */
    async closeSettlement(id: PaymentId, name: string, now: Date): Promise<MoveResult> {
      const close = (condition: string, also: string, values: Record<string, unknown> = {}) =>
        update(
          id,
          `SET settled_at = :now REMOVE #open.#settlement${also}`,
          `attribute_exists(#open.#settlement)${condition}`,
          { ':now': now.toISOString(), ...values },
          { '#open': 'open', '#settlement': name, ...(condition && { '#status': 'status' }) },
        );
      const closed = await close(
        ` AND size(#open) = :one AND #status IN (${ACCEPTED.map((_, i) => `:kept${i}`).join(', ')})` +
          ' AND (attribute_not_exists(refunds_pending) OR refunds_pending = :none)',
        ', due_shard, due_at',
        { ':one': 1, ':none': 0, ...Object.fromEntries(ACCEPTED.map((status, i) => [`:kept${i}`, status])) },
      );
      return 'found' in closed && closed.found && name in closed.found.open ? close('', '') : closed;
    },

    /**
     * Sets when the payment is due next; undefined removes it from the index of due ones, unless it has open
     * settlements, and lets it expire if it was given up, until it moves again. A no-op for a payment that has moved
     * since `seen`: the move has set its own time.
     */
    async reschedule(seen: Payment, at: Date | undefined): Promise<void> {
      const dueAt = at && dueBy(seen, at);
      const leave = `${isGivenUp(seen.status) ? 'SET delete_at = :delete ' : ''}REMOVE due_shard, due_at`;
      await update(
        seen.payment_id,
        dueAt ? 'SET due_shard = :shard, due_at = :at' : leave,
        `size(#history) = :moves${dueAt ? '' : ' AND size(#open) = :none'}`,
        {
          ':moves': seen.history.length,
          ':none': 0,
          ':shard': dueAt?.due_shard,
          ':at': dueAt?.due_at,
          ':delete': deleteAtOf(clock()),
        },
        { '#history': 'history', ...(!dueAt && { '#open': 'open' }) },
      );
    },

    /** Reschedules a payment that cannot be parsed, by its id. */
    postpone: (id: PaymentId, at: Date): Promise<boolean> =>
      conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { payment_id: id },
            UpdateExpression: 'SET due_at = :at',
            ConditionExpression: 'attribute_exists(due_at)',
            ExpressionAttributeValues: { ':at': at.toISOString() },
          }),
        ),
      ),

    /**
     * Claims a payment that is due before that time, until `until` or until it is rescheduled.
     * @returns false for `claimed` when another claim lasts longer than `before`, or the payment is not due; `dueAt`:
     * ISO 8601, UTC
     */
    async claim(
      id: PaymentId,
      { before, until }: { readonly before: Date; readonly until: Date },
    ): Promise<{ readonly claimed: boolean; readonly dueAt: string | undefined }> {
      const result = await writtenOrExisting(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { payment_id: id },
            UpdateExpression: 'SET claimed_due_at = due_at, claimed_until = :until',
            ConditionExpression:
              'due_at < :before AND ' +
              '(attribute_not_exists(claimed_until) OR claimed_due_at <> due_at OR claimed_until <= :before)',
            ExpressionAttributeValues: {
              ':before': before.toISOString(),
              ':until': until.toISOString(),
            },
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      const item = 'written' in result ? result.written.Attributes : result.found;
      return { claimed: 'written' in result, dueAt: z.parse(z.nullish(claimedSchema), item)?.due_at };
    },

    /**
     * Ids of payments due before that time: paid ones first, those that wait for a bank or an operator last. The index
     * may be a second behind.
     */
    async *due(before: Date): AsyncGenerator<PaymentId> {
      for await (const ids of dueIn(DUE_SHARDS, before.toISOString())) yield* ids;
    },

    /**
     * The number of open payments, and the oldest. Payments that wait for a bank, perhaps for days, or an operator do
     * not count.
     */
    async open(): Promise<{ count: number; oldest: Payment | undefined }> {
      let count = 0;
      let oldest: PaymentId | undefined;
      for await (const ids of dueIn(OPEN_SHARDS, '~')) {
        count += ids.length;
        // Ids sort by time.
        oldest = [...ids, ...(oldest ? [oldest] : [])].sort()[0];
        if (count >= MAX_COUNTED) break;
      }
      return { count, oldest: oldest && (await get(oldest)) };
    },

    /**
     * Ids of payments whose money last moved on that day, in order: captured, refunded or reversed. At most `limit`,
     * after that id.
     */
    async ofLedgerDay(day: string, limit: number, after: PaymentId | undefined): Promise<PaymentId[]> {
      const { Items = [] } = await db.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'by-ledger-day',
          KeyConditionExpression: `ledger_day = :day${after ? ' AND payment_id > :after' : ''}`,
          ExpressionAttributeValues: { ':day': day, ...(after && { ':after': after }) },
          Limit: limit,
        }),
      );
      return Items.map(({ payment_id }) => paymentIdSchema.parse(payment_id));
    },

    /** Payments under review, the oldest first; capped near `MAX_UNDER_REVIEW`. */
    async underReview(): Promise<PaymentId[]> {
      const all: PaymentId[] = [];
      for await (const ids of dueIn(['operator'], '~')) if (all.push(...ids) >= MAX_UNDER_REVIEW) break;
      return all.sort();
    },
  };
};
export type PaymentRepository = ReturnType<typeof paymentRepository>;

/**
 * The partitions of the sparse index `by-due`, in the order of reconciliation: paid payments, due until their
 * settlements have succeeded; undecided ones; those that wait for the buyer's bank or an operator.
 */
const OPEN_SHARDS = ['paid', 'payment'] as const;
const DUE_SHARDS = [...OPEN_SHARDS, 'bank', 'operator'] as const;
type DueShard = (typeof DUE_SHARDS)[number];

const WAITS_FOR: { readonly [Status in Payment['status']]?: DueShard } = {
  capture_pending: 'bank',
  review: 'operator',
};

const dueBy = (
  { status, refunds_pending = 0 }: Pick<Payment, 'status' | 'refunds_pending'>,
  at: Date,
): { due_shard: DueShard; due_at: string } => ({
  due_shard: WAITS_FOR[status] ?? (refunds_pending > 0 ? 'bank' : isPaid(status) ? 'paid' : 'payment'),
  due_at: at.toISOString(),
});

/** Counting stops here. */
const MAX_COUNTED = 10_000;
/** More than this have a common cause. */
const MAX_UNDER_REVIEW = 100;
