import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS, type Measurement, type MetricShape } from './metric-names.ts';

/** Its namespace is the environment's, POWERTOOLS_METRICS_NAMESPACE. */
const metrics = new Metrics();

/**
 * Measures something once, for the total and for what it is told apart by. CloudWatch reads it off a log line: no call, no waiting.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function measure(...[name, value = 1, of]: Measurement): void {
  const shape: MetricShape = METRICS[name];
  const single = metrics.singleMetric();
  // Powertools would tell everything apart by function; an alarm watches one metric, and each costs.
  single.clearDefaultDimensions();
  single.addDimensions({});
  if (shape.dimension && of) single.addDimensions({ [shape.dimension]: of });
  single.addMetric(name, shape.unit, value);
}
