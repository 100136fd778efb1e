import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, METRICS, type MetricName } from './metric-names.ts';

const metrics = new Metrics({ namespace: METRIC_NAMESPACE });

/**
 * Measures something once. CloudWatch reads it off a log line: no call, no waiting.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
 * @param value in the metric's unit
 * @param of what it is told apart by, for a metric with a dimension of its own
 */
export function measure(name: MetricName, value = 1, of?: string): void {
  const shape: { readonly unit: 'Count' | 'Milliseconds' | 'Seconds'; readonly dimension?: string } = METRICS[name];
  const single = metrics.singleMetric();
  if (shape.dimension && of) single.addDimension(shape.dimension, of);
  single.addMetric(name, shape.unit, value);
}
