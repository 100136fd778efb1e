import { setTimeout } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { apiKeyRepository } from '../src/access/api-key-repository.ts';
import { authenticate } from '../src/access/authenticate.ts';
import { type OperatorTokensOptions, operatorTokens } from '../src/access/operator-tokens.ts';
import { refundLimitRepository } from '../src/access/refund-limit-repository.ts';
import { sessionRepository as operatorSessions } from '../src/access/session-repository.ts';
import type { AdminDeps } from '../src/admin-api/api.ts';
import { auditRepository } from '../src/admin-api/audit-repository.ts';
import { queueDepth, servicesOfWorkflow, tableStatus, workflowStatus } from '../src/admin-api/aws-status.ts';
import type { PaymentDetailsDeps } from '../src/admin-api/payment-details.ts';
import { sessionRepository } from '../src/checkout/session-repository.ts';
import type { CheckChangesDeps } from '../src/consistency/check-changes.ts';
import { checkQueue } from '../src/consistency/check-queue.ts';
import { consistencyFunction } from '../src/consistency/consistency-function.ts';
import { findingRepository } from '../src/consistency/finding-repository.ts';
import { repairActions } from '../src/consistency/repair-actions.ts';
import type { CheckDeps } from '../src/consistency/run-check.ts';
import { stockCountRepository } from '../src/consistency/stock-count-repository.ts';
import type { TrackStockDeps } from '../src/consistency/stock-drift.ts';
import { stockDriftRepository } from '../src/consistency/stock-drift-repository.ts';
import { type OrderRepository, orderRepository } from '../src/fulfillment/order-repository.ts';
import { reservationsOf, stockRepository } from '../src/inventory/stock-repository.ts';
import { ledgerRepository } from '../src/ledger/ledger-repository.ts';
import { type ApplyEvidenceDeps, type EvidenceApplier, evidenceApplier } from '../src/payments/apply-evidence.ts';
import { type PaymentRepository, paymentRepository } from '../src/payments/payment-repository.ts';
import { recordFailedRefund } from '../src/payments/record-failed-refund.ts';
import { recordRefusal } from '../src/payments/record-refusal.ts';
import { startSettlementWith } from '../src/payments/start-settlement.ts';
import type { PayPal } from '../src/paypal/client.ts';
import { connectPayPal, type PayPalConnection } from '../src/paypal/connect.ts';
import { readPayPalSecret } from '../src/paypal/secret.ts';
import { certificateSource } from '../src/paypal-webhook/certificates.ts';
import { eventIdempotency } from '../src/paypal-webhook/event-idempotency.ts';
import { eventRepository } from '../src/paypal-webhook/event-repository.ts';
import { processEvent } from '../src/paypal-webhook/process-event.ts';
import type { ReceiveDeps } from '../src/paypal-webhook/receive.ts';
import { signatureVerifier } from '../src/paypal-webhook/verify-signature.ts';
import type { CheckPaymentsDeps } from '../src/reconciliation/check-payments.ts';
import { JOB_NAMES, type Job, type JobName } from '../src/reconciliation/job.ts';
import { deadLettersJob } from '../src/reconciliation/jobs/dead-letters.ts';
import { eventsJob } from '../src/reconciliation/jobs/events.ts';
import { inboxJob } from '../src/reconciliation/jobs/inbox.ts';
import { ledgerJob } from '../src/reconciliation/jobs/ledger.ts';
import { paymentsJob } from '../src/reconciliation/jobs/payments.ts';
import { reservationsJob } from '../src/reconciliation/jobs/reservations.ts';
import { onceConfigured } from '../src/reconciliation/once-configured.ts';
import { pauseRepository } from '../src/reconciliation/pause-repository.ts';
import { paymentQueue } from '../src/reconciliation/payment-queue.ts';
import { checkQueuedPayments } from '../src/reconciliation/payment-worker.ts';
import type { Limits } from '../src/reconciliation/process-batch.ts';
import { reconcileReservation } from '../src/reconciliation/reconcile-reservation.ts';
import { deadLetterQueue } from '../src/settlements/dead-letter-queue.ts';
import { executionClient } from '../src/settlements/execution-client.ts';
import { failedSettlementRepository } from '../src/settlements/failed-settlement-repository.ts';
import { hourlyMetricsRepository } from '../src/settlements/hourly-metrics-repository.ts';
import { syncResult } from '../src/settlements/sync-result.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import type { ShopTables, Tables } from '../src/shared/env.ts';
import { idempotencyKeys } from '../src/shared/http/idempotency-key.ts';
import { idempotencyTable } from '../src/shared/idempotency-table.ts';
import { orderIdOf } from '../src/shared/ids.ts';
import type { QueueRecord } from '../src/shared/queue-event.ts';
import { runRepository } from '../src/shared/run-repository.ts';
import type { StorefrontDeps } from '../src/storefront-api/api.ts';

