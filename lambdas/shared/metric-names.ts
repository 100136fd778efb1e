/*
 * Imported by lib/ at synth time, where alarms and dashboards are made of it, and by lambdas/ at run time:
 * keep it free of the AWS SDK and of aws-cdk-lib.
 */

/** The CloudWatch namespace of all that this shop measures. */
export const METRIC_NAMESPACE = 'SettleOnce';

/** How one metric is measured. CloudWatch knows each under the dimension `service`, the function's folder, as well. */
interface MetricShape {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds';
  /** What the metric is told apart by, besides the function that measures it. */
  readonly dimension?: string;
}

/** Everything that this shop measures. An alarm on anything else does not compile. */
export const METRICS = {
  /** Deliveries whose signature was not PayPal's. */
  SignatureRefused: { unit: 'Count' },
} as const satisfies Readonly<Record<string, MetricShape>>;

/** The name of something that this shop measures. */
export type MetricName = keyof typeof METRICS;
