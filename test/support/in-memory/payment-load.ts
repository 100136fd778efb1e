import type { Session } from '../../../src/checkout/session.ts';
import { newPayment, type Payment } from '../../../src/payments/payment.ts';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import type { PayPalOrder } from '../../../src/paypal/schema.ts';
import type { CheckPaymentsDeps, PaymentCheck } from '../../../src/reconciliation/check-payments.ts';
import { type PaymentsJobDeps, paymentsJob } from '../../../src/reconciliation/jobs/payments.ts';
import { checkQueuedPayments } from '../../../src/reconciliation/payment-worker.ts';
import { CLAIM_SECONDS, MAX_RECEIVES } from '../../../src/reconciliation/queue-times.ts';
import { type PaymentId, paymentIdOf, sessionId } from '../../../src/shared/ids.ts';
import { queueEventSchema } from '../../../src/shared/queue-event.ts';
import { seededRandom } from '../seeded-random.ts';
import { type VirtualTime, virtualTime } from '../virtual-time.ts';
import { pauseInMemory } from './pause.ts';
import { eventsInMemory, openGate, paymentsInMemory } from './tables.ts';

export interface Load {
  /** Payments begun per hour. */
  readonly begunPerHour: number;
  readonly minutes: number;
  /** Share of PayPal's responses that are lost. */
  readonly lost: number;
  readonly everyMinutes: number;
  readonly workers: number;
  readonly seed: number;
}

export interface LoadResult {
  readonly checks: number;
  /** Seconds from the due time to the check: the longest. */
  readonly maxLateSeconds: number;
  /** Seconds from the due time to the first response of PayPal: exceeded by one check in a hundred. */
  readonly responseLateSeconds: number;
  readonly expired: number;
  /** Messages that ended on the dead-letter queue. */
  readonly deadLetters: number;
}