/*
 * Builds the dependencies of each function: each repository once, and one PayPal client with its token cache. Takes
 * values, not the environment, which only the entries read. `payment-status`, `sign-in` and the functions of workflow
 * steps need little, and wire it in their entries.
 */

interface WorkflowOptions {
  readonly db: DynamoDBDocumentClient;
  readonly stepFunctions: SFNClient;
  readonly stateMachineArn: string;
}

interface PaymentOptions extends Omit<WorkflowOptions, 'db'> {
  readonly dynamo: DynamoDBClient;
  readonly paypal: PayPalConnection;
  /** Age in seconds after which an open payment is reconciled. */
  readonly dueAfterSeconds: number;
}

const now = () => new Date();

/** The tables with the records of a purchase. */
type PurchaseTables = Pick<Tables, 'products' | 'reservations' | 'sessions' | 'payments' | 'orders'>;

const purchaseRepositories = (
  db: DynamoDBDocumentClient,
  { products, reservations, sessions, payments, orders }: PurchaseTables,
) => ({
  stock: stockRepository(db, { products, reservations }),
  sessions: sessionRepository(db, sessions),
  payments: paymentRepository(db, payments),
  orders: orderRepository(db, orders),
});

/** For the functions that change payments. */
export function wireEvidenceApplier({
  payments,
  orders,
  paypal,
  startSettlement,
  dueAfterSeconds,
}: {
  readonly payments: PaymentRepository;
  readonly orders: OrderRepository;
  readonly paypal: PayPal;
  readonly startSettlement: ApplyEvidenceDeps['startSettlement'];
  readonly dueAfterSeconds: number;
}): EvidenceApplier {
  return evidenceApplier({
    payments,
    now,
    dueAfterSeconds,
    getOrder: paypal.getOrder,
    getCapture: paypal.getCapture,
    getRefund: paypal.getRefund,
    rememberBuyer: (id, buyer, source) => orders.rememberBuyer(orderIdOf(id), buyer, source, now()),
    recordFailedRefund,
    startSettlement,
  });
}

/** For the function that records the results of executions, and for tests of the running stack. */
export const wireSettlements = (
  options: WorkflowOptions & { readonly tables: Pick<Tables, 'payments' | 'operations'> },
) => ({
  payments: paymentRepository(options.db, options.tables.payments),
  failed: failedSettlementRepository(options.db, options.tables.operations),
  hours: hourlyMetricsRepository(options.db, options.tables.operations),
  workflow: executionClient(options.stepFunctions, options.stateMachineArn),
});

