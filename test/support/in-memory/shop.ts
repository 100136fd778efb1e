import { type BasketLine, openSession } from '../../../src/checkout/open-session.ts';
import { releaseSession } from '../../../src/checkout/release-session.ts';
import { sessionSteps } from '../../../src/checkout/session-steps.ts';
import { orderSteps } from '../../../src/fulfillment/order-steps.ts';
import type { Product } from '../../../src/inventory/product.ts';
import { stockSteps } from '../../../src/inventory/stock-steps.ts';
import { acceptPayment, evidenceApplier, type StartSettlement } from '../../../src/payments/apply-evidence.ts';
import { beginPayment } from '../../../src/payments/begin-payment.ts';
import { cancelPayment } from '../../../src/payments/cancel-payment.ts';
import { captureAttempt, captureOnReturn } from '../../../src/payments/capture-payment.ts';
import { fetchBuyer } from '../../../src/payments/fetch-buyer.ts';
import { obstacleToShipping } from '../../../src/payments/obstacle-to-shipping.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { paymentSteps } from '../../../src/payments/payment-steps.ts';
import type { CaptureRefusal } from '../../../src/payments/record-refusal.ts';
import { refundExtraCapture, refundPayment } from '../../../src/payments/refund-payment.ts';
import type { PayPalEvent } from '../../../src/paypal-webhook/event.ts';
import { processEvent } from '../../../src/paypal-webhook/process-event.ts';
import { reconcilePayment } from '../../../src/reconciliation/reconcile-payment.ts';
import { reconcileReservation } from '../../../src/reconciliation/reconcile-reservation.ts';
import { recordResult } from '../../../src/settlements/record-result.ts';
import { type SyncResultDeps, syncResult } from '../../../src/settlements/sync-result.ts';
import { orderIdOf, type PaymentId, type SessionId } from '../../../src/shared/ids.ts';
import { type Settlement, settlementOf, settlementSchema } from '../../../src/shared/settlement.ts';
import {
  arnPlaceholder,
  type StepsOf,
  WORKFLOW_SERVICES,
  type WorkflowService,
} from '../../../src/shared/workflow-steps.ts';
import { payPalInMemory } from './paypal.ts';
import { executionArnOf, failedSettlementsInMemory, hourlyMetricsInMemory } from './settlements.ts';
import { type Gate, openGate, ordersInMemory, paymentsInMemory, sessionsInMemory, stockInMemory } from './tables.ts';
import { type DoTask, Execution } from './workflow.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
/** After the expiry of every reservation. */
const TIME_IS_UP = new Date('2026-06-01T13:00:00.000Z');
/** After the life of every PayPal order. */
const ORDERS_ARE_OVER = new Date('2026-06-01T19:00:00.000Z');
const DUE_AFTER_SECONDS = 120;

/** The time of a reconciliation: now, after the expiry of reservations, or after PayPal deletes orders. */
export type Moment = 'now' | 'expiry' | 'order deleted';

export const product = (stock: number, sku = 'MUG', minor = 2000): Product => ({
  sku,
  name: `Product ${sku}`,
  price: { currency: 'EUR', minor },
  available: stock,
  reserved: 0,
  sold: 0,
  stocked: stock,
});

/**
 * The whole shop in memory, with PayPal and the workflow. Time stands still and nothing runs on its own. It wires the
 * use cases as the handlers do, over in-memory repositories; every external call passes `gate`.
 */
