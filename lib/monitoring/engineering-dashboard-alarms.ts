import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { MonitoringFacade } from 'cdk-monitoring-constructs';
import type { DeadLetterQueues } from '../constructs/dead-letter-queues.ts';
import type { Schedules } from '../constructs/schedules.ts';
import type { ShopTable } from '../constructs/table.ts';
import type { FunctionName } from '../functions.ts';
import type { TableName } from '../names.ts';
import { type AlarmRule, drawRow, type StageMonitoring } from './alarm.ts';

export interface EngineeringDashboardProps {
  /** By name. */
  readonly functions: Readonly<Record<FunctionName, IFunction>>;

  readonly stateMachine: StateMachine;

  readonly deadLetters: DeadLetterQueues;

  /** Purchases that wait for their check. */
  readonly checkQueue: IQueue;

  readonly schedules: Schedules;

  readonly api: HttpApi;

  readonly tables: Readonly<Record<TableName, ShopTable>>;
}

const period = Duration.minutes(5);

/** Alarms on functions whose callers, EventBridge and its scheduler, do not report errors. */
const ASYNC_FAILURES: Readonly<Record<string, AlarmRule>> = {
  reconciliation: {
    name: 'reconciliation-failing',
    impact:
      'Possible shopper impact: a reconciliation job fails repeatedly, so payments or events may stay unfinished.',
    threshold: { above: 0 },
    // 3 failures in 3 hours: the hourly job fails in every twelfth period only.
    datapoints: [3, 36],
  },
  settlements: {
    name: 'execution-results-unrecorded',
    impact:
      'No shopper impact yet: results of settlements are not recorded until reconciliation syncs them, minutes later.',
    threshold: { above: 0 },
    datapoints: [3, 3],
  },
};

