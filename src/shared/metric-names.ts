/*
 * Imported by lib/ at synth time, where alarms and dashboards are made of it, and by lambdas/ at run time:
 * keep it free of the AWS SDK and of aws-cdk-lib.
 */

/** The CloudWatch namespace of all that a stage's shop measures: two stages in one account do not mix. */
export const metricNamespace = (stage: string): string => `SettleOnce/${stage}`;

/** How one metric is measured. */
export interface MetricShape {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
  /**
   * What it is told apart by as well. Each value that this takes is one more metric to CloudWatch, and costs as much as the total.
   * @default - there is the total, and nothing else
   */
  readonly dimension?: string;
}

/** Everything that this shop measures. An alarm on anything else does not compile. */
export const METRICS = {
  /** Events of PayPal's that were settled: the sign that webhooks come in. */
  EventAccepted: { unit: 'Count' },
  /** Deliveries of an event that had been done before. */
  DuplicateRefused: { unit: 'Count' },
  /** Events of kinds that mean nothing to this shop. */
  EventIgnored: { unit: 'Count' },
  /** Events that are PayPal's, but cannot be settled: an operator must look at them. */
  EventParked: { unit: 'Count' },
  /** Deliveries that PayPal was asked to send again, because of trouble that may pass. */
  DeliveryPostponed: { unit: 'Count' },
  /** Deliveries whose signature was not PayPal's. */
  SignatureRefused: { unit: 'Count' },
  /** From an event's arrival at the HTTP API until the payment's new status was written. */
  WebhookToStatus: { unit: 'Milliseconds' },
  /** Requests that API Gateway turned away, because there are too many; counted by CloudWatch in its access log. */
  RequestThrottled: { unit: 'Count' },
  /** Requests that DynamoDB turned away, repetitions included, because there are too many for a table or an item. */
  TableThrottled: { unit: 'Count' },
  /** Tries of workflow steps: 1 for one that failed, 0 for one that was done. The average is the share that fails, the count how many ran. */
  StepFailed: { unit: 'Count', dimension: 'step' },
  /** Findings of the consistency check that hold, at the end of each run; 0 is measured too. */
  Findings: { unit: 'Count', dimension: 'invariant' },
  /** How many purchases, events, executions and refunds a run of the consistency check looked at. */
  ConsistencyChecked: { unit: 'Count' },
  /** How long PayPal takes for one request, whatever it answers. */
  PayPalLatency: { unit: 'Milliseconds', dimension: 'operation' },
  /** Requests to PayPal: 1 for one that got no usable answer or was refused for its credentials, 0 for any other. */
  PayPalFailed: { unit: 'Count' },
  /** From the capture, when the shop first heard of it, to the order: one for each order, but for those of whose making nobody told the shop. */
  CaptureToOrder: { unit: 'Milliseconds' },
  /** What a run mended, by job: each time something had gone wrong before. Every run that comes to its end says so, if only 0. */
  Mended: { unit: 'Count', dimension: 'job' },
  /** Payments that somebody must still look after; those that wait for a bank or an operator do not count. */
  OpenPayments: { unit: 'Count' },
  /** How long ago the oldest of them was begun. */
  OldestOpenPaymentSeconds: { unit: 'Seconds' },
  /** Payments whose money differs from what was asked: an operator must accept it or give it back. */
  UnderReview: { unit: 'Count' },
  /** For how long PayPal has delivered nothing that could be settled, although it knew more of a payment than the shop had heard; else 0. */
  WebhookSilence: { unit: 'Seconds' },
  /** Events that have been stored for more than a minute, and are not finished. */
  InboxUnfinished: { unit: 'Count' },
} as const satisfies Readonly<Record<string, MetricShape>>;

/** The name of something that this shop measures. */
export type MetricName = keyof typeof METRICS;

type WithDimension = {
  [Name in MetricName]: (typeof METRICS)[Name] extends { dimension: string } ? Name : never;
}[MetricName];

/** What is measured: name, value in the metric's unit, and which of them it was where the metric has a dimension. */
export type Measurement =
  | readonly [name: WithDimension, value: number, of: string]
  | readonly [name: Exclude<MetricName, WithDimension>, value?: number];