export function shopInMemory({
  products = [product(10)],
  gate = openGate,
}: {
  products?: Product[];
  gate?: Gate;
} = {}) {
  const payments = paymentsInMemory(gate);
  const sessions = sessionsInMemory(gate);
  const stock = stockInMemory(gate, products);
  const orders = ordersInMemory(gate);
  const paypal = payPalInMemory(gate, NOW);
  const failed = failedSettlementsInMemory(gate);
  const hours = hourlyMetricsInMemory(gate);
  const executions = new Map<string, Execution>();
  const { now } = paypal;
  let ulids = 0;
  const ulid = () => `01${(++ulids).toString().padStart(24, '0')}`;

  const { getOrder, captureOrder, refundCapture, getCapture, getRefund } = paypal.client;
  const startSettlement: StartSettlement = (name, input) =>
    gate('workflow.start', () => {
      if (!executions.has(name)) executions.set(name, new Execution(name, input, doTask));
    });
  const applier = evidenceApplier({
    payments: payments.repository,
    now,
    dueAfterSeconds: DUE_AFTER_SECONDS,
    getOrder,
    getCapture,
    getRefund,
    rememberBuyer: (id, buyer, source) => orders.repository.rememberBuyer(orderIdOf(id), buyer, source),
    recordFailedRefund: () => undefined,
    startSettlement,
  });
  const refusals: CaptureRefusal[] = [];
  const recordRefusal = async (refusal: CaptureRefusal): Promise<void> => {
    refusals.push(refusal);
    if (refusal.owner === 'merchant') await gate('hours.add', () => undefined);
  };
  const deps = {
    payments: payments.repository,
    captureOrder,
    getOrder,
    refundCapture,
    evidenceApplier: applier,
    recordRefusal,
    now,
  };

  const steps: { readonly [Service in WorkflowService]: StepsOf<Service> } = {
    payments: paymentSteps(deps),
    inventory: stockSteps(stock.repository),
    checkout: sessionSteps(sessions.repository),
    fulfillment: orderSteps({
      orders: orders.repository,
      now,
      getSession: sessions.repository.get,
      fetchBuyer: fetchBuyer({ payments: payments.repository, getOrder, now }),
    }),
  };
  const byPlaceholder = new Map<string, Readonly<Record<string, (settlement: Settlement) => Promise<object>>>>(
    WORKFLOW_SERVICES.map((service) => [`\${${arnPlaceholder(service)}}`, steps[service]]),
  );
  const doTask: DoTask = (resource, { step, settlement }) => {
    const run = byPlaceholder.get(resource)?.[String(step)];
    if (!run) throw new Error(`unknown step ${step} of ${resource}`);
    return run(settlementSchema.parse(settlement));
  };

  /** Executions are RUNNING or SUCCEEDED: a failed task is always retried, so none has FAILED. */
  const resultDeps: SyncResultDeps = {
    payments: payments.repository,
    failed: failed.repository,
    hours: hours.repository,
    workflow: {
      failedSteps: async () => [],
      describe: (name) =>
        gate('workflow.describe', () => {
          const execution = executions.get(name);
          if (!execution) return undefined;
          const about = { arn: executionArnOf(name), redrivable: false, redrives: 0 };
          return execution.succeeded
            ? { ...about, status: 'SUCCEEDED' as const, endedAt: NOW }
            : { ...about, status: 'RUNNING' as const };
        }),
    },
  };

  /** Runs one task once. Records the result when the execution has succeeded. */
  const runTask = async (execution: Execution, which = 0): Promise<void> => {
    const pending = execution.pending();
    await pending[which % pending.length]?.run();
    if (execution.succeeded) await recordSuccess(execution);
  };
  const recordSuccess = async ({ name }: Execution): Promise<void> => {
    const settlement = settlementOf(name);
    if (!settlement) throw new Error(`invalid settlement name "${name}"`);
    await recordResult(resultDeps, {
      ...settlement,
      executionArn: executionArnOf(name),
      status: 'SUCCEEDED',
      endedAt: NOW,
      redrives: 0,
    });
  };

  const keptPurchases = new Set<SessionId>();
  const reconcileDeps = {
    payments: payments.repository,
    sessions: sessions.repository,
    keepPurchase: async (id: SessionId) => keptPurchases.add(id),
    getOrder,
    evidenceApplier: applier,
    startSettlement,
    syncResult: (paymentId: PaymentId, settlement: string) => syncResult(resultDeps, paymentId, settlement),
    dueAfterSeconds: DUE_AFTER_SECONDS,
  };
  /** Reconciles every reservation that has expired by then. */
  const reconcileReservations = async (asOf: () => Date): Promise<void> => {
    const deps = {
      stock: stock.repository,
      sessions: sessions.repository,
      payments: payments.repository,
      dueAfterSeconds: DUE_AFTER_SECONDS,
      now: asOf,
    };
    for await (const id of stock.repository.due(asOf())) await reconcileReservation(deps, id);
  };

  /** @returns undefined when an item is out of stock */
  const open = async (...basket: readonly BasketLine[]): Promise<SessionId | undefined> => {
    const opened = await openSession({ stock: stock.repository, sessions: sessions.repository, ulid, now }, basket);
    return opened.outcome === 'opened' ? opened.session.checkout_session_id : undefined;
  };
  const begin = async (id: SessionId): Promise<{ paymentId: PaymentId; orderId: string }> => {
    const result = await beginPayment(
      {
        sessions: sessions.repository,
        payments: payments.repository,
        createOrder: paypal.client.createOrder,
        storefrontOrigin: 'https://shop.example',
        now,
        dueAfterSeconds: DUE_AFTER_SECONDS,
      },
      id,
    );
    if (!('payment' in result) || !result.payment.paypal_order_id)
      throw new Error(`beginPayment returned ${result.outcome}`);
    return { paymentId: result.payment.payment_id, orderId: result.payment.paypal_order_id };
  };

  return {
    payments,
    sessions,
    stock,
    orders,
    paypal,
    failed,
    hours,
    executions,
    doTask,
    evidenceApplier: applier,
    recordRefusal,
    /** Captures that PayPal refused, in order. */
    refusals: refusals as readonly CaptureRefusal[],
    /** For the returning buyer, or the attempt that the workflow was started for. */
    capture: (id: PaymentId, by: 'return' | 'workflow') =>
      by === 'return' ? captureOnReturn(deps, id) : captureAttempt(deps, id, undefined),
    runTask,

    open,

    /** @returns the id of the PayPal order */
    beginPayment: async (id: SessionId): Promise<string> => (await begin(id)).orderId,

    /** Opens a session for one item and begins its payment. @returns undefined when the item is out of stock */
    async begin(sku = 'MUG'): Promise<{ sessionId: SessionId; paymentId: PaymentId; orderId: string } | undefined> {
      const sessionId = await open({ sku, quantity: 1 });
      return sessionId && { sessionId, ...(await begin(sessionId)) };
    },

    release: (id: SessionId) => releaseSession({ sessions: sessions.repository, stock: stock.repository }, id),

    /** Refunds as an operator. */
    refund: (id: PaymentId, minor: number | undefined, key: string) =>
      refundPayment(deps, id, { ...(minor && { amount: { currency: 'EUR', minor } }), source: 'operator', key }),

    /** Refunds a second capture as an operator. */
    refundExtra: (id: PaymentId, captureId: string) => refundExtraCapture(deps, id, captureId, 'operator'),

    /** Ships as an operator. @returns false when the order is not shippable */
    async ship(id: PaymentId): Promise<boolean> {
      const payment = await payments.repository.get(id);
      if (!payment || obstacleToShipping(payment.status, payment.refunds_pending ?? 0)) return false;
      return (await orders.repository.ship(orderIdOf(id), now())).changed;
    },

    /** Accepts a wrong amount as an operator. */
    accept: (id: PaymentId) => acceptPayment(applier, payments.rows.get(id) as Payment, 'operator'),

    /**
     * Starts another execution, as an operator when a redrive is not possible, or when the name is free again after 90
     * days.
     */
    restart(execution: Execution): void {
      const name = `${execution.name}-r${executions.size}`;
      executions.set(name, new Execution(name, execution.input, doTask));
    },

    /** Cancels as the cancel page does. */
    cancel: (id: PaymentId, token: string) => cancelPayment(deps, id, token),

    /** Processes an event. */
    deliver: (event: PayPalEvent) =>
      processEvent({ payments: payments.repository, getCapture, evidenceApplier: applier }, event),

    reconcilePayment: (id: PaymentId, moment: Moment = 'now') =>
      reconcilePayment(
        {
          ...reconcileDeps,
          now: { now, expiry: () => TIME_IS_UP, 'order deleted': () => ORDERS_ARE_OVER }[moment],
        },
        id,
      ),

    /** Whose rows were kept from being deleted. */
    keptPurchases,

    reconcileReservations: () => reconcileReservations(() => TIME_IS_UP),

    /** Runs the jobs that reconcile payments and reservations: those which are due, and no others. */
    async runJobs(onError: (error: Error) => void): Promise<void> {
      for await (const id of payments.repository.due(now()))
        await reconcilePayment({ ...reconcileDeps, now }, id).catch(onError);
      await reconcileReservations(now).catch(onError);
    },

    /** When the next payment or reservation is due. */
    nextDue: (): Date | undefined =>
      [...payments.due.values(), ...stock.due.values()].sort((a, b) => a.getTime() - b.getTime())[0],

    /** Runs all executions until they have succeeded. @returns the errors of tasks that keep failing */
    async finish(rounds = 10): Promise<string[]> {
      let errors: string[] = [];
      for (let round = 0; round < rounds; round++) {
        errors = [];
        for (const execution of executions.values()) {
          for (let attempt = 0; !execution.succeeded && attempt < 10; attempt++)
            await runTask(execution, attempt).catch((error) => errors.push(`${execution.name}: ${error.message}`));
        }
        if ([...executions.values()].every(({ succeeded }) => succeeded)) return [];
      }
      return errors;
    },
  };
}
export type ShopInMemory = ReturnType<typeof shopInMemory>;
