import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS, type Measurement, type MetricShape } from './metric-names.ts';

/** The namespace comes from POWERTOOLS_METRICS_NAMESPACE. */
const metrics = new Metrics();

/**
 * Emits one value, to the total and to its dimension. CloudWatch extracts it from a log line, so there is no API call.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function measure(...[name, value = 1, of]: Measurement): void {
  const shape: MetricShape = METRICS[name];
  const single = metrics.singleMetric();
  // Without Powertools' default dimension, the function: alarms use totals, and each dimension costs a metric.
  single.clearDefaultDimensions();
  single.addDimensions({});
  if (shape.dimension && of) single.addDimensions({ [shape.dimension]: of });
  single.addMetric(name, shape.unit, value);
}