/** For the storefront API. */
export function wireStorefront(
  options: PaymentOptions & {
    readonly tables: PurchaseTables & Pick<Tables, 'operations' | 'idempotency'>;
    readonly storefrontOrigin: string;
    readonly version: string;
  },
): StorefrontDeps {
  const { dynamo, tables, dueAfterSeconds, storefrontOrigin, version } = options;
  const db = documentClient(dynamo);
  const { stock, sessions, payments, orders } = purchaseRepositories(db, tables);
  const hours = hourlyMetricsRepository(db, tables.operations);
  const paypal = connectPayPal(options.paypal);
  const startSettlement = startSettlementWith(options.stepFunctions, options.stateMachineArn);
  return {
    stock,
    sessions,
    payments,
    orders,
    createOrder: paypal.createOrder,
    captureOrder: paypal.captureOrder,
    getOrder: paypal.getOrder,
    evidenceApplier: wireEvidenceApplier({ payments, orders, paypal, startSettlement, dueAfterSeconds }),
    recordRefusal: recordRefusal({ addCounts: hours.add, now }),
    once: idempotencyKeys(idempotencyTable(dynamo, tables.idempotency)),
    ulid,
    now,
    dueAfterSeconds,
    storefrontOrigin,
    version,
  };
}

/** For PayPal's webhook. `registerContext` is called for each invocation. */
export function wireWebhook(
  options: PaymentOptions & {
    readonly tables: Pick<Tables, 'payments' | 'orders' | 'events' | 'idempotency'>;
    readonly certificateOrigins: readonly string[];
    readonly certificateNames: readonly string[];
  },
) {
  const { dynamo, tables, certificateOrigins, certificateNames, dueAfterSeconds } = options;
  const db = documentClient(dynamo);
  const payments = paymentRepository(db, tables.payments);
  const orders = orderRepository(db, tables.orders);
  const paypal = connectPayPal(options.paypal);
  const { getCapture } = paypal;
  const startSettlement = startSettlementWith(options.stepFunctions, options.stateMachineArn);
  const evidenceApplier = wireEvidenceApplier({ payments, orders, paypal, startSettlement, dueAfterSeconds });
  const certificateOf = certificateSource({ fetch, timeoutMs: 3000, now });
  const { registerContext, once } = eventIdempotency(idempotencyTable(dynamo, tables.idempotency));
  const deps: ReceiveDeps = {
    now,
    events: eventRepository(db, tables.events),
    verify: async (delivery) => {
      const { webhook_id: webhookId } = await readPayPalSecret(options.paypal.secretName);
      return signatureVerifier({ webhookId, certificateOrigins, certificateNames, certificateOf, now })(delivery);
    },
    once,
    processEvent: (event, receivedAt) => processEvent({ payments, getCapture, evidenceApplier }, event, receivedAt),
  };
  return { deps, registerContext };
}

/** What the reconciliation jobs and the admin API share. */
function wireOperations(options: PaymentOptions & { readonly tables: ShopTables }) {
  const { dynamo, tables, dueAfterSeconds } = options;
  const db = documentClient(dynamo);
  const purchase = purchaseRepositories(db, tables);
  const { payments, orders } = purchase;
  const workflow = executionClient(options.stepFunctions, options.stateMachineArn);
  const paypal = connectPayPal(options.paypal);
  return {
    db,
    ...purchase,
    events: eventRepository(db, tables.events),
    failed: failedSettlementRepository(db, tables.operations),
    findings: findingRepository(db, tables.operations),
    hours: hourlyMetricsRepository(db, tables.operations),
    ledger: ledgerRepository(db, tables.operations),
    runs: runRepository(db, tables.operations),
    workflow,
    paypal,
    evidenceApplier: wireEvidenceApplier({
      payments,
      orders,
      paypal,
      startSettlement: workflow.start,
      dueAfterSeconds,
    }),
  };
}

