import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { JOB_NAMES } from '../../../src/reconciliation/job.ts';
import { tableThatAnswers } from '../in-process/throttled-table.ts';
import { callFunction, change, everythingLogged, functionOf, queues, stepFunctions, stockedProduct } from './aws.ts';
import { runConsistencyCheck } from './consistency.ts';
import { type EmittedMetric, metricsIn, metricsOf } from './emitted-metrics.ts';
import { purchaseWhoseOrderFails, purchaseWhoseSettlementIsStopped } from './failing-order.ts';
import { asOperator } from './operator.ts';
import { resetPayPal, withoutPendingDeliveries } from './quiet.ts';
import { firstFailuresOf, noFailuresOf, retry } from './settlements.ts';
import {
  approve,
  beginPurchase,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  settledPayment,
  shop,
  until,
} from './shop.ts';

const { state_machine_arn, dlq_url, api_url } = inject('stack');
const TWO_HOURS = 7_200_000;

/** What is broken now. */
interface Broken {
  readonly failed: Purchase;
  readonly stopped: Purchase;
  /** Less came than was asked. */
  readonly underReview: Purchase;
  /** A product with a piece that nobody put there. */
  readonly sku: string;
}

/** What became of calls that AWS counts, which nobody does here. */
interface Counted {
  serverErrors: number;
  readonly crashed: string[];
}

/** A run of what heals, as if it were two hours later. */
const heal = (job: string) =>
  callFunction('reconciliation', { job, due_before: new Date(Date.now() + TWO_HOURS).toISOString() });

/** Breaks the running shop in every way that an alarm is for, and that can be had on one machine. */
async function breakShop(counted: Counted): Promise<Broken> {
  const underReview = await beginPurchase();
  await approve(underReview.paypalOrderId, { capture_amount: { currency_code: 'EUR', value: '0.01' } });
  await until(
    () => paymentOf(underReview),
    ({ status }) => status === 'review',
  );

  const stopped = await purchaseWhoseSettlementIsStopped();
  await firstFailuresOf(stopped);
  const failed = await purchaseWhoseOrderFails(1000);
  await firstFailuresOf(failed);
  await change('payments', { payment_id: stopped.paymentId }, { created_at: hoursAgo(5) });

  // Nobody tells the shop of this one: deliveries are dropped.
  const unheard = await beginPurchase();
  await approve(unheard.paypalOrderId);
  await heal('payments');

  // It does not say how much was given back in all: PayPal must be asked, and is silent.
  const refund = { id: 'REFUND', status: 'COMPLETED', amount: { currency_code: 'EUR', value: '1.00' } };
  for (let i = 0; i < 5; i++) {
    await sendEvent('PAYMENT.CAPTURE.REFUNDED', { ...refund, custom_id: failed.paymentId }, 'good');
    await sendEvent('PAYMENT.CAPTURE.COMPLETED', {}, 'bad');
  }
  await sendEvent('CHECKOUT.ORDER.APPROVED', { id: 'NOBODYS' }, 'good');
  await heal('inbox');

  await payPal('PUT', '/_sim/faults', {
    faults: [{ method: 'POST', path: '/v2/checkout/orders', status: 503, times: 100 }],
  });
  for (let i = 0; i < 5; i++) {
    const { body } = await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku: failed.sku, quantity: 1 }] });
    const { status } = await shop('POST', '/api/v1/payments', { checkout_session_id: body.checkout_session_id });
    if (status >= 500) counted.serverErrors += 1;
  }
  for (const folder of ['reconciliation', 'settlements'])
    await callFunction(folder, { job: 'none of them' }).catch(() => counted.crashed.push(folder));

  const sku = await stockedProduct(1);
  await change('products', { sku }, { available: 2 });
  await runConsistencyCheck(60);
  await runConsistencyCheck(60);
  return { failed, stopped, underReview, sku };
}

/** Mends all of it by the ways that docs/runbook.md tells. */
async function mendShop({ failed, stopped, underReview, sku }: Broken): Promise<void> {
  await change('products', { sku }, { available: 1 });
  for (const purchase of [failed, stopped]) {
    await retry(purchase);
    await settledPayment(purchase, 'captured');
    await noFailuresOf(purchase);
  }
  await asOperator(`/api/v1/admin/payments/${underReview.paymentId}/refund`, { reason: 'that is not the price' });
  await settledPayment(underReview, 'refunded');
  await paidPurchase();
  for (let i = 0; i < 2; i++) await sendEvent('BILLING.PLAN.CREATED', {}, 'good', 'WH-TWICE');
  for (const job of JOB_NAMES) await heal(job);
  await until(
    async () => {
      await heal('dead-letters');
      return letters();
    },
    (left) => left === 0,
  );
  await runConsistencyCheck(60);
  await runConsistencyCheck(60);
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

const sendEvent = (event_type: string, resource: object, signature: 'good' | 'bad', event_id?: string) =>
  payPal('POST', '/_sim/events', { event_type, resource, signature, event_id });

async function letters(): Promise<number> {
  const { Attributes } = await queues.send(
    new GetQueueAttributesCommand({ QueueUrl: dlq_url, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

/** What AWS's own services would have measured of a phase; nobody does here, so it is read off what they did. */
async function measuredByAws(since: Date, { serverErrors, crashed }: Counted): Promise<EmittedMetric[]> {
  const measured = (
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
    return measured('AWS/States', name, { StateMachineArn: state_machine_arn }, count);
  };
  const crashes = async (folder: string) =>
    measured(
      'AWS/Lambda',
      'Errors',
      { FunctionName: await functionOf(folder) },
      crashed.filter((one) => one === folder).length,
    );
  const QueueName = dlq_url.split('/').at(-1) ?? '';
  const ApiId = api_url.split('/').at(-2) ?? '';
  return Promise.all([
    ended('FAILED', 'ExecutionsFailed'),
    ended('ABORTED', 'ExecutionsAborted'),
    crashes('reconciliation'),
    crashes('settlements'),
    measured('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, await letters()),
    measured('AWS/ApiGateway', '5xx', { ApiId }, serverErrors),
  ]);
}

/** MiniStack turns nobody away, so this is asked of a table that does. */
async function measuredOfThrottling(): Promise<EmittedMetric[]> {
  const table = await tableThatAnswers('ThrottlingException', 20);
  try {
    return await metricsOf(() => Promise.allSettled(Array.from({ length: 4 }, table.read)));
  } finally {
    await table.stop();
  }
}

async function measuredWhile<Result>(phase: (counted: Counted) => Promise<Result>) {
  const since = new Date();
  const counted: Counted = { serverErrors: 0, crashed: [] };
  const result = await phase(counted);
  const lines = await everythingLogged(since);
  const measured = [
    ...lines.flatMap(({ line }) => (line.startsWith('{') ? metricsIn(JSON.parse(line)) : [])),
    ...(await measuredByAws(since, counted)),
  ];
  return { result, measured };
}

/** Breaks the running shop and mends it. @returns all that is measured meanwhile, by the shop and by AWS. */
export async function failAndRecover(): Promise<Readonly<Record<'broken' | 'mended', readonly EmittedMetric[]>>> {
  const throttled = await measuredOfThrottling();
  const broken = await measuredWhile(breakShop);
  // What PayPal still repeats, and the shop still refuses, belongs to neither phase.
  await resetPayPal();
  await withoutPendingDeliveries();
  const mended = await measuredWhile(() => mendShop(broken.result));
  return { broken: [...broken.measured, ...throttled], mended: mended.measured };
}
