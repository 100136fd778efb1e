import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { queueDepth, servicesOfWorkflow, tableStatus, workflowStatus } from '../../src/admin-api/aws-status.ts';
import type { HealthDeps } from '../../src/admin-api/health-checks.ts';
import { readPayPalSecret } from '../../src/paypal/secret.ts';
import { JOB_NAMES } from '../../src/reconciliation/job.ts';
import type { EnvName } from '../../src/shared/env.ts';

const TABLES = {
  products: 'PRODUCTS_TABLE',
  reservations: 'RESERVATIONS_TABLE',
  'checkout-sessions': 'CHECKOUT_SESSIONS_TABLE',
  payments: 'PAYMENTS_TABLE',
  orders: 'ORDERS_TABLE',
  'webhook-events': 'WEBHOOK_EVENTS_TABLE',
  idempotency: 'IDEMPOTENCY_TABLE',
  operations: 'OPERATIONS_TABLE',
} as const satisfies Readonly<Record<string, EnvName>>;

/** What is asked of AWS and of the secret for the deep health. `env` reads the function's environment. */
export const composeHealth = ({
  dynamo,
  stepFunctions,
  sqs,
  lambda,
  env,
}: {
  readonly dynamo: DynamoDBClient;
  readonly stepFunctions: SFNClient;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly env: (name: EnvName) => string;
}): Pick<HealthDeps, 'tables' | 'queues' | 'workflowStatus' | 'services' | 'secret' | 'jobs'> => ({
  tables: Object.fromEntries(
    Object.entries(TABLES).map(([name, variable]) => [name, tableStatus(dynamo, env(variable))]),
  ),
  queues: {
    'dead letters': queueDepth(sqs, env('DEAD_LETTER_QUEUE_URL')),
    undelivered: queueDepth(sqs, env('UNDELIVERED_QUEUE_URL')),
  },
  workflowStatus: workflowStatus(stepFunctions, env('STATE_MACHINE_ARN')),
  services: servicesOfWorkflow(stepFunctions, lambda, env('STATE_MACHINE_ARN')),
  secret: () => readPayPalSecret(env('PAYPAL_SECRET_NAME')),
  jobs: [...JOB_NAMES, 'consistency'],
});
