import { Duration } from 'aws-cdk-lib';
import type { EnvName } from '../src/shared/env.ts';
import { WORKFLOW_SERVICES } from '../src/shared/workflow-steps.ts';
import type { QueueAction } from './constructs/dead-letter-queues.ts';
import type { ExecutionAction } from './constructs/payment-settlement.ts';
import type { TableAction } from './constructs/table.ts';
import type { TableName } from './names.ts';

const { minutes, seconds } = Duration;

/** A function and its permissions: policies and environment are derived from this, and from nothing else. */
export interface FunctionSpec {
  /** At most 29 s behind the HTTP API, whose integration timeout is 30 s. */
  readonly timeout: Duration;

  /** MiB. Lambda allocates CPU in proportion, so functions that people wait for get more. */
  readonly memory: 512 | 1024;

  readonly tables?: { readonly [Name in TableName]?: readonly TableAction[] };

  /** Partitions that `tables` is limited to. @default - the whole table */
  readonly partitions?: { readonly [Name in TableName]?: readonly string[] };

  /** Indexes it may query. They project keys only; items are read with the actions of `tables`. */
  readonly indexes?: { readonly [Name in TableName]?: readonly string[] };

  /** Reads the PayPal credentials. */
  readonly usesPayPal?: boolean;

  readonly startsSettlements?: boolean;

  /** Actions on executions of the payment-settlement workflow. */
  readonly executions?: readonly ExecutionAction[];

  /** Actions on the dead-letter queue of settlements. */
  readonly deadLetters?: readonly QueueAction[];

  /** Actions on the queue of due payments. */
  readonly paymentQueue?: readonly QueueAction[];

  /** Actions on the queue of purchases to check. */
  readonly checkQueue?: readonly QueueAction[];

  /** Reads the depth of both dead-letter queues. */
  readonly readsQueueDepth?: boolean;

  /** Invokes the consistency function. */
  readonly invokesConsistencyCheck?: boolean;

  /** Functions whose configuration it reads, for the health check. */
  readonly describesFunctions?: readonly string[];

  /** Kinds of items it may delete from the operations table. No function may delete the audit log. */
  readonly deletesItemKinds?: readonly 'failed-settlement'[];

  /** Environment variables beyond those that the keys above imply. */
  readonly environment?: readonly Exclude<EnvName, 'CONSISTENCY_FUNCTION'>[];
}

