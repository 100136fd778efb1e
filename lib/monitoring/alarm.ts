import type { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CustomMetric, CustomMetricWithAlarm, MonitoringFacade } from 'cdk-monitoring-constructs';
import { METRICS, type MetricName, type MetricShape, metricNamespace } from '../../src/shared/metric-names.ts';
import type { Stage } from '../stages.ts';

export interface AlarmRule {
  /** The heading of its section in docs/runbook.md, also its anchor: `captured-without-order`. */
  readonly name: string;

  /** What shoppers experience while it is in ALARM, and why; also its description. */
  readonly impact: string;

  readonly threshold: { readonly above: number } | { readonly atLeast: number } | { readonly below: number };

  /**
   * How many of the last `of` datapoints must breach.
   * @default [1, 1]
   */
  readonly datapoints?: readonly [breaching: number, of: number];

  /** @default - missing data does not breach */
  readonly missing?: TreatMissingData;
}

export interface MetricOptions {
  readonly period?: Duration;

  /**
   * The value of the metric's dimension, such as a step.
   * @default - the total
   */
  readonly of?: string;

  /** @default - the dimension's value, or the metric's name */
  readonly label?: string;
}

export interface StageMonitoring {
  /** One of the shop's own metrics. */
  metric(name: MetricName, statistic: string, options?: MetricOptions): Metric;

  alarm(metric: Metric, rule: AlarmRule): CustomMetricWithAlarm;
}

export const monitoringFor = (stage: Stage): StageMonitoring => ({
  metric(metricName, statistic, { period, of, label = of ?? metricName } = {}) {
    const { dimension }: MetricShape = METRICS[metricName];
    return new Metric({
      namespace: metricNamespace(stage.name),
      metricName,
      statistic,
      label,
      ...(period && { period }),
      ...(of && dimension && { dimensionsMap: { [dimension]: of } }),
    });
  },

  alarm: (
    metric,
    { name, impact, threshold, datapoints: [breaching, of] = [1, 1], missing = TreatMissingData.NOT_BREACHING },
  ) => ({
    metric,
    alarmFriendlyName: name,
    addAlarm: {
      [name]: {
        alarmNameOverride: `settle-once-${stage.name}-${name}`,
        alarmDescriptionOverride: impact,
        runbookLink: `${stage.alarms.runbook}#${name}`,
        ...comparisonOf(threshold),
        datapointsToAlarm: breaching,
        evaluationPeriods: of,
        treatMissingDataOverride: missing,
        metricAdjuster: { adjustMetric: () => withoutLabel(metric) },
      },
    },
  }),
});

/** The CDK turns an alarm on a labelled metric into one on an expression, which is harder to read and to test. */
const withoutLabel = ({ namespace, metricName, dimensions, period, statistic }: Metric) =>
  new Metric({ namespace, metricName, period, statistic, ...(dimensions && { dimensionsMap: dimensions }) });

function comparisonOf(threshold: AlarmRule['threshold']) {
  const { GREATER_THAN_THRESHOLD, GREATER_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
  if ('above' in threshold) return { threshold: threshold.above, comparisonOperator: GREATER_THAN_THRESHOLD };
  if ('atLeast' in threshold)
    return { threshold: threshold.atLeast, comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD };
  return { threshold: threshold.below, comparisonOperator: LESS_THAN_THRESHOLD };
}

/** Adds a titled row of graphs to a dashboard, and creates the alarms on their metrics. */
export const drawRow = (
  dashboard: MonitoringFacade,
  title: string,
  graphs: Readonly<Record<string, readonly CustomMetric[]>>,
) =>
  dashboard.monitorCustom({
    alarmFriendlyName: title.replaceAll(' ', '-'),
    humanReadableName: title,
    metricGroups: Object.entries(graphs).map(([title, metrics]) => ({ title, metrics: [...metrics] })),
  });