/** For the reconciliation jobs. `registerContext` is called for each invocation. */
export function wireJobs(
  options: PaymentOptions & {
    readonly sqs: SQSClient;
    readonly tables: ShopTables;
    readonly deadLetterQueueUrl: string;
    readonly paymentQueueUrl: string;
  },
) {
  const { dynamo, sqs, tables, dueAfterSeconds } = options;
  const {
    db,
    stock,
    sessions,
    payments,
    events,
    failed,
    findings,
    hours,
    ledger,
    runs,
    workflow,
    paypal,
    evidenceApplier,
  } = wireOperations(options);
  const { getOrder, getCapture, listEvents, listTransactions, getEvent } = paypal;
  const readSecret = () => readPayPalSecret(options.paypal.secretName);
  const { registerContext, once } = eventIdempotency(idempotencyTable(dynamo, tables.idempotency));
  const stored = {
    events,
    once,
    now,
    processEvent: (event: Parameters<typeof processEvent>[1]) =>
      processEvent({ payments, getCapture, evidenceApplier }, event),
  };

  const checks: CheckPaymentsDeps = {
    payments,
    sessions,
    keepPurchase: (id) => Promise.all([sessions.keep(id), stock.keep(id)]),
    events,
    pause: pauseRepository(db, tables.operations),
    getOrder,
    evidenceApplier,
    startSettlement: workflow.start,
    syncResult: (id, settlement) => syncResult({ payments, failed, hours, workflow }, id, settlement),
    sleep: setTimeout,
    now,
    dueAfterSeconds,
  };
  const jobs: Readonly<Record<JobName, Job>> = {
    payments: paymentsJob({ ...checks, payments, queue: paymentQueue(sqs, options.paymentQueueUrl) }),
    reservations: reservationsJob({ payments, sessions, stock, now, dueAfterSeconds }),
    inbox: inboxJob(stored),
    events: onceConfigured(readSecret, eventsJob({ ...stored, listEvents, getEvent, dueAfterSeconds })),
    'dead-letters': deadLettersJob({
      payments,
      failed,
      hours,
      workflow,
      queue: deadLetterQueue(sqs, options.deadLetterQueueUrl),
      now,
    }),
    ledger: onceConfigured(readSecret, ledgerJob({ payments, ledger, findings, listTransactions, now })),
  };
  const checkQueued = (records: readonly QueueRecord[], limits: Omit<Limits, 'maxItems'>) =>
    checkQueuedPayments(checks, records, limits);
  return { jobs, checkQueued, registerContext, runs, now };
}

/** For the consistency check, which writes only findings and its runs. */
export const wireCheck = (
  options: WorkflowOptions & {
    readonly paypal: PayPalConnection;
    readonly tables: Omit<ShopTables, 'idempotency'>;
  },
): Omit<CheckDeps, 'hasTime' | 'onError'> => ({
  findings: findingRepository(options.db, options.tables.operations),
  counts: stockCountRepository(options.db, options.tables.operations),
  ulid,
  runs: runRepository(options.db, options.tables.operations),
  failed: failedSettlementRepository(options.db, options.tables.operations),
  ledger: ledgerRepository(options.db, options.tables.operations),
  events: eventRepository(options.db, options.tables.events),
  tables: purchaseRepositories(options.db, options.tables),
  workflow: executionClient(options.stepFunctions, options.stateMachineArn),
  getOrder: connectPayPal(options.paypal).getOrder,
});

/** For the check of purchases that have changed, which writes findings only. */
export const wireChanges = (options: {
  readonly db: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly tables: Pick<Tables, 'reservations' | 'sessions' | 'payments' | 'orders' | 'operations'>;
  readonly checkQueueUrl: string;
}): CheckChangesDeps & TrackStockDeps => ({
  tables: {
    stock: { reservationsOf: reservationsOf(options.db, options.tables.reservations) },
    sessions: sessionRepository(options.db, options.tables.sessions),
    payments: paymentRepository(options.db, options.tables.payments),
    orders: orderRepository(options.db, options.tables.orders),
  },
  findings: findingRepository(options.db, options.tables.operations),
  drifts: stockDriftRepository(options.db, options.tables.operations),
  queue: checkQueue(options.sqs, options.checkQueueUrl),
});

/** For the command that prints one payment. */
export function wirePaymentDetails({
  db,
  tables,
  stepFunctions,
  stateMachineArn,
  getOrder,
}: WorkflowOptions & {
  readonly tables: Omit<Tables, 'access' | 'idempotency'>;
  readonly getOrder: PayPal['getOrder'];
}): PaymentDetailsDeps {
  const { stock, sessions, payments, orders } = purchaseRepositories(db, tables);
  return {
    payments,
    sessions,
    stock,
    orders,
    events: eventRepository(db, tables.events),
    failed: failedSettlementRepository(db, tables.operations),
    findings: findingRepository(db, tables.operations),
    audit: auditRepository(db, tables),
    workflow: executionClient(stepFunctions, stateMachineArn),
    getOrder,
    now,
  };
}

