import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { logAuditEntries } from './constructs/audit-stream.ts';
import { DeadLetterQueues } from './constructs/dead-letter-queues.ts';
import { ExecutionEvents } from './constructs/execution-events.ts';
import { ShopApi } from './constructs/http-api.ts';
import { PaymentQueue } from './constructs/payment-queue.ts';
import { PaymentSettlement } from './constructs/payment-settlement.ts';
import { Schedules } from './constructs/schedules.ts';
import { createFunctions } from './create-functions.ts';
import type { DataStack } from './data-stack.ts';
import { FUNCTIONS, type FunctionName } from './functions.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { totalOf } from './reserved-concurrency.ts';
import { ROUTES } from './routes.ts';
import { scheduledJobs } from './scheduled-jobs.ts';
import type { Stage } from './stages.ts';

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

    const deadLetters = new DeadLetterQueues(this, 'dead-letters');
    const paymentQueue = new PaymentQueue(this, 'payment-queue', { undelivered: deadLetters.undelivered });
    const functions = createFunctions(this, { stage, data, deadLetters, paymentQueue }, FUNCTIONS);
    paymentQueue.invoke(functions.reconciliation, stage);
    logAuditEntries(functions.audit, data.tables.audit, deadLetters.undelivered);
    const { stateMachine } = new PaymentSettlement(this, 'settlement', {
      stage,
      services: functions,
    });
    new ExecutionEvents(this, 'execution-events', { stateMachine, deadLetters, recorder: functions.settlements });
    const schedules = new Schedules(this, 'schedules', {
      stage,
      undelivered: deadLetters.undelivered,
      jobs: scheduledJobs(stage.intervals).map(({ target, ...job }) => ({ ...job, target: functions[target] })),
    });
    const { api } = new ShopApi(this, 'api', {
      stage,
      routes: Object.entries(ROUTES).map(([name, routes]) => [functions[name as FunctionName], routes]),
    });

    this.api = api;
    const { topic } = new Monitoring(this, 'monitoring', {
      stage,
      functions,
      stateMachine,
      deadLetters,
      schedules,
      api,
      tables: data.tables,
    });

    // `npm run deploy` reads it, so that later deployments keep them.
    new CfnOutput(this, 'Settings', { value: JSON.stringify(stage.settings) });
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn });
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
