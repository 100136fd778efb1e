import { type DynamoDBDocumentClient, GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { conditionHolds, trackAnswers, writtenOrExisting } from '../shared/dynamo.ts';
import type { SessionId } from '../shared/ids.ts';
import { deleteAtOf } from '../shared/retention.ts';
import { type Counter, countersSchema } from './product.ts';
import {
  isMarkObsolete,
  isMoving,
  type MovingReservation,
  type Reservation,
  type ReservedItem,
  reservationSchema,
  revertMarkOf,
  sessionOfMark,
} from './reservation.ts';

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

export type CounterMove = readonly [from: Counter, to: Counter];

type LineResult = {
  /** False when a write of this line may still take effect. */
  readonly answered: boolean;
} & (
  | { readonly line: 'moved'; readonly item: ReservedItem; readonly marks?: ReadonlySet<string> | undefined }
  | { readonly line: 'reverted' }
  | { readonly line: 'short'; readonly product: ShortProduct }
);

/** All held reservations and pending moves share one partition of the sparse index `by-due`. */
export const DUE = 'reservation';

/** A write removes obsolete marks of a product each time that it has so many: one more write for 8 moves. */
const CLEANUP_EVERY = 8;

/** Marks examined by one cleanup, each with a read of its reservation. */
const MAX_CLEANUP = 100;

/** Much longer than a function runs and a request travels. */
const UNANSWERED_MS = 600_000;

/**
 * Moves the items of a reservation in single-item writes, which DynamoDB queues, where transactions on a product that
 * many buyers want would cancel each other. Each product carries the marks of its latest moves: no move changes it
 * twice, however often it is repeated. A mark may go once its move has ended and none of its writes can still arrive.
 */
export const stockMoveRepository = (
  db: DynamoDBDocumentClient,
  tables: { readonly products: string; readonly reservations: string },
  now: () => Date,
) => {
  /** Consistent read. */
  const reservation = async (id: SessionId): Promise<Reservation | undefined> => {
    const { Item } = await db.send(
      new GetCommand({ TableName: tables.reservations, Key: { checkout_session_id: id }, ConsistentRead: true }),
    );
    return Item && reservationSchema.parse(Item);
  };

  const writeProduct = async (
    sku: string,
    input: Pick<UpdateCommandInput, 'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'>,
  ) => {
    const command = new UpdateCommand({
      TableName: tables.products,
      Key: { sku },
      ...input,
      ReturnValues: 'UPDATED_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const isAnswered = trackAnswers(command);
    const result = await writtenOrExisting(db.send(command));
    return { result, answered: isAnswered() };
  };

  const moveLine = async (move: string, [from, to]: CounterMove, item: ReservedItem): Promise<LineResult> => {
    const { sku, quantity } = item;
    const { result, answered } = await writeProduct(sku, {
      UpdateExpression: `SET ${from} = ${from} - :quantity, ${to} = ${to} + :quantity ADD applied :marks`,
      ConditionExpression: `${from} >= :quantity AND NOT contains(applied, :move) AND NOT contains(applied, :reverted)`,
      ExpressionAttributeValues: {
        ':quantity': quantity,
        ':marks': new Set([move]),
        ':move': move,
        ':reverted': revertMarkOf(move),
      },
    });
    if ('written' in result) return { line: 'moved', item, answered, marks: marksOf(result.written.Attributes) };
    const marks = marksOf(result.found);
    if (marks?.has(revertMarkOf(move))) return { line: 'reverted', answered };
    if (marks?.has(move)) return { line: 'moved', item, answered };
    const deleted = result.found === undefined;
    // Items of a deleted product go nowhere.
    if (deleted && from !== 'available') return { line: 'moved', item, answered };
    const { available = 0 } = countersSchema.safeParse(result.found).data ?? {};
    return { line: 'short', product: { sku, available, deleted }, answered };
  };

  /** Moves the items back if they have moved, and keeps them from moving later. @returns whether it was answered. */
  const revertLine = async (
    move: string,
    [from, to]: CounterMove,
    { sku, quantity }: ReservedItem,
  ): Promise<boolean> => {
    const mark = { ':marks': new Set([revertMarkOf(move)]), ':move': move };
    const back = await writeProduct(sku, {
      UpdateExpression: `SET ${from} = ${from} + :quantity, ${to} = ${to} - :quantity ADD applied :marks`,
      ConditionExpression: 'contains(applied, :move) AND NOT contains(applied, :reverted)',
      ExpressionAttributeValues: { ...mark, ':quantity': quantity, ':reverted': revertMarkOf(move) },
    });
    if ('written' in back.result || !back.result.found) return back.answered;
    if (marksOf(back.result.found)?.has(revertMarkOf(move))) return back.answered;
    const block = await writeProduct(sku, {
      UpdateExpression: 'ADD applied :marks',
      ConditionExpression: 'attribute_exists(sku) AND NOT contains(applied, :move)',
      ExpressionAttributeValues: mark,
    });
    if ('written' in block.result) return back.answered && block.answered;
    // Its items have moved in between, or the product was deleted.
    return (await revertLine(move, [from, to], { sku, quantity })) && back.answered && block.answered;
  };

  /** Writes to a reservation while that move is pending. */
  const writePending = (
    { checkout_session_id, last_move }: MovingReservation,
    update: string,
    conditions: readonly string[],
    values: Readonly<Record<string, unknown>>,
    names?: Readonly<Record<string, string>>,
  ) =>
    writtenOrExisting(
      db.send(
        new UpdateCommand({
          TableName: tables.reservations,
          Key: { checkout_session_id },
          UpdateExpression: update,
          ConditionExpression: ['attribute_exists(pending)', 'last_move = :move', ...conditions].join(' AND '),
          ExpressionAttributeValues: { ':move': last_move, ...values },
          ...(names && { ExpressionAttributeNames: names }),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );

  /**
   * @param sure no write of this move can still arrive: each one was answered, and no other caller has worked on it. The
   * condition fails when another caller has by now.
   */
  const end = (moving: MovingReservation, ending: 'moved' | 'reverted', sure: boolean) => {
    const { pending, expires_at } = moving;
    const status = ending === 'moved' ? pending.to : moving.status;
    const reinstated = ending === 'moved' ? pending.reinstated : undefined;
    const until = sure ? undefined : new Date(now().getTime() + UNANSWERED_MS).toISOString();
    const isHeld = status === 'held';
    const isReleased = status === 'released';
    const update = [
      'SET #status = :status',
      ...(reinstated === undefined ? [] : [', reinstated = :reinstated']),
      ...(until === undefined ? [] : [', marks_until = :until']),
      ...(isHeld ? [', due_at = :due'] : []),
      ...(isReleased ? [', delete_at = :delete'] : []),
      ' REMOVE pending',
      // Only held reservations are reconciled: any other status leaves the index of due ones.
      ...(isHeld ? [] : [', due_shard, due_at']),
      ...(isReleased ? [] : [', delete_at']),
    ].join('');
    const conditions = [
      ...(ending === 'moved' ? ['attribute_not_exists(pending.reverting)'] : []),
      ...(sure ? ['attribute_not_exists(pending.helped)'] : []),
    ];
    const values = {
      ':status': status,
      ...(reinstated !== undefined && { ':reinstated': reinstated }),
      ...(until !== undefined && { ':until': until }),
      ...(isHeld && { ':due': expires_at }),
      ...(isReleased && { ':delete': deleteAtOf(now()) }),
    };
    return writePending(moving, update, conditions, values, { '#status': 'status' });
  };

  /** Removes the obsolete marks of a product. A failure is no trouble: a later write tries again. */
  const cleanUp = async (sku: string, applied: ReadonlySet<string>): Promise<void> => {
    // From anywhere, so that some marks which must stay do not hide all others.
    const start = Math.floor(Math.random() * applied.size);
    const marks = [...applied, ...applied].slice(start, start + Math.min(applied.size, MAX_CLEANUP));
    const obsolete = await Promise.all(
      marks.map(async (mark) => {
        try {
          return isMarkObsolete(mark, await reservation(sessionOfMark(mark)), now()) ? [mark] : [];
        } catch {
          return [];
        }
      }),
    ).then((found) => found.flat());
    if (obsolete.length === 0) return;
    await conditionHolds(
      db.send(
        new UpdateCommand({
          TableName: tables.products,
          Key: { sku },
          UpdateExpression: 'DELETE applied :marks',
          ConditionExpression: 'attribute_exists(sku)',
          ExpressionAttributeValues: { ':marks': new Set(obsolete) },
        }),
      ),
    ).catch(() => undefined);
  };

  /**
   * Completes a pending move; reverts it when a product has too few items.
   * @param alone whether no other caller has worked on it
   */
  const complete = async (moving: MovingReservation, alone: boolean): Promise<StockChangeResult> => {
    const { pending, last_move: move } = moving;
    const { counters, items = moving.items, reverting = false } = pending;
    const lines = counters && !reverting ? await all(items.map((item) => moveLine(move, counters, item))) : [];
    const short = lines.flatMap((result) => (result.line === 'short' ? [result.product] : []));
    const moved = lines.flatMap((result) => (result.line === 'moved' ? [result] : []));
    let sure = alone && lines.every(({ answered }) => answered);

    if (!reverting && moved.length === lines.length) {
      const ended = await end(moving, 'moved', sure);
      if (!('written' in ended)) return resultOf(moving, ended.found, short);
      await Promise.all(
        moved.map(async ({ item, marks }) => marks && marks.size % CLEANUP_EVERY === 0 && cleanUp(item.sku, marks)),
      );
      return { done: true };
    }

    // Without a doubt, lines that were short or had no turn need no write.
    const toRevert = sure ? moved.map(({ item }) => item) : items;
    if (counters && toRevert.length > 0) {
      const decided = await writePending(moving, 'SET pending.reverting = :true', [], { ':true': true });
      if (!('written' in decided)) return resultOf(moving, decided.found, short);
      const answers = await all(toRevert.map((item) => revertLine(move, counters, item)));
      sure &&= answers.every(Boolean);
    }
    const ended = await end(moving, 'reverted', sure);
    return 'written' in ended ? { done: false, short } : resultOf(moving, ended.found, short);
  };

  /** After a failed condition: goes on with a move that another caller has worked on, or tells how it ended. */
  const resultOf = async (
    moving: MovingReservation,
    found: Record<string, unknown> | undefined,
    short: readonly ShortProduct[],
  ): Promise<StockChangeResult> => {
    const current = existing(found);
    const isSame = current.last_move === moving.last_move;
    if (isSame && isMoving(current)) return complete(current, false);
    if (isSame && current.status === moving.pending.to) return { done: true };
    return isSame && short.length > 0 ? { done: false, short } : { done: false, current };
  };

  /** Completes or reverts a pending move that another caller began, and may still work on. */
  const resume = async (moving: MovingReservation): Promise<Reservation> => {
    const joined = await writePending(moving, 'SET pending.helped = :true', [], { ':true': true });
    const current = existing('written' in joined ? joined.written.Attributes : joined.found);
    if (!isMoving(current)) return current;
    if (!('written' in joined)) return resume(current);
    await complete(current, false);
    return (await reservation(current.checkout_session_id)) ?? current;
  };

  return {
    reservation,

    /** Completes a move that this caller began. */
    complete: (moving: MovingReservation): Promise<StockChangeResult> => complete(moving, true),

    resume,
  };
};

const marksOf = (item: Record<string, unknown> | undefined): ReadonlySet<string> | undefined =>
  item?.applied as ReadonlySet<string> | undefined;

/** An existing reservation, parsed. */
function existing(item: Record<string, unknown> | undefined): Reservation {
  if (!item) throw new Error('stock change failed its conditions: reservation not found');
  return reservationSchema.parse(item);
}

/** Like Promise.all, but when one fails it waits for the others: no write outlives its caller. */
async function all<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
