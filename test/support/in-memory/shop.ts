import { openSession } from '../../../src/checkout/open-session.ts';
import { sessionSteps } from '../../../src/checkout/session-steps.ts';
import { orderSteps } from '../../../src/fulfillment/order-steps.ts';
import type { Product } from '../../../src/inventory/product.ts';
import { stockSteps } from '../../../src/inventory/stock-steps.ts';
import { acceptPayment, evidenceApplier, type StartSettlement } from '../../../src/payments/apply-evidence.ts';
import { beginPayment } from '../../../src/payments/begin-payment.ts';
import { cancelPayment } from '../../../src/payments/cancel-payment.ts';
import { capturePayment } from '../../../src/payments/capture-payment.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import { paymentSteps } from '../../../src/payments/payment-steps.ts';
import { refundPayment } from '../../../src/payments/refund-payment.ts';
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
/** By then the shop has held the stock of every session for long enough. */
const TIME_IS_UP = new Date('2026-06-01T13:00:00.000Z');
const DUE_AFTER_SECONDS = 120;

/** A product of which there are so many pieces. */
export const product = (pieces: number, sku = 'MUG', minor = 2000): Product => ({
  sku,
  name: `Product ${sku}`,
  price: { currency: 'EUR', minor },
  available: pieces,
  reserved: 0,
  sold: 0,
  stocked: pieces,
});