/** For the admin API. */
export function wireAdmin(
  options: PaymentOptions & {
    readonly sqs: SQSClient;
    readonly lambda: LambdaClient;
    readonly tables: Tables;
    /** URLs. */
    readonly queues: { readonly deadLetters: string; readonly undelivered: string };
    readonly consistencyFunctionName: string;
    readonly reservesConcurrency: boolean;
    /** The user pool of the operators. */
    readonly operators: Omit<OperatorTokensOptions, 'fetch'>;
    readonly settings: AdminDeps['settings'];
    readonly stage: string;
    readonly refundLimit: number;
    readonly storefrontOrigin: string;
    readonly version: string;
  },
): AdminDeps {
  const { dynamo, sqs, lambda, stepFunctions, stateMachineArn, tables, queues, dueAfterSeconds } = options;
  const { db, stock, sessions, payments, orders, workflow, paypal, evidenceApplier, ...operations } =
    wireOperations(options);
  const { events, failed, findings, hours, ledger, runs } = operations;
  const runOf = runs.get;
  const apiKeys = apiKeyRepository(db, tables.access);
  const { getOrder, getCapture, getRefund, refundCapture, listWebhooks } = paypal;

  return {
    payments,
    sessions,
    stock,
    orders,
    events,
    failed,
    hours,
    findings,
    ledger,
    runOf,
    audit: auditRepository(db, tables),
    apiKeys,
    refundLimits: refundLimitRepository(db, tables.access),
    refundLimit: options.refundLimit,
    settings: options.settings,
    stage: options.stage,
    authenticate: authenticate({
      verifyToken: operatorTokens({ ...options.operators, fetch }),
      sessions: operatorSessions(db, tables.access),
      apiKeys,
      stage: options.stage,
      now,
    }),
    workflow,
    getOrder,
    getCapture,
    getRefund,
    refundCapture,
    evidenceApplier,
    consistency: consistencyFunction(lambda, options.consistencyFunctionName),
    actions: repairActions({
      refund: { payments, refundCapture, getOrder, evidenceApplier },
      retry: { payments, failed, hours, workflow },
      replay: { payments, events, getOrder, getCapture, getRefund, evidenceApplier, now },
      stock,
      reconcileReservation: (id) => reconcileReservation({ payments, sessions, stock, now, dueAfterSeconds }, id),
    }),
    health: {
      tables: {
        products: tableStatus(dynamo, tables.products),
        reservations: tableStatus(dynamo, tables.reservations),
        'checkout-sessions': tableStatus(dynamo, tables.sessions),
        payments: tableStatus(dynamo, tables.payments),
        orders: tableStatus(dynamo, tables.orders),
        'webhook-events': tableStatus(dynamo, tables.events),
        idempotency: tableStatus(dynamo, tables.idempotency),
        operations: tableStatus(dynamo, tables.operations),
        access: tableStatus(dynamo, tables.access),
        audit: tableStatus(dynamo, tables.audit),
      },
      queues: {
        'dead letters': queueDepth(sqs, queues.deadLetters),
        undelivered: queueDepth(sqs, queues.undelivered),
      },
      workflowStatus: workflowStatus(stepFunctions, stateMachineArn),
      services: servicesOfWorkflow(stepFunctions, lambda, stateMachineArn),
      secret: () => readPayPalSecret(options.paypal.secretName),
      listWebhooks,
      payments,
      events,
      findings,
      failed,
      hours,
      runOf,
      jobs: [...JOB_NAMES, 'consistency'],
      reservesConcurrency: () => options.reservesConcurrency,
      now,
    },
    once: idempotencyKeys(idempotencyTable(dynamo, tables.idempotency)),
    ulid,
    now,
    storefrontOrigin: options.storefrontOrigin,
    version: options.version,
  };
}
