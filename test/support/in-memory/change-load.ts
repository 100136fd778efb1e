import type { DynamoDBRecord } from 'aws-lambda';
import type { Session } from '../../../src/checkout/session.ts';
import { changedRows } from '../../../src/consistency/changed-rows.ts';
import { checkChanges } from '../../../src/consistency/check-changes.ts';
import { checkQueue, purchasesIn } from '../../../src/consistency/check-queue.ts';
import { MAX_MESSAGES, MAX_RECORDS, MAX_WORKERS, windowSeconds } from '../../../src/consistency/check-times.ts';
import type { Order } from '../../../src/fulfillment/order.ts';
import type { Reservation } from '../../../src/inventory/reservation.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { orderIdOf, type PaymentId, paymentIdOf, type SessionId, sessionId } from '../../../src/shared/ids.ts';
import { seededRandom } from '../seeded-random.ts';
import { virtualTime } from '../virtual-time.ts';
import { onePurchase } from './one-purchase.ts';

export interface ChangeLoad {
  /** Purchases begun per hour. */
  readonly begunPerHour: number;
  readonly hours: number;
  readonly graceSeconds: number;
  /** One paid purchase in so many loses its order. */
  readonly lossEvery: number;
  /** Share of batches of the queue whose invocation fails. */
  readonly failing: number;
  readonly seed: number;
}

export interface ChangeLoadResult {
  readonly begun: number;
  readonly lost: number;
  /** Lost orders with a finding, of those whose grace period was over for 15 minutes. */
  readonly found: number;
  readonly due: number;
  /** Minutes from the end of the grace period to the finding: the longest. */
  readonly maxLateMinutes: number;
  readonly checksPerPurchase: number;
  readonly readUnitsPerPurchase: number;
  readonly invocationsPerHour: number;
}

