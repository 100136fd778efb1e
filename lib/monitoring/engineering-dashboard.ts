import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { MonitoringFacade } from 'cdk-monitoring-constructs';
import type { DeadLetterQueues } from '../constructs/dead-letter-queues.ts';
import type { Schedules } from '../constructs/schedules.ts';
import type { ShopTable } from '../constructs/table.ts';
import type { TableName } from '../names.ts';
import { type AlarmRule, drawRow, type Watch } from './alarm.ts';

/** What the shop is made of. */
export interface EngineeringDashboardProps {
  /** By their folders under lambdas/. */
  readonly functions: Readonly<Record<string, IFunction>>;

  readonly stateMachine: StateMachine;

  readonly deadLetters: DeadLetterQueues;

  readonly schedules: Schedules;

  readonly api: HttpApi;

  readonly tables: Readonly<Record<TableName, ShopTable>>;
}

const period = Duration.minutes(5);

/** Whoever calls these hears nothing of a crash: the clock, and EventBridge. */
const UNHEARD_CRASHES: Readonly<Record<string, AlarmRule>> = {
  reconciliation: {
    name: 'healing-failing',
    impact: 'Perhaps somebody whose purchase hangs: one of the jobs that look after such does not come to its end.',
    threshold: { above: 0 },
    // Three failures within three hours: one of the jobs is called by the hour, and fails in every twelfth period only.
    datapoints: [3, 36],
  },
  settlements: {
    name: 'ends-untold',
    impact:
      'Nobody for long: how a settlement ended was not taken down, and is found out by what heals, minutes later.',
    threshold: { above: 0 },
    datapoints: [3, 3],
  },
};

/** What engineers see: workflow, queues, API, functions and tables. */
export function drawEngineeringDashboard(
  view: MonitoringFacade,
  { measured, watched }: Watch,
  { functions, stateMachine, deadLetters, schedules, api, tables }: EngineeringDashboardProps,
): void {
  const HELD_UP = 'Somebody who has paid and has no order, or waits for a refund';

  drawRow(view, 'Settlements', {
    Executions: [
      stateMachine.metricStarted({ period, label: 'started' }),
      stateMachine.metricSucceeded({ period, label: 'succeeded' }),
      watched(stateMachine.metricFailed({ period, label: 'failed' }), {
        name: 'settlements-failed',
        impact: `${HELD_UP}: a step has used up its retries.`,
        threshold: { above: 0 },
      }),
      watched(stateMachine.metricTimedOut({ period, label: 'timed out' }), {
        name: 'settlements-timed-out',
        impact: `${HELD_UP}: a settlement took too long and was ended.`,
        threshold: { above: 0 },
      }),
      watched(stateMachine.metricAborted({ period, label: 'stopped' }), {
        name: 'settlements-stopped',
        impact: `${HELD_UP}: a person has stopped a settlement.`,
        threshold: { above: 0 },
      }),
    ],
    Time: ['p50', 'p95', 'Maximum'].map((statistic) =>
      stateMachine.metricTime({ period, statistic, label: statistic }),
    ),
    'Waiting for a person': [
      watched(
        deadLetters.settlements.metricApproximateNumberOfMessagesVisible({ period, label: 'failed settlements' }),
        {
          name: 'dead-letters-waiting',
          impact: `${HELD_UP}, until the settlement on this queue is mended.`,
          threshold: { above: 0 },
        },
      ),
      watched(
        deadLetters.undelivered.metricApproximateNumberOfMessagesVisible({ period, label: 'undelivered events' }),
        {
          name: 'events-undelivered',
          impact: 'Nobody yet: news of a settlement did not arrive for a day, and what looks after it came in between.',
          threshold: { above: 0 },
        },
      ),
    ],
  });

  drawRow(view, 'The clock', {
    'Calls of jobs': [
      schedules.group.metricAttempts({ period, label: 'tried' }),
      watched(schedules.group.metricTargetErrors({ period, label: 'refused' }), {
        name: 'jobs-not-started',
        impact: 'Nobody yet: but what heals, or what checks the books, is not called any more.',
        threshold: { above: 0 },
        datapoints: [3, 3],
      }),
    ],
  });

  drawRow(view, 'HTTP API', {
    Requests: [
      api.metricCount({ period, statistic: 'Sum', label: 'all' }),
      api.metricClientError({ period, statistic: 'Sum', label: '4xx' }),
      watched(api.metricServerError({ period, statistic: 'Sum', label: '5xx' }), {
        name: 'requests-failing',
        impact: 'Shoppers see an error, or PayPal’s webhooks are put off.',
        threshold: { atLeast: 5 },
      }),
    ],
    'Time to answer': ['p50', 'p95', 'p99'].map((statistic) =>
      api.metricLatency({ period, statistic, label: statistic }),
    ),
  });

  drawRow(view, 'Turned away', {
    'Requests to the HTTP API': [
      watched(measured('RequestThrottled', 'Sum', { label: 'requests' }), {
        name: 'requests-throttled',
        impact: 'Shoppers, or PayPal’s webhooks, are turned away: more come at once than the shop lets in.',
        threshold: { above: 0 },
      }),
    ],
    'Calls of functions, of the whole account': [
      watched(
        // The limit is the account’s: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', statistic: 'Sum', period, label: 'calls' }),
        {
          name: 'functions-throttled',
          impact: 'Shoppers see errors and webhooks are put off: the account runs as many functions at once as it may.',
          threshold: { above: 0 },
        },
      ),
    ],
    'Requests to DynamoDB': [
      watched(measured('TableThrottled', 'Sum', { label: 'requests' }), {
        name: 'tables-throttled',
        impact: 'Shoppers wait, and may see errors: more is asked of a table, or of one product, than DynamoDB gives.',
        threshold: { atLeast: 20 },
      }),
    ],
  });

  const ofEachFunction = (look: (fn: IFunction, label: string) => Metric) =>
    Object.entries(functions).map(([folder, fn]) => look(fn, folder));
  drawRow(view, 'Functions', {
    Calls: ofEachFunction((fn, label) => fn.metricInvocations({ period, label })),
    Crashed: Object.entries(functions).map(([folder, fn]) => {
      const crashed = fn.metricErrors({ period, label: folder });
      const rule = UNHEARD_CRASHES[folder];
      return rule ? watched(crashed, rule) : crashed;
    }),
    'Time (p95)': ofEachFunction((fn, label) => fn.metricDuration({ period, label, statistic: 'p95' })),
  });

  const ofEachTable = (look: (table: ShopTable, label: string) => Metric) =>
    Object.entries(tables).map(([name, table]) => look(table, name));
  drawRow(view, 'Tables', {
    'Written (units)': ofEachTable((table, label) => table.metricConsumedWriteCapacityUnits({ period, label })),
    'Read (units)': ofEachTable((table, label) => table.metricConsumedReadCapacityUnits({ period, label })),
  });
}
