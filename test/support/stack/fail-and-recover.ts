import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { JOB_NAMES } from '../../../src/reconciliation/job.ts';
import { startFailingTable } from '../in-process/failing-table.ts';
import { callFunction, change, everythingLogged, functionOf, queues, stepFunctions, stockedProduct } from './aws.ts';
import { runConsistencyCheck } from './consistency.ts';
import { type EmittedMetric, metricsIn, metricsOf } from './emitted-metrics.ts';
import { purchaseWhoseOrderFails, purchaseWhoseSettlementIsStopped } from './failing-order.ts';
import { asOperator, signIn } from './operator.ts';
import { resetPayPal, withoutPendingDeliveries } from './quiet.ts';
import { firstFailuresOf, noFailuresOf, retry } from './settlements.ts';
import {
  approve,
  beginPurchase,
  captureOf,
  completedPayment,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  shop,
  until,
} from './shop.ts';

const { state_machine_arn, dlq_url, api_url } = inject('stack');
const TWO_HOURS = 7_200_000;

/** What `failShop` left behind for `recoverShop`. */
interface Failures {
  readonly failed: Purchase;
  readonly stopped: Purchase;
  /** The captured amount is too low. */
  readonly underReview: Purchase;
  /** A product whose counters do not add up. */
  readonly sku: string;
  /** A product that unpaid sessions hold. */
  readonly held: string;
}

/** What AWS would count on its own; MiniStack emits no service metrics. */
interface Counted {
  serverErrors: number;
  readonly crashed: string[];
}

/** Runs a reconciliation job as if it were two hours later. */
const reconcile = (job: string) =>
  callFunction('reconciliation', { job, due_before: new Date(Date.now() + TWO_HOURS).toISOString() });

/** Causes every failure that has an alarm and can be reproduced on one machine. */
async function failShop(counted: Counted): Promise<Failures> {
  const underReview = await beginPurchase();
  await approve(underReview.paypalOrderId, { capture_amount: { currency_code: 'EUR', value: '0.01' } });
  await until(
    () => paymentOf(underReview),
    ({ status }) => status === 'review',
  );
  const capture = `/_sim/captures/${(await captureOf(underReview)).id}`;
  await payPal('PUT', capture, { refunds: 'FAILED' });
  await asOperator(`/api/v1/admin/payments/${underReview.paymentId}/refund`, { reason: 'the first refund' });
  await payPal('PUT', capture, { refunds: 'COMPLETED' });

  for (let i = 0; i < 20; i++) await signIn({ username: 'unknown', password: 'guessed' });

  const stopped = await purchaseWhoseSettlementIsStopped();
  await firstFailuresOf(stopped);

  const refused = await beginPurchase();
  const path = `/v2/checkout/orders/${refused.paypalOrderId}/capture`;
  await payPal('PUT', '/_sim/faults', { faults: [{ method: 'POST', path, status: 403, times: 100 }] });
  await approve(refused.paypalOrderId);
  await until(
    () => shop('POST', `/api/v1/payments/${refused.paymentId}/capture`),
    ({ status }) => status === 409,
  );

  const failed = await purchaseWhoseOrderFails(1000);
  await firstFailuresOf(failed);
  await change('payments', { payment_id: stopped.paymentId }, { created_at: hoursAgo(5) });

  // Approved, but its webhook is lost: deliveries are dropped.
  const unnoticed = await beginPurchase();
  await approve(unnoticed.paypalOrderId);
  await change('payments', { payment_id: unnoticed.paymentId }, { due_at: hoursAgo(1) });
  await reconcile('payments');

  // The event lacks the total refunded amount, so the shop fetches the order from PayPal and gets no response.
  const refund = { id: 'REFUND', status: 'COMPLETED', amount: { currency_code: 'EUR', value: '1.00' } };
  for (let i = 0; i < 5; i++) {
    await sendEvent('PAYMENT.CAPTURE.REFUNDED', { ...refund, custom_id: failed.paymentId }, 'good');
    await sendEvent('PAYMENT.CAPTURE.COMPLETED', {}, 'bad');
  }
  // Twice: on a busy machine, MiniStack reads the last log lines of a call with those of the next one.
  for (let i = 0; i < 2; i++) await sendEvent('CHECKOUT.ORDER.APPROVED', { id: 'UNKNOWN' }, 'good');
  await reconcile('inbox');
  await reconcile('dead-letters');

  await payPal('PUT', '/_sim/faults', {
    faults: [{ method: 'POST', path: '/v2/checkout/orders', status: 503, times: 100 }],
  });
  for (let i = 0; i < 5; i++) {
    const { body } = await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku: failed.sku, quantity: 1 }] });
    const { status } = await shop('POST', '/api/v1/payments', { checkout_session_id: body.checkout_session_id });
    if (status >= 500) counted.serverErrors += 1;
  }
  for (const name of ['reconciliation', 'settlements'])
    await callFunction(name, { job: 'unknown' }).catch(() => counted.crashed.push(name));

  const held = await stockedProduct(20);
  for (let i = 0; i < 2; i++) await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku: held, quantity: 10 }] });
  await callFunction('reconciliation', { job: 'reservations' });

  const sku = await stockedProduct(1);
  await change('products', { sku }, { available: 2 });
  await runConsistencyCheck(60);
  await runConsistencyCheck(60);
  return { failed, stopped, underReview, sku, held };
}