/** All functions, by the name of their entry under lambdas/. */
export const FUNCTIONS = {
  storefront: {
    timeout: seconds(29),
    memory: 1024,
    tables: {
      products: ['BatchGetItem', 'Scan', 'UpdateItem'],
      reservations: ['GetItem', 'PutItem', 'UpdateItem'],
      'checkout-sessions': ['GetItem', 'PutItem', 'UpdateItem'],
      payments: ['GetItem', 'PutItem', 'UpdateItem'],
      orders: ['GetItem', 'PutItem'],
      operations: ['UpdateItem'],
      idempotency: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
    },
    usesPayPal: true,
    startsSettlements: true,
    environment: ['ORIGIN_SECRET_HASHES', 'STOREFRONT_ORIGIN', 'VERSION'],
  },
  'payment-status': {
    timeout: seconds(10),
    memory: 1024,
    tables: { payments: ['GetItem'], orders: ['GetItem'] },
    indexes: { payments: ['by-paypal-order'] },
    environment: ['ORIGIN_SECRET_HASHES'],
  },
  'api-document': { timeout: seconds(5), memory: 512, environment: ['ORIGIN_SECRET_HASHES'] },
  'paypal-webhook': {
    timeout: seconds(10),
    memory: 1024,
    tables: {
      'webhook-events': ['UpdateItem'],
      idempotency: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
      payments: ['GetItem', 'UpdateItem'],
      orders: ['PutItem'],
    },
    indexes: { payments: ['by-paypal-order', 'by-capture'] },
    usesPayPal: true,
    startsSettlements: true,
    environment: ['ORIGIN_SECRET_HASHES', 'PAYPAL_CERT_ORIGINS', 'PAYPAL_CERT_NAMES'],
  },
  payments: {
    timeout: seconds(29),
    memory: 512,
    tables: { payments: ['GetItem', 'UpdateItem'], orders: ['PutItem'], operations: ['UpdateItem'] },
    usesPayPal: true,
    startsSettlements: true,
  },
  inventory: {
    timeout: seconds(10),
    memory: 512,
    tables: { products: ['UpdateItem'], reservations: ['GetItem', 'UpdateItem'] },
  },
  checkout: {
    timeout: seconds(10),
    memory: 512,
    tables: { 'checkout-sessions': ['UpdateItem'] },
  },
  admin: {
    timeout: seconds(29),
    memory: 1024,
    tables: {
      products: ['BatchGetItem', 'DescribeTable', 'UpdateItem'],
      reservations: ['BatchGetItem', 'DescribeTable', 'GetItem', 'UpdateItem'],
      'checkout-sessions': ['BatchGetItem', 'DescribeTable', 'GetItem', 'UpdateItem'],
      payments: ['DescribeTable', 'GetItem', 'PutItem', 'UpdateItem'],
      orders: ['DescribeTable', 'GetItem', 'PutItem', 'UpdateItem'],
      'webhook-events': ['BatchGetItem', 'DescribeTable', 'GetItem', 'UpdateItem'],
      operations: ['DescribeTable', 'GetItem', 'Query', 'UpdateItem'],
      idempotency: ['DeleteItem', 'DescribeTable', 'GetItem', 'PutItem', 'UpdateItem'],
      access: ['BatchGetItem', 'DescribeTable', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      // No function may change or delete an entry.
      audit: ['DescribeTable', 'PutItem', 'Query'],
    },
    indexes: {
      payments: ['by-paypal-order', 'by-capture', 'by-due'],
      reservations: ['by-due'],
      'webhook-events': ['by-status', 'by-payment'],
    },
    usesPayPal: true,
    startsSettlements: true,
    executions: ['DescribeExecution', 'DescribeStateMachine', 'GetExecutionHistory', 'RedriveExecution'],
    deletesItemKinds: ['failed-settlement'],
    readsQueueDepth: true,
    invokesConsistencyCheck: true,
    describesFunctions: WORKFLOW_SERVICES,
    environment: [
      'ORIGIN_SECRET_HASHES',
      'REFUND_LIMIT',
      'RESERVED_CONCURRENCY',
      'SETTINGS',
      'STAGE',
      'STOREFRONT_ORIGIN',
      'USER_POOL_CLIENT_ID',
      'USER_POOL_ID',
      'USER_POOL_JWKS_URL',
      'VERSION',
    ],
  },
  settlements: {
    timeout: seconds(29),
    memory: 512,
    tables: { payments: ['GetItem', 'UpdateItem'], operations: ['UpdateItem'] },
    executions: ['GetExecutionHistory'],
    deletesItemKinds: ['failed-settlement'],
  },
  // Cognito's InitiateAuth needs no credentials: permissions on the operators' sessions only.
  'sign-in': {
    timeout: seconds(10),
    memory: 1024,
    tables: { access: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'] },
    partitions: { access: ['operator', 'session'] },
    environment: ['ORIGIN_SECRET_HASHES', 'STOREFRONT_ORIGIN', 'USER_POOL_CLIENT_ID'],
  },
  // Its log group is the copy of the audit log. Invoked with the changes of the table.
  audit: { timeout: seconds(10), memory: 512 },
  // Invoked with the changes of products and of all rows of purchases, and after the grace period to check them; writes findings only.
  changes: {
    timeout: seconds(29),
    memory: 512,
    tables: {
      reservations: ['BatchGetItem'],
      'checkout-sessions': ['BatchGetItem'],
      payments: ['BatchGetItem'],
      orders: ['BatchGetItem'],
      operations: ['PutItem', 'UpdateItem'],
    },
    partitions: { operations: ['finding', 'stock-drift'] },
    // Lambda receives with the role of the function.
    checkQueue: ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage', 'SendMessage'],
    environment: ['GRACE_SECONDS'],
  },
  // Reads all business tables; writes findings only.
  consistency: {
    timeout: seconds(29),
    memory: 1024,
    tables: {
      products: ['Scan'],
      reservations: ['BatchGetItem', 'Scan'],
      'checkout-sessions': ['BatchGetItem', 'Scan'],
      payments: ['BatchGetItem', 'Scan'],
      orders: ['BatchGetItem', 'Scan'],
      'webhook-events': ['GetItem'],
      operations: ['GetItem', 'PutItem', 'Query', 'UpdateItem'],
    },
    indexes: { payments: ['by-due'], 'webhook-events': ['by-status'] },
    usesPayPal: true,
    executions: ['ListExecutions'],
    environment: ['GRACE_SECONDS'],
  },
  reconciliation: {
    // A run stops before this limit; the next scheduled run continues.
    timeout: minutes(2),
    memory: 512,
    tables: {
      products: ['BatchGetItem', 'UpdateItem'],
      reservations: ['BatchGetItem', 'GetItem', 'UpdateItem'],
      'checkout-sessions': ['BatchGetItem', 'GetItem', 'UpdateItem'],
      payments: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'],
      orders: ['PutItem'],
      'webhook-events': ['BatchGetItem', 'GetItem', 'UpdateItem'],
      idempotency: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
      operations: ['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
    },
    indexes: {
      payments: ['by-due', 'by-paypal-order', 'by-capture', 'by-ledger-day'],
      reservations: ['by-due'],
      'webhook-events': ['by-status'],
    },
    usesPayPal: true,
    startsSettlements: true,
    executions: ['DescribeExecution', 'GetExecutionHistory', 'RedriveExecution'],
    deadLetters: ['ChangeMessageVisibility', 'DeleteMessage', 'ReceiveMessage'],
    // Lambda receives with the role of the function.
    paymentQueue: ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage', 'SendMessage'],
    deletesItemKinds: ['failed-settlement'],
  },
  fulfillment: {
    timeout: seconds(29),
    memory: 512,
    tables: {
      orders: ['PutItem', 'UpdateItem'],
      'checkout-sessions': ['GetItem'],
      payments: ['GetItem'],
    },
    usesPayPal: true,
  },
} as const satisfies Record<string, FunctionSpec>;

/** The name of a function: its entry under lambdas/, without `.ts`. */
export type FunctionName = keyof typeof FUNCTIONS;
