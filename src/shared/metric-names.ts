/*
 * Imported by lib/ at synth time, for alarms and dashboards, and by lambdas/ at run time:
 * keep it free of the AWS SDK and of aws-cdk-lib.
 */

/** A CloudWatch namespace per stage, as an account may have several. */
export const metricNamespace = (stage: string): string => `SettleOnce/${stage}`;

export interface MetricShape {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
  /**
   * Emitted in addition to the total. Each value is another CloudWatch metric, at the price of the total.
   * @default - the total only
   */
  readonly dimension?: string;
}

/** All metrics of the shop. An alarm on any other does not compile. */
export const METRICS = {
  /** Webhook events that were applied. */
  EventAccepted: { unit: 'Count' },
  /** Deliveries of an event that was processed before. */
  DuplicateRefused: { unit: 'Count' },
  /** Events of types that the shop does not handle. */
  EventIgnored: { unit: 'Count' },
  /** Genuine events that cannot be applied: manual review required. */
  EventParked: { unit: 'Count' },
  /** Deliveries answered with 503 after a transient error, for PayPal to retry. */
  DeliveryPostponed: { unit: 'Count' },
  /** Deliveries with an invalid signature. */
  SignatureRefused: { unit: 'Count' },
  /** From the arrival of an event at the HTTP API to the write of the payment's status. */
  WebhookToStatus: { unit: 'Milliseconds' },
  /** Requests throttled by API Gateway, from a metric filter on its access log. */
  RequestThrottled: { unit: 'Count' },
  /** Requests throttled by DynamoDB, the SDK's retries included. */
  TableThrottled: { unit: 'Count' },
  /** Per run of a workflow step: 1 if it failed, else 0. The average is the failure rate, the sample count the runs. */
  StepFailed: { unit: 'Count', dimension: 'step' },
  /** Open findings at the end of each consistency check, 0 included. */
  Findings: { unit: 'Count', dimension: 'invariant' },
  /** Purchases, events, executions and refunds that one run of the consistency check covered. */
  ConsistencyChecked: { unit: 'Count' },
  /** Duration of one request to PayPal, whatever the response. */
  PayPalLatency: { unit: 'Milliseconds', dimension: 'operation' },
  /** Per request to PayPal: 1 if it got no usable response or the credentials were rejected, else 0. */
  PayPalFailed: { unit: 'Count' },
  /** Captures that PayPal refused, by the one who can do something about it: `buyer`, `merchant` or `paypal`. */
  CaptureRefused: { unit: 'Count', dimension: 'owner' },
  /** Refunds that PayPal accepted and then did not complete. */
  RefundFailed: { unit: 'Count' },
  /** Time from first evidence of the capture to order creation. Not emitted when the completion event was lost. */
  CaptureToOrder: { unit: 'Milliseconds' },
  /** Repairs by one run of a reconciliation job or of its workers. Emitted by each run that finishes, 0 included. */
  Mended: { unit: 'Count', dimension: 'job' },
  /** Open payments, without those that wait for a bank or an operator. */
  OpenPayments: { unit: 'Count' },
  /** Age of the oldest of them. */
  OldestOpenPaymentSeconds: { unit: 'Seconds' },
  /** Time since the oldest payment became due for reconciliation, by run of the payments job; 0 when none is due. */
  OverduePaymentSeconds: { unit: 'Seconds' },
  /** Payments whose captured amount differs from the requested one: an operator must accept or refund it. */
  UnderReview: { unit: 'Count' },
  /** Time since the last applied event, while reconciliation finds changes that no webhook delivered; else 0. */
  WebhookSilence: { unit: 'Seconds' },
  /** Products of which sessions without payment hold half of what is for sale, by run of the reservations job. */
  StockHeldUnpaid: { unit: 'Count' },
  /** Open settlements whose latest execution failed; counted up to some hundred. */
  FailedSettlements: { unit: 'Count' },
  /** Sign-ins of operators. */
  SignedIn: { unit: 'Count' },
  /** Sign-ins with a wrong password or a wrong code. */
  SignInRefused: { unit: 'Count' },
  /** Events received more than a minute ago and not processed. */
  InboxUnfinished: { unit: 'Count' },
} as const satisfies Readonly<Record<string, MetricShape>>;

export type MetricName = keyof typeof METRICS;

type WithDimension = {
  [Name in MetricName]: (typeof METRICS)[Name] extends { dimension: string } ? Name : never;
}[MetricName];

/** The value is in the metric's unit; `of` is the value of its dimension. */
export type Measurement =
  | readonly [name: WithDimension, value: number, of: string]
  | readonly [name: Exclude<MetricName, WithDimension>, value?: number];