/** Workflow, queues, schedules, API, functions and tables. */
export function drawEngineeringDashboard(
  dashboard: MonitoringFacade,
  { metric, alarm }: StageMonitoring,
  { functions, stateMachine, deadLetters, checkQueue, schedules, api, tables }: EngineeringDashboardProps,
): void {
  const BLOCKED = 'A shopper who paid has no order, or waits for a refund';

  drawRow(dashboard, 'Settlements', {
    Executions: [
      stateMachine.metricStarted({ period, label: 'started' }),
      stateMachine.metricSucceeded({ period, label: 'succeeded' }),
      alarm(stateMachine.metricFailed({ period, label: 'failed' }), {
        name: 'settlements-failed',
        impact: `${BLOCKED}: a settlement step exhausted its retries.`,
        threshold: { above: 0 },
      }),
      alarm(stateMachine.metricTimedOut({ period, label: 'timed out' }), {
        name: 'settlements-timed-out',
        impact: `${BLOCKED}: a settlement exceeded its timeout.`,
        threshold: { above: 0 },
      }),
      alarm(stateMachine.metricAborted({ period, label: 'aborted' }), {
        name: 'settlements-stopped',
        impact: `${BLOCKED}: a settlement was stopped manually.`,
        threshold: { above: 0 },
      }),
    ],
    Duration: ['p50', 'p95', 'Maximum'].map((statistic) =>
      stateMachine.metricTime({ period, statistic, label: statistic }),
    ),
    'Dead-letter queues': [
      alarm(deadLetters.settlements.metricApproximateNumberOfMessagesVisible({ period, label: 'failed settlements' }), {
        name: 'dead-letters-waiting',
        impact: `${BLOCKED} until an operator retries the settlement on this queue.`,
        threshold: { above: 0 },
      }),
      alarm(deadLetters.undelivered.metricApproximateNumberOfMessagesVisible({ period, label: 'undelivered events' }), {
        name: 'events-undelivered',
        impact:
          'No shopper impact yet: an event or a scheduled invocation was not delivered; reconciliation took over.',
        threshold: { above: 0 },
      }),
    ],
    'Failed settlements': [
      alarm(metric('FailedSettlements', 'Maximum', { period, label: 'failed settlements' }), {
        name: 'settlements-unresolved',
        impact: `${BLOCKED} until an operator retries the settlement, even if its dead letter has expired.`,
        threshold: { above: 0 },
        datapoints: [3, 3],
      }),
    ],
  });

  drawRow(dashboard, 'Changes of purchases', {
    'Age of the oldest record read': [
      alarm(functions.changes.metric('IteratorAge', { period, statistic: 'Maximum', label: 'milliseconds' }), {
        name: 'changes-late',
        impact: 'No shopper impact yet: changes of purchases are read late, so new violations are found late.',
        threshold: { above: 15 * 60 * 1000 },
      }),
    ],
    'Purchases to check': [
      alarm(checkQueue.metricApproximateNumberOfMessagesVisible({ period, label: 'messages due' }), {
        name: 'changes-unchecked',
        impact: 'No shopper impact yet: changed purchases are not checked, so new violations go unnoticed.',
        threshold: { above: 0 },
        datapoints: [3, 3],
      }),
      checkQueue.metricApproximateNumberOfMessagesDelayed({ period, label: 'messages within the grace period' }),
    ],
  });

  drawRow(dashboard, 'Schedules', {
    Invocations: [
      schedules.group.metricAttempts({ period, label: 'attempts' }),
      alarm(schedules.group.metricTargetErrors({ period, label: 'target errors' }), {
        name: 'jobs-not-started',
        impact: 'No shopper impact yet: reconciliation jobs or the consistency check are not invoked.',
        threshold: { above: 0 },
        datapoints: [3, 3],
      }),
    ],
  });

  drawRow(dashboard, 'HTTP API', {
    Requests: [
      api.metricCount({ period, statistic: 'Sum', label: 'all' }),
      api.metricClientError({ period, statistic: 'Sum', label: '4xx' }),
      alarm(api.metricServerError({ period, statistic: 'Sum', label: '5xx' }), {
        name: 'requests-failing',
        impact: 'Shoppers see errors, or PayPal has to retry its webhooks.',
        threshold: { atLeast: 5 },
      }),
    ],
    Latency: ['p50', 'p95', 'p99'].map((statistic) => api.metricLatency({ period, statistic, label: statistic })),
  });

  drawRow(dashboard, 'Operators', {
    'Sign-ins': [
      metric('SignedIn', 'Sum', { period, label: 'signed in' }),
      alarm(metric('SignInRefused', 'Sum', { period, label: 'refused' }), {
        name: 'sign-ins-refused',
        impact: 'No shopper impact yet: someone may be guessing the password or the code of an operator.',
        threshold: { atLeast: 20 },
      }),
    ],
  });

  drawRow(dashboard, 'Throttling', {
    'HTTP API requests': [
      alarm(metric('RequestThrottled', 'Sum', { label: 'requests' }), {
        name: 'requests-throttled',
        impact: 'Shoppers or PayPal’s webhooks get 429: the request rate exceeds the throttle of the HTTP API.',
        threshold: { above: 0 },
      }),
    ],
    'Lambda invocations (whole account)': [
      alarm(
        // The concurrency limit is per account:
        // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        new Metric({
          namespace: 'AWS/Lambda',
          metricName: 'Throttles',
          statistic: 'Sum',
          period,
          label: 'invocations',
        }),
        {
          name: 'functions-throttled',
          impact:
            'Shoppers see errors and PayPal has to retry its webhooks: the account’s Lambda concurrency is exhausted.',
          threshold: { above: 0 },
        },
      ),
    ],
    'DynamoDB requests': [
      alarm(metric('TableThrottled', 'Sum', { label: 'requests' }), {
        name: 'tables-throttled',
        impact:
          'Shoppers wait and may see errors: the load on a table, or on one product, exceeds what DynamoDB serves.',
        threshold: { atLeast: 20 },
      }),
    ],
  });

  const ofEachFunction = (metricOf: (fn: IFunction, label: string) => Metric) =>
    Object.entries(functions).map(([name, fn]) => metricOf(fn, name));
  drawRow(dashboard, 'Functions', {
    Invocations: ofEachFunction((fn, label) => fn.metricInvocations({ period, label })),
    Errors: Object.entries(functions).map(([name, fn]) => {
      const errors = fn.metricErrors({ period, label: name });
      const rule = ASYNC_FAILURES[name];
      return rule ? alarm(errors, rule) : errors;
    }),
    'Duration (p95)': ofEachFunction((fn, label) => fn.metricDuration({ period, label, statistic: 'p95' })),
  });

  const ofEachTable = (metricOf: (table: ShopTable, label: string) => Metric) =>
    Object.entries(tables).map(([name, table]) => metricOf(table, name));
  drawRow(dashboard, 'Tables', {
    'Consumed write units': ofEachTable((table, label) => table.metricConsumedWriteCapacityUnits({ period, label })),
    'Consumed read units': ofEachTable((table, label) => table.metricConsumedReadCapacityUnits({ period, label })),
  });
}
