import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitoringFacade } from 'cdk-monitoring-constructs';
import { SERVICES } from '../../src/admin-api/shop-metrics.ts';
import { INVARIANT_NUMBERS } from '../../src/consistency/finding.ts';
import { JOB_NAMES } from '../../src/reconciliation/job.ts';
import { drawRow, type Watch } from './alarm.ts';

const period = Duration.minutes(15);

/** What the shop sees: purchases, what shoppers wait for, and PayPal. */
export function drawBusinessDashboard(view: MonitoringFacade, { measured, watched }: Watch): void {
  drawRow(view, 'Purchases', {
    'Asked of PayPal': [
      measured('PayPalLatency', 'SampleCount', { of: 'createOrder', label: 'payments begun' }),
      measured('PayPalLatency', 'SampleCount', { of: 'captureOrder', label: 'captures' }),
      measured('PayPalLatency', 'SampleCount', { of: 'refundCapture', label: 'refunds' }),
    ],
    'Orders made': [measured('CaptureToOrder', 'SampleCount', { label: 'orders' })],
    'From capture to order': ['p50', 'p95', 'Maximum'].map((statistic) =>
      measured('CaptureToOrder', statistic, { label: statistic }),
    ),
    'From webhook to status': ['p50', 'p95', 'Maximum'].map((statistic) =>
      measured('WebhookToStatus', statistic, { label: statistic }),
    ),
  });

  drawRow(view, 'PayPal', {
    Webhooks: [
      measured('EventAccepted', 'Sum', { label: 'settled' }),
      measured('DuplicateRefused', 'Sum', { label: 'seen before' }),
      measured('EventIgnored', 'Sum', { label: 'of no interest' }),
      watched(measured('EventParked', 'Sum', { label: 'cannot be settled' }), {
        name: 'events-parked',
        impact:
          'Perhaps somebody who has paid and gets nothing: PayPal speaks of a purchase that the shop does not know, or does not understand.',
        threshold: { above: 0 },
      }),
      watched(measured('DeliveryPostponed', 'Sum', { period, label: 'to come again' }), {
        name: 'deliveries-postponed',
        impact: 'Shoppers who have paid wait longer for their order: the shop cannot take PayPal’s webhooks.',
        threshold: { atLeast: 5 },
      }),
      watched(measured('SignatureRefused', 'Sum', { period, label: 'not from PayPal' }), {
        name: 'signatures-refused',
        impact:
          'If they are PayPal’s after all, every shopper who pays, until the shop asks PayPal by itself; if somebody forges them, nobody.',
        threshold: { atLeast: 5 },
      }),
    ],
    'Share of requests that fail': [
      watched(measured('PayPalFailed', 'Average'), {
        name: 'paypal-failing',
        impact:
          'Shoppers cannot pay, or wait for their order: PayPal does not answer, or does not know the shop any more.',
        threshold: { atLeast: 0.2 },
        datapoints: [2, 3],
      }),
    ],
    'Time to answer (p95)': ['createOrder', 'captureOrder', 'getOrder', 'refundCapture', 'token'].map((of) =>
      measured('PayPalLatency', 'p95', { of }),
    ),
  });

  drawRow(view, 'Steps of settlements', {
    'Share of steps that fail': [
      watched(measured('StepFailed', 'Average', { label: 'all' }), {
        name: 'steps-failing',
        impact: 'Shoppers who have paid wait for their order: one of the services behind it is sick.',
        threshold: { atLeast: 0.2 },
        datapoints: [2, 3],
      }),
      ...OF_PAYMENTS.map((of) => measured('StepFailed', 'Average', { of })),
    ],
    ...Object.fromEntries(
      Object.entries(SERVICES).map(([service, { steps }]) => [
        `Of ${service}`,
        steps.map((of) => measured('StepFailed', 'Average', { of })),
      ]),
    ),
  });

  drawRow(view, 'The books', {
    Findings: [
      watched(measured('Findings', 'Maximum', { period, label: 'the most of one kind' }), {
        name: 'books-wrong',
        impact: 'Perhaps somebody who has paid: the books say two things of the same purchase, or are behind PayPal.',
        threshold: { above: 0 },
      }),
      ...INVARIANT_NUMBERS.map((invariant) => measured('Findings', 'Maximum', { period, of: String(invariant) })),
    ],
    'Money without goods, stock that does not add up': [
      watched(measured('Findings', 'Maximum', { period, of: '1', label: 'payments without order or refund' }), {
        name: 'captured-without-order',
        impact: 'Somebody who has paid: there is no order for the money, and it was not given back.',
        threshold: { above: 0 },
      }),
      watched(measured('Findings', 'Maximum', { period, of: '4', label: 'products' }), {
        name: 'stock-mismatch',
        impact: 'Shoppers who are sold what is not there, or are told that what is there is sold out.',
        threshold: { above: 0 },
      }),
    ],
    Checked: [
      watched(measured('ConsistencyChecked', 'SampleCount', { period, label: 'runs' }), {
        name: 'books-unchecked',
        impact: 'Nobody yet: but if the books go wrong now, nobody is told.',
        threshold: { below: 1 },
        datapoints: [3, 3],
        missing: TreatMissingData.BREACHING,
      }),
      measured('ConsistencyChecked', 'Sum', { period, label: 'looked at' }),
    ],
  });

  drawRow(view, 'What heals by itself', {
    'Mended, which nobody told the shop': [
      measured('Mended', 'Sum', { period, label: 'all' }),
      ...JOB_NAMES.map((of) => measured('Mended', 'Sum', { period, of })),
    ],
    'Still to come': [
      measured('OpenPayments', 'Maximum', { period, label: 'payments' }),
      watched(measured('InboxUnfinished', 'Maximum', { period, label: 'webhooks' }), {
        name: 'webhooks-unfinished',
        impact: 'Perhaps somebody who has paid: what PayPal told the shop could not be settled, and still cannot.',
        threshold: { above: 0 },
        datapoints: [2, 2],
      }),
    ],
    'Another amount than was asked': [
      watched(measured('UnderReview', 'Maximum', { period, label: 'payments under review' }), {
        name: 'payments-under-review',
        impact:
          'Somebody who has paid another amount than was asked, and gets neither goods nor money until an operator decides.',
        threshold: { above: 0 },
      }),
    ],
    'Silence of webhooks (s)': [
      watched(measured('WebhookSilence', 'Maximum', { period }), {
        name: 'webhooks-silent',
        impact:
          'Shoppers who have paid wait minutes for their order: PayPal’s webhooks do not come, and the shop must ask by itself.',
        threshold: { above: SILENT_SECONDS },
      }),
    ],
    'The oldest payment of these (s)': [
      watched(measured('OldestOpenPaymentSeconds', 'Maximum', { period }), {
        name: 'payment-open-for-long',
        impact: 'Somebody whose purchase has come to no end: neither an order, nor a refund, nor the stock back.',
        threshold: { above: LONG_SECONDS },
      }),
    ],
    Runs: [
      watched(measured('Mended', 'SampleCount', { period, label: 'all' }), {
        name: 'healing-stopped',
        impact: 'Nobody yet: but what PayPal does not tell the shop now, nobody finds.',
        threshold: { below: 1 },
        datapoints: [2, 2],
        missing: TreatMissingData.BREACHING,
      }),
      ...JOB_NAMES.map((of) => measured('Mended', 'SampleCount', { period, of })),
    ],
  });
}

/** The payment's own steps; the other services' are in `SERVICES`. */
const OF_PAYMENTS = ['CapturePayment', 'RefundPayment', 'DeclinePayment'];

/** An event that is late by minutes is followed by others in time. */
const SILENT_SECONDS = 60 * 60;

/** PayPal gives a buyer three hours to approve, and the shop half an hour; after four, nothing is on its way any more. */
const LONG_SECONDS = 4 * 60 * 60;
