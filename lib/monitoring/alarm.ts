import type { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CustomMetric, CustomMetricWithAlarm, MonitoringFacade } from 'cdk-monitoring-constructs';
import { METRICS, type MetricName, type MetricShape, metricNamespace } from '../../src/shared/metric-names.ts';
import type { Stage } from '../stages.ts';

/** What an alarm tells, and when it goes off. */
export interface AlarmRule {
  /** The heading of its section in docs/runbook.md, as it stands in a link: `captured-without-order`. */
  readonly name: string;

  /** Who suffers while it is on, and what. */
  readonly impact: string;

  readonly threshold: { readonly above: number } | { readonly atLeast: number } | { readonly below: number };

  /**
   * In how many of how many periods it must be so.
   * @default - one of one
   */
  readonly datapoints?: readonly [so: number, of: number];

  /**
   * What it means that nothing was measured.
   * @default - that all is well
   */
  readonly missing?: TreatMissingData;
}

/** How one of the shop's own metrics is looked at. */
export interface MetricOptions {
  readonly period?: Duration;

  /**
   * Which of what it is told apart by, such as the step.
   * @default - the total
   */
  readonly of?: string;

  /** @default - which one it is, or the metric's name */
  readonly label?: string;
}

/** Makes what is looked at of a stage, and the alarms on it. */
export interface Watch {
  /** One of the shop's own metrics. */
  measured(name: MetricName, statistic: string, look?: MetricOptions): Metric;

  /** A metric with an alarm on it. */
  watched(metric: Metric, rule: AlarmRule): CustomMetricWithAlarm;
}

/** What can be looked at of a stage. */
export const monitoringFor = (stage: Stage): Watch => ({
  measured(metricName, statistic, { period, of, label = of ?? metricName } = {}) {
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

  watched: (
    metric,
    { name, impact, threshold, datapoints: [so, of] = [1, 1], missing = TreatMissingData.NOT_BREACHING },
  ) => ({
    metric,
    alarmFriendlyName: name,
    addAlarm: {
      [name]: {
        alarmNameOverride: `settle-once-${stage.name}-${name}`,
        alarmDescriptionOverride: impact,
        runbookLink: `${stage.alarms.runbook}#${name}`,
        ...limitOf(threshold),
        datapointsToAlarm: so,
        evaluationPeriods: of,
        treatMissingDataOverride: missing,
        metricAdjuster: { adjustMetric: () => withoutLabel(metric) },
      },
    },
  }),
});

/** The CDK makes an alarm on a metric with a label one on an expression, which is harder to read and to test. */
const withoutLabel = ({ namespace, metricName, dimensions, period, statistic }: Metric) =>
  new Metric({ namespace, metricName, period, statistic, ...(dimensions && { dimensionsMap: dimensions }) });

function limitOf(threshold: AlarmRule['threshold']) {
  const { GREATER_THAN_THRESHOLD, GREATER_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
  if ('above' in threshold) return { threshold: threshold.above, comparisonOperator: GREATER_THAN_THRESHOLD };
  if ('atLeast' in threshold)
    return { threshold: threshold.atLeast, comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD };
  return { threshold: threshold.below, comparisonOperator: LESS_THAN_THRESHOLD };
}

/** Draws a row of graphs, by their titles. */
export const drawRow = (
  view: MonitoringFacade,
  title: string,
  graphs: Readonly<Record<string, readonly CustomMetric[]>>,
) =>
  view.monitorCustom({
    alarmFriendlyName: title.replaceAll(' ', '-'),
    humanReadableName: title,
    metricGroups: Object.entries(graphs).map(([title, metrics]) => ({ title, metrics: [...metrics] })),
  });
