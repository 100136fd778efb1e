import type { Session } from '../checkout/session.ts';
import type { SessionRepository } from '../checkout/session-repository.ts';
import type { Finding } from '../consistency/finding.ts';
import type { FindingRepository } from '../consistency/finding-repository.ts';
import { findingsOfPurchase } from '../consistency/findings-of-purchase.ts';
import type { Order } from '../fulfillment/order.ts';
import type { OrderRepository } from '../fulfillment/order-repository.ts';
import type { Reservation } from '../inventory/reservation.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import type { Buyer, PayPalOrder } from '../paypal/schema.ts';
import type { EventRepository } from '../paypal-webhook/event-repository.ts';
import type { EventHead } from '../paypal-webhook/stored-event.ts';
import type { ExecutionClient } from '../settlements/execution-client.ts';
import type { FailedSettlement, FailedSettlementRepository } from '../settlements/failed-settlement-repository.ts';
import { type PaymentExecution, paymentExecutions } from '../settlements/payment-executions.ts';
import { orderIdOf, type PaymentId, sessionIdOf } from '../shared/ids.ts';
import { READ_BUYER } from './audit.ts';
import type { AuditRepository } from './audit-repository.ts';
import {
  auditEntry,
  eventEntries,
  executionEntries,
  orderEntries,
  paymentEntries,
  type TimelineEntry,
  timeline,
} from './timeline.ts';

/** A payment with everything stored about it. */
export interface PaymentDetails {
  readonly payment: Payment;
  readonly session: Session | undefined;
  readonly reservation: Reservation | undefined;
  readonly order: Order | undefined;
  /** Personal data; undefined when it is not included. */
  readonly buyer: Buyer | undefined;
  readonly events: readonly EventHead[];
  readonly executions: readonly PaymentExecution[];
  readonly failed: readonly FailedSettlement[];
  readonly findings: readonly Finding[];
  readonly timeline: readonly TimelineEntry[];
  /** The order at PayPal, if requested. */
  readonly paypal: { readonly fetchedAt: string; readonly order: PayPalOrder | undefined } | undefined;
}

export interface PaymentDetailsDeps {
  readonly payments: Pick<PaymentRepository, 'get'>;
  readonly sessions: Pick<SessionRepository, 'get'>;
  readonly stock: Pick<StockRepository, 'reservation'>;
  readonly orders: Pick<OrderRepository, 'get' | 'buyer'>;
  readonly events: Pick<EventRepository, 'page'>;
  readonly workflow: Pick<ExecutionClient, 'describe'>;
  readonly failed: Pick<FailedSettlementRepository, 'ofPayment'>;
  readonly findings: Pick<FindingRepository, 'get'>;
  readonly audit: Pick<AuditRepository, 'list'>;
  readonly getOrder: (paypalOrderId: string) => Promise<PayPalOrder | undefined>;
  readonly now: () => Date;
}

const MAX_EVENTS = 50;
const MAX_ACTIONS = 50;

/**
 * @returns undefined when the payment does not exist.
 * @throws PayPalUnavailable when `includePayPal` is set and PayPal does not respond.
 */
export async function paymentDetails(
  deps: PaymentDetailsDeps,
  id: PaymentId,
  { includePayPal, includeBuyer }: { readonly includePayPal: boolean; readonly includeBuyer: boolean },
): Promise<PaymentDetails | undefined> {
  const payment = await deps.payments.get(id);
  if (!payment) return undefined;
  const orderId = orderIdOf(id);
  const [session, reservation, order, buyer, { events }, executions, failed, { entries }, paypal] = await Promise.all([
    deps.sessions.get(sessionIdOf(id)),
    deps.stock.reservation(sessionIdOf(id)),
    deps.orders.get(orderId),
    includeBuyer ? deps.orders.buyer(orderId) : undefined,
    deps.events.page({ paymentId: id }, MAX_EVENTS),
    paymentExecutions(deps.workflow, payment),
    deps.failed.ofPayment(id),
    deps.audit.list({ targets: [id, orderId], except: READ_BUYER, limit: MAX_ACTIONS }),
    includePayPal ? payPalView(deps, payment) : undefined,
  ]);
  const findings = await findingsOfPurchase(deps.findings, payment, events);
  return {
    payment,
    session,
    reservation,
    order,
    buyer,
    events,
    executions,
    failed,
    findings,
    timeline: timeline(
      ...events.map(eventEntries),
      paymentEntries(payment),
      ...executions.map(executionEntries),
      order ? orderEntries(order) : [],
      entries.map(auditEntry),
    ),
    paypal,
  };
}

async function payPalView({ getOrder, now }: PaymentDetailsDeps, { paypal_order_id }: Payment) {
  const fetchedAt = now().toISOString();
  return { fetchedAt, order: paypal_order_id ? await getOrder(paypal_order_id) : undefined };
}