const START = new Date('2026-06-01T12:00:00.000Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** 60 % of the buyers leave. */
const GIVEN_UP = 0.6;
/** A new on-demand table has four partitions, each with a shard:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html */
const SHARDS = 4;
const BATCH_READ_MS = 30;
const VISIBILITY_MS = 59 * SECOND;
const POLL_MS = SECOND;

type Table = 'payments' | 'checkout-sessions' | 'reservations' | 'orders';
const KEYS = {
  payments: 'payment_id',
  'checkout-sessions': 'checkout_session_id',
  reservations: 'checkout_session_id',
  orders: 'order_id',
} as const satisfies Record<Table, string>;

interface Rows {
  payment?: Payment;
  session?: Session;
  reservation?: Reservation;
  order?: Order;
}

/** The streams, the queue and the checks of purchases as they are made, lost orders among them, in virtual time. */
export async function runChangeLoad(load: ChangeLoad): Promise<ChangeLoadResult> {
  const time = virtualTime(START);
  const random = seededRandom(load.seed);
  const rows = new Map<SessionId, Rows>();
  const lostAt = new Map<PaymentId, number>();
  const foundAt = new Map<PaymentId, number>();
  let [begun, checks, readUnits, invocations] = [0, 0, 0, 0];

  const example = await onePurchase();
  example.approve();
  await example.drain();
  const parts = JSON.stringify([example.payment(), example.session(), example.reservation(), example.order()]);
  const ulid = example.sessionId.slice(3);
  /** The rows of a paid purchase. */
  const paid = (id: SessionId): Required<Rows> => {
    const [payment, session, reservation, order] = JSON.parse(parts.replaceAll(ulid, id.slice(3)));
    return { payment: { ...payment, updated_at: time.now().toISOString() }, session, reservation, order };
  };

  /* Streams: each shard collects its records for the window, which its first record begins. */
  const shards = new Map<string, DynamoDBRecord[]>();
  const change = (table: Table, id: string) => {
    const shard = `${table}-${Number.parseInt(id.slice(-4), 32) % SHARDS}`;
    const collected = shards.get(shard) ?? [];
    shards.set(shard, collected);
    collected.push({ dynamodb: { Keys: { [KEYS[table]]: { S: id } } } });
    if (collected.length === 1)
      void time.sleep(windowSeconds(load.graceSeconds) * SECOND).then(() => invoke(shard, collected));
    if (collected.length === MAX_RECORDS) void invoke(shard, collected);
  };
  async function invoke(shard: string, collected: DynamoDBRecord[]): Promise<void> {
    if (shards.get(shard) !== collected) return;
    shards.delete(shard);
    invocations += 1;
    await queue.send(changedRows(collected).purchases, load.graceSeconds);
  }

  let messages: { readonly body: string; visibleAt: number }[] = [];
  const sqs = {
    send: async ({ input }: { input: { MessageBody: string; DelaySeconds: number } }) =>
      messages.push({ body: input.MessageBody, visibleAt: time.now().getTime() + input.DelaySeconds * SECOND }),
  };
  const queue = checkQueue(sqs as never, 'check-queue');

  const read = async <Row>(ids: readonly SessionId[], rowOf: (rows: Rows) => Row | undefined): Promise<Row[]> => {
    await time.sleep(BATCH_READ_MS);
    // Consistent reads of items below 4 kB.
    readUnits += ids.length;
    return ids.flatMap((id) => rowOf(rows.get(id) ?? {}) ?? []);
  };
  const sessionsOf = (ids: readonly string[]) => ids.map((id) => sessionId(id.slice(id.indexOf('_') + 1)));
  const deps: Parameters<typeof checkChanges>[0] = {
    tables: {
      payments: { getAll: (ids) => read(sessionsOf(ids), ({ payment }) => payment) },
      sessions: { getAll: (ids) => read(ids, ({ session }) => session) },
      orders: { getAll: (ids) => read(sessionsOf(ids), ({ order }) => order) },
      stock: { reservationsOf: (ids) => read(ids, ({ reservation }) => reservation) },
    },
    findings: {
      put: async ({ invariant, subject }, at) => {
        const id = subject as PaymentId;
        if (invariant === 'order_or_refund' && !foundAt.has(id)) foundAt.set(id, at.getTime());
      },
    },
    queue,
  };

  async function work(): Promise<void> {
    for (;;) {
      const now = time.now();
      const batch = messages.filter(({ visibleAt }) => visibleAt <= now.getTime()).slice(0, MAX_MESSAGES);
      for (const message of batch) message.visibleAt = now.getTime() + VISIBILITY_MS;
      if (batch.length > 0 && random() >= load.failing) {
        invocations += 1;
        const ids = batch.flatMap(({ body }) =>
          purchasesIn({ body, messageId: '', attributes: { ApproximateReceiveCount: 1 } }),
        );
        const { checked } = await checkChanges(deps, ids, { now, graceSeconds: load.graceSeconds });
        checks += checked;
        messages = messages.filter((message) => !batch.includes(message));
      }
      await time.sleep(POLL_MS);
    }
  }

  async function purchase(id: SessionId, loses: boolean): Promise<void> {
    const paymentId = paymentIdOf(id);
    const whole = paid(id);
    const session: Session = { ...whole.session, status: 'open', payment_id: null, payment_status: null };
    const { pending: _, ...reservation } = whole.reservation;
    rows.set(id, { session, reservation: { ...reservation, status: 'held' } });
    for (const table of ['reservations', 'reservations', 'checkout-sessions'] as const) change(table, id);
    if (random() < GIVEN_UP) {
      await time.sleep(10 * MINUTE);
      rows.set(id, {
        session: { ...session, status: 'expired' },
        reservation: { ...reservation, status: 'released' },
      });
      for (const table of ['reservations', 'reservations', 'checkout-sessions'] as const) change(table, id);
      return;
    }
    await time.sleep((30 + random() * 150) * SECOND);
    // Created, with PayPal's order, captured and settled: the changes of a settlement take some seconds.
    rows.set(id, paid(id));
    for (const table of ['payments', 'payments', 'reservations', 'reservations', 'checkout-sessions'] as const)
      change(table, table === 'payments' ? paymentId : id);
    for (const table of ['orders', 'orders', 'payments'] as const)
      change(table, table === 'orders' ? orderIdOf(paymentId) : paymentId);
    if (!loses) return;
    await time.sleep(random() * 60 * MINUTE);
    const { order: __, ...rest } = rows.get(id) ?? {};
    rows.set(id, rest);
    lostAt.set(paymentId, time.now().getTime());
    change('orders', orderIdOf(paymentId));
  }

  async function beginPurchases(): Promise<void> {
    for (;;) {
      await time.sleep((3600 * SECOND) / load.begunPerHour);
      begun += 1;
      void purchase(sessionId(`01ARZ3NDEKTSV4RR${String(begun).padStart(10, '0')}`), begun % load.lossEvery === 0);
    }
  }
  void beginPurchases();
  for (let i = 0; i < MAX_WORKERS; i++) void work();
  const end = START.getTime() + load.hours * 60 * MINUTE;
  await time.run(new Date(end));

  const graceMs = load.graceSeconds * SECOND;
  const due = [...lostAt].filter(([, at]) => at + graceMs + 15 * MINUTE <= end);
  const late = due.flatMap(([id, at]) => {
    const found = foundAt.get(id);
    return found === undefined ? [] : [Math.max(0, found - at - graceMs)];
  });
  return {
    begun,
    lost: lostAt.size,
    due: due.length,
    found: late.length,
    maxLateMinutes: Math.round(late.reduce((max, each) => Math.max(max, each), 0) / 6000) / 10,
    checksPerPurchase: Math.round((10 * checks) / begun) / 10,
    readUnitsPerPurchase: Math.round((10 * readUnits) / begun) / 10,
    invocationsPerHour: Math.round(invocations / load.hours),
  };
}
