import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitoringFacade } from 'cdk-monitoring-constructs';
import { INVARIANT_NUMBERS } from '../../src/consistency/checks/violation.ts';
import { JOB_NAMES } from '../../src/reconciliation/job.ts';
import { WORKFLOW_STEPS } from '../../src/shared/workflow-steps.ts';
import { drawRow, type StageMonitoring } from './alarm.ts';

const period = Duration.minutes(15);

/** Purchases, PayPal, settlement steps, consistency and reconciliation. */
export function drawBusinessDashboard(dashboard: MonitoringFacade, { metric, alarm }: StageMonitoring): void {
  drawRow(dashboard, 'Purchases', {
    'Requests to PayPal': [
      metric('PayPalLatency', 'SampleCount', { of: 'createOrder', label: 'payments started' }),
      metric('PayPalLatency', 'SampleCount', { of: 'captureOrder', label: 'captures' }),
      metric('PayPalLatency', 'SampleCount', { of: 'refundCapture', label: 'refunds' }),
    ],
    'Orders created': [metric('CaptureToOrder', 'SampleCount', { label: 'orders' })],
    'Capture to order': ['p50', 'p95', 'Maximum'].map((statistic) =>
      metric('CaptureToOrder', statistic, { label: statistic }),
    ),
    'Webhook to payment status': ['p50', 'p95', 'Maximum'].map((statistic) =>
      metric('WebhookToStatus', statistic, { label: statistic }),
    ),
  });

  drawRow(dashboard, 'PayPal', {
    'Webhook events': [
      metric('EventAccepted', 'Sum', { label: 'processed' }),
      metric('DuplicateRefused', 'Sum', { label: 'duplicates' }),
      metric('EventIgnored', 'Sum', { label: 'ignored' }),
      alarm(metric('EventParked', 'Sum', { label: 'parked' }), {
        name: 'events-parked',
        impact:
          'Possible shopper impact: PayPal sent an event that cannot be applied, perhaps a payment without an order.',
        threshold: { above: 0 },
      }),
      alarm(metric('DeliveryPostponed', 'Sum', { period, label: 'failed, PayPal retries' }), {
        name: 'deliveries-postponed',
        impact: 'Shoppers who paid wait longer for their order: the shop fails to process PayPal’s webhooks.',
        threshold: { atLeast: 5 },
      }),
      alarm(metric('SignatureRefused', 'Sum', { period, label: 'invalid signature' }), {
        name: 'signatures-refused',
        impact: 'Possible shopper impact: unless these webhooks are forged, orders are delayed until reconciliation.',
        threshold: { atLeast: 5 },
      }),
    ],
    'Request failure rate': [
      alarm(metric('PayPalFailed', 'Average'), {
        name: 'paypal-failing',
        impact:
          'Shoppers cannot pay, or wait for their order: PayPal does not respond, or rejects the shop’s credentials.',
        threshold: { atLeast: 0.2 },
        datapoints: [2, 3],
      }),
    ],
    'Refused captures': [
      alarm(metric('CaptureRefused', 'Sum', { period, of: 'merchant' }), {
        name: 'captures-refused-for-merchant',
        impact:
          'Shoppers cannot pay: PayPal refuses captures because of the merchant’s account or the shop’s requests.',
        threshold: { above: 0 },
      }),
      metric('CaptureRefused', 'Sum', { period, of: 'buyer' }),
      metric('CaptureRefused', 'Sum', { period, of: 'paypal' }),
    ],
    'Failed refunds': [
      alarm(metric('RefundFailed', 'Sum', { period, label: 'refunds' }), {
        name: 'refunds-failed',
        impact: 'A shopper waits for a refund that PayPal accepted and did not complete.',
        threshold: { atLeast: 1 },
      }),
    ],
    'Latency (p95)': ['createOrder', 'captureOrder', 'getOrder', 'refundCapture', 'token'].map((of) =>
      metric('PayPalLatency', 'p95', { of }),
    ),
  });

  drawRow(dashboard, 'Settlement steps', {
    'Step failure rate': [
      alarm(metric('StepFailed', 'Average', { label: 'all' }), {
        name: 'steps-failing',
        impact: 'Shoppers who paid wait for their order: a service that the settlement calls is failing.',
        threshold: { atLeast: 0.2 },
        datapoints: [2, 3],
      }),
      ...PAYMENT_STEPS.map((of) => metric('StepFailed', 'Average', { of })),
    ],
    ...Object.fromEntries(
      Object.entries(OTHER_STEPS).map(([service, steps]) => [
        `Failure rate: ${service}`,
        steps.map((of) => metric('StepFailed', 'Average', { of })),
      ]),
    ),
  });

  drawRow(dashboard, 'Consistency check', {
    Findings: [
      alarm(metric('Findings', 'Maximum', { period, label: 'most of one invariant' }), {
        name: 'consistency-violations',
        impact: 'Possible shopper impact: stored records contradict each other, or PayPal.',
        threshold: { above: 0 },
      }),
      ...INVARIANT_NUMBERS.map((invariant) => metric('Findings', 'Maximum', { period, of: String(invariant) })),
    ],
    'Captured without order, stock mismatch': [
      alarm(metric('Findings', 'Maximum', { period, of: '1', label: 'payments without order or refund' }), {
        name: 'captured-without-order',
        impact: 'A shopper paid and has neither an order nor a refund.',
        threshold: { above: 0 },
      }),
      alarm(metric('Findings', 'Maximum', { period, of: '4', label: 'products' }), {
        name: 'stock-mismatch',
        impact: 'Shoppers may buy items that are out of stock, or see items as sold out that are in stock.',
        threshold: { above: 0 },
      }),
    ],
    'Completed checks': [
      alarm(metric('ConsistencyChecked', 'SampleCount', { period, label: 'runs' }), {
        name: 'consistency-check-stopped',
        impact: 'No shopper impact yet: the consistency check does not complete, so new violations go unnoticed.',
        threshold: { below: 1 },
        datapoints: [3, 3],
        missing: TreatMissingData.BREACHING,
      }),
      metric('ConsistencyChecked', 'Sum', { period, label: 'records checked' }),
    ],
  });

  drawRow(dashboard, 'Reconciliation', {
    Repairs: [
      metric('Mended', 'Sum', { period, label: 'all' }),
      ...JOB_NAMES.map((of) => metric('Mended', 'Sum', { period, of })),
    ],
    Backlog: [
      metric('OpenPayments', 'Maximum', { period, label: 'open payments' }),
      alarm(metric('InboxUnfinished', 'Maximum', { period, label: 'webhook events' }), {
        name: 'webhooks-unfinished',
        impact: 'Possible shopper impact: stored webhook events still fail to be processed.',
        threshold: { above: 0 },
        datapoints: [2, 2],
      }),
    ],
    'Payments under review': [
      alarm(metric('UnderReview', 'Maximum', { period, label: 'payments under review' }), {
        name: 'payments-under-review',
        impact: 'A shopper paid the wrong amount, and gets neither an order nor a refund until an operator decides.',
        threshold: { above: 0 },
      }),
    ],
    'Stock held without payment': [
      alarm(metric('StockHeldUnpaid', 'Maximum', { period: Duration.minutes(5), label: 'products' }), {
        name: 'stock-held-unpaid',
        impact:
          'Shoppers see a product as sold out though it is unpaid: sessions without payment hold most of its stock.',
        threshold: { above: 0 },
        // Longer than a session without payment lasts: new ones take the place of those that expire.
        datapoints: [3, 3],
      }),
    ],
    'Webhook silence (s)': [
      alarm(metric('WebhookSilence', 'Maximum', { period }), {
        name: 'webhooks-silent',
        impact:
          'Shoppers who paid wait minutes for their order: PayPal’s webhooks do not arrive, and the shop polls PayPal.',
        threshold: { above: MAX_WEBHOOK_SILENCE_SECONDS },
      }),
    ],
    'Oldest overdue payment (s)': [
      alarm(metric('OverduePaymentSeconds', 'Maximum', { period }), {
        name: 'payments-overdue',
        impact:
          'Shoppers wait longer for orders whose webhooks were lost, and for abandoned stock: payment checks are late.',
        threshold: { above: MAX_OVERDUE_SECONDS },
        datapoints: [2, 2],
      }),
    ],
    'Oldest open payment (s)': [
      alarm(metric('OldestOpenPaymentSeconds', 'Maximum', { period }), {
        name: 'payment-stuck',
        impact: 'A shopper has a payment without an outcome: no order, no refund, and the stock is still reserved.',
        threshold: { above: MAX_OPEN_SECONDS },
      }),
    ],
    'Completed runs': [
      alarm(metric('Mended', 'SampleCount', { period, label: 'all' }), {
        name: 'reconciliation-stopped',
        impact: 'No shopper impact yet: reconciliation does not complete, so lost webhooks are not recovered.',
        threshold: { below: 1 },
        datapoints: [2, 2],
        missing: TreatMissingData.BREACHING,
      }),
      ...JOB_NAMES.map((of) => metric('Mended', 'SampleCount', { period, of })),
    ],
  });
}

const { payments: PAYMENT_STEPS, ...OTHER_STEPS } = WORKFLOW_STEPS;

/** Single events may be minutes late; an hour means that delivery is down. */
const MAX_WEBHOOK_SILENCE_SECONDS = 60 * 60;

/** Two runs of the payments job, in prod. */
const MAX_OVERDUE_SECONDS = 10 * 60;

/** PayPal gives a buyer 3 hours to approve, and a session lives half an hour: after 4 hours nothing is in flight. */
const MAX_OPEN_SECONDS = 4 * 60 * 60;