/** Resolves all failures by the steps of docs/runbook.md. */
async function recoverShop({ failed, stopped, underReview, sku, held }: Failures): Promise<void> {
  await asOperator('/api/v1/admin/stock/release-held', { sku: held, reason: 'not paid' });
  await change('products', { sku }, { available: 1 });
  for (const purchase of [failed, stopped]) {
    await retry(purchase);
    await completedPayment(purchase, 'captured');
    await noFailuresOf(purchase);
  }
  await asOperator(`/api/v1/admin/payments/${underReview.paymentId}/refund`, { reason: 'wrong amount captured' });
  await completedPayment(underReview, 'refunded');
  await paidPurchase();
  await signIn(inject('stack').operator);
  for (let i = 0; i < 2; i++) await sendEvent('BILLING.PLAN.CREATED', {}, 'good', 'WH-TWICE');
  for (const job of JOB_NAMES) await reconcile(job);
  await until(
    async () => {
      await reconcile('dead-letters');
      return deadLetterCount();
    },
    (count) => count === 0,
  );
  await runConsistencyCheck(60);
  await runConsistencyCheck(60);
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

const sendEvent = (event_type: string, resource: object, signature: 'good' | 'bad', event_id?: string) =>
  payPal('POST', '/_sim/events', { event_type, resource, signature, event_id });

async function deadLetterCount(): Promise<number> {
  const { Attributes } = await queues.send(
    new GetQueueAttributesCommand({ QueueUrl: dlq_url, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

/** The service metrics that AWS would emit, derived from the observed executions, messages and errors. */
async function awsMetrics(since: Date, { serverErrors, crashed }: Counted): Promise<EmittedMetric[]> {
  const metric = (
    namespace: string,
    name: string,
    dimensions: EmittedMetric['dimensions'],
    value: number,
  ): EmittedMetric => ({
    namespace,
    name,
    dimensions,
    value,
    unit: 'Count',
    at: Date.now(),
  });
  const ended = async (status: 'FAILED' | 'ABORTED', name: string) => {
    const { executions = [] } = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn: state_machine_arn, statusFilter: status }),
    );
    const count = executions.filter(({ stopDate }) => stopDate && stopDate >= since).length;
    return metric('AWS/States', name, { StateMachineArn: state_machine_arn }, count);
  };
  const crashes = async (name: string) =>
    metric(
      'AWS/Lambda',
      'Errors',
      { FunctionName: await functionOf(name) },
      crashed.filter((crashed) => crashed === name).length,
    );
  const QueueName = dlq_url.split('/').at(-1) ?? '';
  const ApiId = api_url.split('/').at(-2) ?? '';
  return Promise.all([
    ended('FAILED', 'ExecutionsFailed'),
    ended('ABORTED', 'ExecutionsAborted'),
    crashes('reconciliation'),
    crashes('settlements'),
    metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, await deadLetterCount()),
    metric('AWS/ApiGateway', '5xx', { ApiId }, serverErrors),
  ]);
}

/** MiniStack does not throttle: uses a fake table that does. */
async function throttlingMetrics(): Promise<EmittedMetric[]> {
  const table = await startFailingTable('ThrottlingException', 20);
  try {
    return await metricsOf(() => Promise.allSettled(Array.from({ length: 4 }, table.read)));
  } finally {
    await table.stop();
  }
}

async function withMetrics<Result>(phase: (counted: Counted) => Promise<Result>) {
  const since = new Date();
  const counted: Counted = { serverErrors: 0, crashed: [] };
  const result = await phase(counted);
  const lines = await everythingLogged(since);
  const metrics = [
    ...lines.flatMap(({ line }) => (line.startsWith('{') ? metricsIn(JSON.parse(line)) : [])),
    ...(await awsMetrics(since, counted)),
  ];
  return { result, metrics };
}

/** Fails the running shop, then recovers it. @returns the metrics of both phases, of the shop and of AWS. */
export async function failAndRecover(): Promise<Readonly<Record<'failing' | 'recovered', readonly EmittedMetric[]>>> {
  const throttled = await throttlingMetrics();
  const failing = await withMetrics(failShop);
  // PayPal's redeliveries, and the shop's rejections of them, belong to neither phase.
  await resetPayPal();
  await withoutPendingDeliveries();
  const recovered = await withMetrics(() => recoverShop(failing.result));
  return { failing: [...failing.metrics, ...throttled], recovered: recovered.metrics };
}
