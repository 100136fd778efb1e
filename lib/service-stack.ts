import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { MAX_MESSAGES, MAX_RECORDS, MAX_WORKERS, windowSeconds } from '../src/consistency/check-times.ts';
import { CLAIM_SECONDS, MAX_RECEIVES } from '../src/reconciliation/queue-times.ts';
import { Canary } from './constructs/canary.ts';
import { DeadLetterQueues } from './constructs/dead-letter-queues.ts';
import { ExecutionEvents } from './constructs/execution-events.ts';
import { ShopApi } from './constructs/http-api.ts';
import { PaymentSettlement } from './constructs/payment-settlement.ts';
import { Schedules } from './constructs/schedules.ts';
import { invokeWithChanges } from './constructs/table-stream.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import { createFunctions } from './create-functions.ts';
import type { DataStack } from './data-stack.ts';
import { FUNCTIONS, type FunctionName } from './functions.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import type { TableName } from './names.ts';
import { totalOf } from './reserved-concurrency.ts';
import { ROUTES } from './routes.ts';
import { scheduledJobs } from './scheduled-jobs.ts';
import type { Stage } from './stages.ts';

/** The functions that shoppers and PayPal call. */
const CANARIES: readonly FunctionName[] = ['paypal-webhook', 'storefront', 'payment-status'];

/** What a bad version of them sets off within ten minutes. */
const ROLLBACK_ALARMS = ['requests-failing', 'deliveries-postponed', 'signatures-refused', 'functions-throttled'];

/** A purchase has rows in each but the first, under keys with its random part. */
const CHECKED_TABLES = [
  'products',
  'payments',
  'checkout-sessions',
  'reservations',
  'orders',
] as const satisfies TableName[];

export interface ServiceStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** Functions, HTTP API, workflow, schedules and monitoring. Its only data is the dead letters. */
export class ServiceStack extends Stack {
  readonly api: HttpApi;

  constructor(scope: Construct, { stage, data }: ServiceStackProps) {
    super(scope, `settle-once-${stage.name}-service`, {
      description: `settle-once ${stage.name}: functions, HTTP API and settlement workflow`,
      terminationProtection: stage.isProtected,
    });

    // Set to "weak" in cdk.json once no deployment of 0.1.0 is left: docs/decisions/0026-stacks-refer-to-outputs.md
    Validations.of(this).acknowledge({
      id: 'Annotation::@aws-cdk/core:crossStackReferencesBothTransitional',
      reason: 'An update from 0.1.0 needs its exports until the service stack imports none of them.',
    });
    const deadLetters = new DeadLetterQueues(this, 'dead-letters');
    const { undelivered } = deadLetters;
    const paymentQueue = new WorkQueue(this, 'payment-queue', {
      undelivered,
      retention: Duration.seconds(CLAIM_SECONDS),
      timeout: FUNCTIONS.reconciliation.timeout,
      maxReceives: MAX_RECEIVES,
    });
    const checkQueue = new WorkQueue(this, 'check-queue', {
      undelivered,
      retention: Duration.days(4),
      timeout: FUNCTIONS.changes.timeout,
      maxReceives: 5,
    });
    const functions = createFunctions(this, { stage, data, deadLetters, paymentQueue, checkQueue }, FUNCTIONS);
    paymentQueue.invoke(functions.reconciliation, { batchSize: 10, maxConcurrency: stage.maxPaymentWorkers });
    checkQueue.invoke(functions.changes, { batchSize: MAX_MESSAGES, maxConcurrency: MAX_WORKERS });
    invokeWithChanges(functions.audit, data.tables.audit, { id: 'audit-stream', undelivered, batchSize: 100 });
    for (const name of CHECKED_TABLES) {
      invokeWithChanges(functions.changes, data.tables[name], {
        id: `${name}-stream`,
        undelivered,
        batchSize: MAX_RECORDS,
        window: Duration.seconds(windowSeconds(stage.intervals.graceSeconds)),
      });
    }
    const { stateMachine } = new PaymentSettlement(this, 'settlement', {
      stage,
      services: functions,
    });
    new ExecutionEvents(this, 'execution-events', { stateMachine, deadLetters, recorder: functions.settlements });
    const schedules = new Schedules(this, 'schedules', {
      stage,
      undelivered,
      jobs: scheduledJobs(stage.intervals).map(({ target, ...job }) => ({ ...job, target: functions[target] })),
    });
    const canary = stage.canary
      ? new Canary(this, 'canary', {
          functions: CANARIES.map((name) => functions[name]),
          parametersHash: stage.parametersHash,
        })
      : undefined;
    const { api } = new ShopApi(this, 'api', {
      stage,
      routes: Object.entries(ROUTES).map(([name, routes]) => {
        const fn = functions[name as FunctionName];
        return [canary?.aliases.get(fn) ?? (fn as IFunction), routes];
      }),
    });

    this.api = api;
    const monitoring = new Monitoring(this, 'monitoring', {
      stage,
      functions,
      stateMachine,
      deadLetters,
      checkQueue,
      schedules,
      api,
      tables: data.tables,
    });
    canary?.rollBackOn(monitoring.alarmsNamed(ROLLBACK_ALARMS));

    // `npm run deploy` reads it, so that later deployments keep them.
    new CfnOutput(this, 'Settings', { value: JSON.stringify(stage.settings) });
    new CfnOutput(this, 'AlarmTopicArn', { value: monitoring.topic.topicArn });
    // `npm run deploy` reads it: what the next deployment may reserve includes this.
    new CfnOutput(this, 'ReservedConcurrency', { value: String(totalOf(stage.reservedConcurrency)) });
    new CfnOutput(this, 'ApiId', { value: api.apiId });
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
    new CfnOutput(this, 'PayPalUrl', { value: stage.payPal.baseUrl });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.settlements.queueUrl });
    new CfnOutput(this, 'UndeliveredQueueUrl', { value: deadLetters.undelivered.queueUrl });
  }
}