/**
 * The whole shop, with PayPal and the workflow, in memory and without a clock: nothing happens by itself. What the handlers wire
 * together is wired together here, over tables in memory; `gate` decides what happens around every call to the outside.
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
  const paypal = payPalInMemory(gate);
  const failed = failedSettlementsInMemory(gate);
  const hours = hourlyMetricsInMemory(gate);
  const executions = new Map<string, Execution>();
  const now = () => NOW;
  let ulids = 0;
  const ulid = () => `01${(++ulids).toString().padStart(24, '0')}`;

  const { getOrder, captureOrder, refundCapture, getCapture } = paypal.client;
  const startSettlement: StartSettlement = (name, input) =>
    gate('workflow.start', () => {
      if (!executions.has(name)) executions.set(name, new Execution(name, input, doTask));
    });
  const settle = evidenceApplier({
    payments: payments.repository,
    now,
    dueAfterSeconds: DUE_AFTER_SECONDS,
    getOrder,
    getCapture,
    rememberBuyer: (id, buyer) => orders.repository.rememberBuyer(orderIdOf(id), buyer),
    startSettlement,
  });
  const deps = { payments: payments.repository, captureOrder, getOrder, refundCapture, evidenceApplier: settle };
  const capture = (id: PaymentId, by: 'return' | 'workflow') => capturePayment(deps, id, by);

  const steps: { readonly [Service in WorkflowService]: StepsOf<Service> } = {
    payments: paymentSteps(deps),
    inventory: stockSteps(stock.repository),
    checkout: sessionSteps(sessions.repository),
    fulfillment: orderSteps({
      orders: orders.repository,
      now,
      getSession: sessions.repository.get,
      fetchBuyer: async (id) => (await getOrder(payments.rows.get(id)?.paypal_order_id ?? ''))?.buyer,
    }),
  };
  const byPlaceholder = new Map<string, Readonly<Record<string, (settlement: Settlement) => Promise<object>>>>(
    WORKFLOW_SERVICES.map((service) => [`\${${arnPlaceholder(service)}}`, steps[service]]),
  );
  const doTask: DoTask = (resource, { step, settlement }) => {
    const run = byPlaceholder.get(resource)?.[String(step)];
    if (!run) throw new Error(`there is no step ${step} at ${resource}`);
    return run(settlementSchema.parse(settlement));
  };

  /** Where ends of executions are taken down. None has failed for good as long as somebody tries it again. */
  const ends: SyncResultDeps = {
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

  /** Tries one task; at the execution's end, the shop hears of it. */
  const work = async (execution: Execution, which = 0): Promise<void> => {
    const pending = execution.pending();
    await pending[which % pending.length]?.run();
    if (execution.succeeded) await close(execution);
  };
  const close = async ({ name }: Execution): Promise<void> => {
    const settlement = settlementOf(name);
    if (!settlement) throw new Error(`${name} is no settlement`);
    await recordResult(ends, {
      ...settlement,
      executionArn: executionArnOf(name),
      status: 'SUCCEEDED',
      endedAt: NOW,
      redrives: 0,
    });
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
    evidenceApplier: settle,
    capture,
    work,

    /** A shopper takes one piece and goes to the till: up to where the buyer is sent to PayPal. Undefined when there is none left. */
    async begin(sku = 'MUG'): Promise<{ sessionId: SessionId; paymentId: PaymentId; orderId: string } | undefined> {
      const opened = await openSession({ stock: stock.repository, sessions: sessions.repository, ulid, now }, [
        { sku, quantity: 1 },
      ]);
      if (opened.outcome !== 'opened') return undefined;
      const sessionId = opened.session.checkout_session_id;
      const begun = await beginPayment(
        {
          sessions: sessions.repository,
          payments: payments.repository,
          createOrder: paypal.client.createOrder,
          storefrontOrigin: 'https://shop.example',
          now,
          dueAfterSeconds: DUE_AFTER_SECONDS,
        },
        sessionId,
      );
      if (!('payment' in begun) || !begun.payment.paypal_order_id) throw new Error(`not begun: ${begun.outcome}`);
      return { sessionId, paymentId: begun.payment.payment_id, orderId: begun.payment.paypal_order_id };
    },

    /** An operator gives money back. */
    refund: (id: PaymentId, minor: number | undefined, key: string) =>
      refundPayment(deps, id, { ...(minor && { amount: { currency: 'EUR', minor } }), source: 'operator', key }),

    /** An operator takes money that differs from what was asked. */
    accept: (id: PaymentId) => acceptPayment(settle, payments.rows.get(id) as Payment, 'operator'),

    /** An operator starts anew what cannot be redriven any more, or a name is free again after its 90 days. */
    restart(execution: Execution): void {
      const name = `${execution.name}-r${executions.size}`;
      executions.set(name, new Execution(name, execution.input, doTask));
    },

    /** The buyer comes back by the cancel link. */
    cancel: (id: PaymentId, token: string) => cancelPayment(deps, id, token),

    /** PayPal delivers an event. */
    deliver: (event: PayPalEvent) =>
      processEvent({ payments: payments.repository, getCapture, evidenceApplier: settle }, event),

    /** The reconciler looks after one payment; `over` says that the stock need not be held any longer. */
    reconcilePayment: (id: PaymentId, over = false) =>
      reconcilePayment(
        {
          payments: payments.repository,
          sessions: sessions.repository,
          getOrder,
          evidenceApplier: settle,
          startSettlement,
          syncResult: (paymentId, settlement) => syncResult(ends, paymentId, settlement),
          dueAfterSeconds: DUE_AFTER_SECONDS,
          now: over ? () => TIME_IS_UP : now,
        },
        id,
      ),

    /** The reconciler looks after the stock that is held past its time. */
    async reconcileReservations(): Promise<void> {
      for await (const id of stock.repository.due(TIME_IS_UP))
        await reconcileReservation(
          {
            stock: stock.repository,
            sessions: sessions.repository,
            payments: payments.repository,
            dueAfterSeconds: DUE_AFTER_SECONDS,
            now: () => TIME_IS_UP,
          },
          id,
        );
    },

    /** Lets everything that is to be done be done, as often as it takes. @returns what cannot be done. */
    async finish(rounds = 10): Promise<string[]> {
      let troubles: string[] = [];
      for (let round = 0; round < rounds; round++) {
        troubles = [];
        for (const execution of executions.values()) {
          for (let tries = 0; !execution.succeeded && tries < 10; tries++)
            await work(execution, tries).catch((error) => troubles.push(`${execution.name}: ${error.message}`));
          if (execution.succeeded) await close(execution);
        }
        if ([...executions.values()].every(({ succeeded }) => succeeded)) return [];
      }
      return troubles;
    },
  };
}
/** What `shopInMemory` makes. */
export type ShopInMemory = ReturnType<typeof shopInMemory>;