const START = new Date('2026-06-01T12:00:00.000Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** 60 % of the buyers leave; the others pay, and a webhook reports it before the first check, or soon after. */
const GIVEN_UP = 0.6;
const CHECK_MS = SECOND;
const TIMEOUT_MS = 8 * SECOND;
const INVOCATION_MS = 100 * SECOND;
const VISIBILITY_MS = 150 * SECOND;

/** Runs the payments job and its workers over a day's peak of payments, in virtual time. */
export async function runPaymentLoad(load: Load): Promise<LoadResult> {
  const time = virtualTime(START);
  const random = seededRandom(load.seed);
  const payments = paymentsInMemory(openGate);
  const sessions = new Map<string, Session>();
  const dueSince = new Map<string, number>();
  const late: number[] = [];
  const responses: number[] = [];
  let expired = 0;

  /** Moves a payment as its evidence would, its settlement included. */
  const move = (payment: Payment, status: Payment['status'], dueAt: Date | undefined): Payment => {
    const at = time.now().toISOString();
    const history = [...payment.history, { at, status, evidence: status, source: 'test' }];
    const moved: Payment = { ...payment, status, history, updated_at: at };
    payments.rows.set(payment.payment_id, moved);
    if (dueAt) payments.due.set(payment.payment_id, dueAt);
    else payments.due.delete(payment.payment_id);
    return moved;
  };
  const after = (milliseconds: number) => new Date(time.now().getTime() + milliseconds);

  const unapproved: PayPalOrder = { status: 'CREATED', captures: [] } as never;
  const deps: CheckPaymentsDeps & Pick<PaymentsJobDeps, 'payments'> = {
    payments: payments.repository,
    sessions: { get: async (id) => sessions.get(id) },
    keepPurchase: async () => undefined,
    async getOrder(id) {
      const now = time.now().getTime();
      const due = payments.due.get(id as PaymentId)?.getTime() ?? now;
      late.push(Math.max(0, now - due));
      const since = Math.min(dueSince.get(id) ?? due, due);
      dueSince.set(id, since);
      const isLost = random() < load.lost;
      await time.sleep(isLost ? TIMEOUT_MS : CHECK_MS);
      if (isLost) throw new PayPalUnavailable('timeout', { operation: 'getOrder' });
      dueSince.delete(id);
      responses.push(Math.max(0, now - since));
      return unapproved;
    },
    evidenceApplier: {
      apply: async (id: PaymentId) => {
        expired += 1;
        return { outcome: 'moved', payment: move(payments.rows.get(id) as Payment, 'expired', after(2 * MINUTE)) };
      },
      applyOrder: async (payment: Payment) => ({ outcome: 'known', payment }),
    } as never,
    startSettlement: async () => undefined,
    syncResult: async () => undefined,
    events: eventsInMemory(openGate).repository,
    pause: pauseInMemory(),
    sleep: time.sleep,
    dueAfterSeconds: 120,
    now: time.now,
  };

  async function beginPayments(): Promise<void> {
    for (let i = 0; ; i++) {
      await time.sleep((3600 * SECOND) / load.begunPerHour);
      const session = sessionId(`01ARZ3NDEKTSV4RR${String(i).padStart(10, '0')}`);
      const ids = { payment_id: paymentIdOf(session), checkout_session_id: session };
      const payment = newPayment(ids, { currency: 'EUR', minor: 1999 }, time.now().toISOString());
      // PayPal's order id is the payment's, so that `getOrder` knows it.
      payments.rows.set(payment.payment_id, { ...payment, paypal_order_id: payment.payment_id });
      payments.due.set(payment.payment_id, after(2 * MINUTE));
      sessions.set(session, { expires_at: after(30 * MINUTE).toISOString() } as Session);
      if (random() >= GIVEN_UP)
        void time.sleep((30 + random() * 150) * SECOND).then(() => {
          move(payments.rows.get(payment.payment_id) as Payment, 'captured', undefined);
        });
    }
  }

  const queue = queueInVirtualTime(time);
  async function runJobs(): Promise<void> {
    for (;;) {
      await time.sleep(load.everyMinutes * MINUTE);
      const now = time.now();
      const run = { dueBefore: now, until: after(INVOCATION_MS), now: time.now, cursor: undefined, onError: () => {} };
      await paymentsJob({ ...deps, queue })(run);
    }
  }
  async function work(): Promise<void> {
    for (;;) {
      const { records, remove } = queue.receive();
      const limits = { until: after(INVOCATION_MS), now: time.now, onError: () => {} };
      if (records.length > 0) remove((await checkQueuedPayments(deps, records, limits)).failed);
      await time.sleep(records.length > 0 ? 50 : SECOND);
    }
  }

  void beginPayments();
  void runJobs();
  for (let i = 0; i < load.workers; i++) void work();
  await time.run(new Date(START.getTime() + load.minutes * MINUTE));

  return {
    checks: late.length,
    maxLateSeconds: Math.round(Math.max(0, ...largest(late, 1)) / SECOND),
    responseLateSeconds: Math.round((largest(responses, Math.ceil(responses.length / 100)).at(-1) ?? 0) / SECOND),
    expired,
    deadLetters: queue.deadLetters(),
  };
}

const largest = (values: readonly number[], count: number) => values.toSorted((a, b) => b - a).slice(0, count);

/** SQS with the times of lib/service-stack.ts. */
function queueInVirtualTime({ now }: VirtualTime) {
  interface Message {
    readonly id: string;
    readonly body: string;
    readonly endsAt: number;
    visibleAt: number;
    receives: number;
  }
  let messages: Message[] = [];
  let sent = 0;
  let deadLetters = 0;

  return {
    send: async (checks: readonly PaymentCheck[]) => {
      const at = now().getTime();
      for (const { paymentId, asOf } of checks)
        messages.push({
          id: `message ${++sent}`,
          body: JSON.stringify({ payment_id: paymentId, as_of: asOf.toISOString() }),
          endsAt: at + CLAIM_SECONDS * SECOND,
          visibleAt: at,
          receives: 0,
        });
    },
    receive() {
      const at = now().getTime();
      messages = messages.filter(({ endsAt }) => endsAt > at);
      const batch: Message[] = [];
      for (const message of messages) {
        if (message.visibleAt > at) continue;
        message.visibleAt = at + VISIBILITY_MS;
        message.receives += 1;
        if (message.receives > MAX_RECEIVES) deadLetters += 1;
        else batch.push(message);
        if (batch.length === 10) break;
      }
      const Records = batch.map(({ id, body, receives }) => ({
        messageId: id,
        body,
        attributes: { ApproximateReceiveCount: String(receives) },
      }));
      const { Records: records } = queueEventSchema.parse({ Records });
      return {
        records,
        remove: (failed: readonly string[]) => {
          const done = new Set(batch.filter(({ id }) => !failed.includes(id)));
          messages = messages.filter((message) => !done.has(message));
        },
      };
    },
    deadLetters: () => deadLetters,
  };
}
