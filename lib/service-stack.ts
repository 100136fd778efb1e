import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { JOB_NAMES } from '../src/reconciliation/job.ts';
import { DeadLetterQueues } from './constructs/dead-letter-queues.ts';
import { ExecutionEvents } from './constructs/execution-events.ts';
import { type Route, ShopApi } from './constructs/http-api.ts';
import { PaymentSettlement } from './constructs/payment-settlement.ts';
import { Schedules } from './constructs/schedules.ts';
import type { DataStack } from './data-stack.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { type FunctionSpec, shopFunctions } from './shop-functions.ts';
import type { Intervals, Stage } from './stages.ts';

const { minutes, seconds } = Duration;

/** All functions of the shop, by their folder under lambdas/. */
const FUNCTIONS = {
  storefront: {
    timeout: seconds(29),
    memory: 1024,
    tables: {
      products: ['BatchGetItem', 'Scan', 'UpdateItem'],
      reservations: ['GetItem', 'PutItem', 'UpdateItem'],
      'checkout-sessions': ['GetItem', 'PutItem', 'UpdateItem'],
      payments: ['GetItem', 'PutItem', 'UpdateItem'],
      orders: ['GetItem', 'PutItem'],
      idempotency: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
    },
    indexes: { payments: ['by-paypal-order'] },
    usesPayPal: true,
    startsSettlements: true,
    environment: ['STOREFRONT_ORIGIN', 'VERSION'],
  },
  'payment-status': {
    timeout: seconds(10),
    memory: 1024,
    tables: { payments: ['GetItem'], orders: ['GetItem'] },
    indexes: { payments: ['by-paypal-order'] },
  },
  'api-document': { timeout: seconds(5), memory: 512 },
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
    environment: ['PAYPAL_CERT_ORIGINS', 'PAYPAL_CERT_NAMES'],
  },
  payments: {
    timeout: seconds(29),
    memory: 512,
    tables: { payments: ['GetItem', 'UpdateItem'], orders: ['PutItem'] },
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
    tables: { 'checkout-sessions': ['GetItem', 'UpdateItem'] },
  },
  admin: {
    timeout: seconds(29),
    memory: 1024,
    tables: {
      products: ['DescribeTable', 'UpdateItem'],
      reservations: ['DescribeTable', 'GetItem', 'UpdateItem'],
      'checkout-sessions': ['DescribeTable', 'GetItem', 'UpdateItem'],
      payments: ['DescribeTable', 'GetItem', 'PutItem', 'UpdateItem'],
      orders: ['DescribeTable', 'GetItem', 'PutItem', 'UpdateItem'],
      'webhook-events': ['BatchGetItem', 'DescribeTable', 'GetItem', 'UpdateItem'],
      operations: ['DescribeTable', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      idempotency: ['DeleteItem', 'DescribeTable', 'GetItem', 'PutItem', 'UpdateItem'],
    },
    indexes: {
      payments: ['by-paypal-order', 'by-capture', 'by-due'],
      'webhook-events': ['by-status', 'by-payment'],
    },
    usesPayPal: true,
    startsSettlements: true,
    executions: ['DescribeExecution', 'DescribeStateMachine', 'GetExecutionHistory', 'RedriveExecution'],
    deletesItemKinds: ['failed-settlement'],
    readsQueueDepth: true,
    invokesConsistencyCheck: true,
    describesFunctions: ['inventory', 'checkout', 'fulfillment', 'payments'],
    environment: ['STOREFRONT_ORIGIN', 'VERSION'],
  },
  settlements: {
    timeout: seconds(29),
    memory: 512,
    tables: { payments: ['GetItem', 'UpdateItem'], operations: ['UpdateItem'] },
    executions: ['GetExecutionHistory'],
    deletesItemKinds: ['failed-settlement'],
  },
  // Whoever has no token yet calls it, and it asks Cognito what anybody may ask: it may do nothing in this account.
  'sign-in': { timeout: seconds(10), memory: 1024, environment: ['USER_POOL_CLIENT_ID'] },
  // What checks the books may read all of them, and write nothing but what it finds.
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
    // Each run is as long as it needs, up to this; the clock calls it again in some minutes.
    timeout: minutes(2),
    memory: 512,
    tables: {
      products: ['UpdateItem'],
      reservations: ['GetItem', 'UpdateItem'],
      'checkout-sessions': ['GetItem', 'UpdateItem'],
      payments: ['GetItem', 'PutItem', 'UpdateItem'],
      orders: ['PutItem'],
      'webhook-events': ['BatchGetItem', 'GetItem', 'UpdateItem'],
      idempotency: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
      operations: ['Query', 'UpdateItem'],
    },
    indexes: {
      payments: ['by-due', 'by-paypal-order', 'by-capture'],
      reservations: ['by-due'],
      'webhook-events': ['by-status'],
    },
    usesPayPal: true,
    startsSettlements: true,
    executions: ['DescribeExecution', 'GetExecutionHistory'],
    deadLetters: ['ChangeMessageVisibility', 'DeleteMessage', 'ReceiveMessage'],
    deletesItemKinds: ['failed-settlement'],
  },
  fulfillment: {
    timeout: seconds(29),
    memory: 512,
    tables: {
      orders: ['GetItem', 'PutItem', 'UpdateItem'],
      'checkout-sessions': ['GetItem'],
      payments: ['GetItem'],
    },
    usesPayPal: true,
  },
} as const satisfies Record<string, FunctionSpec>;

type FunctionName = keyof typeof FUNCTIONS;

const OPEN =
  'The storefront is public: shoppers have no accounts, and ids of sessions, payments and orders cannot be guessed.';

const SIGN_IN = 'Whoever signs in has no token yet: Cognito checks password or refresh token.';

/** Operators sign in a few times a day; more often than this, only somebody who guesses does. */
const GUESSES = { rateLimit: 5, burstLimit: 10 };

/** Who answers which call of the contract (docs/openapi.yaml). */
const ROUTES = {
  storefront: [
    { route: 'GET /api/v1/products', open: OPEN },
    { route: 'POST /api/v1/checkout-sessions', open: OPEN },
    { route: 'GET /api/v1/checkout-sessions/{id}', open: OPEN },
    { route: 'POST /api/v1/payments', open: OPEN },
    { route: 'POST /api/v1/payments/{id}/capture', open: OPEN },
    { route: 'POST /api/v1/payments/{id}/cancel', open: OPEN },
    { route: 'GET /api/v1/orders/{id}', open: OPEN },
    { route: 'GET /api/v1/health', open: OPEN },
    { route: 'ANY /api/{proxy+}', open: 'It answers 404 or 405 as problem+json to whatever no other route takes.' },
  ],
  'payment-status': [
    { route: 'GET /api/v1/payments', open: OPEN },
    { route: 'GET /api/v1/payments/{id}', open: OPEN },
  ],
  admin: [{ route: 'ANY /api/v1/admin/{proxy+}', open: false }],
  'sign-in': [
    { route: 'POST /api/v1/admin/sign-in', open: SIGN_IN, throttle: GUESSES },
    { route: 'POST /api/v1/admin/sign-in/refresh', open: SIGN_IN, throttle: GUESSES },
  ],
  'api-document': [{ route: 'GET /api/v1/openapi.json', open: 'The description of a public API is public.' }],
  'paypal-webhook': [
    {
      route: 'POST /webhooks/paypal',
      open: 'PayPal cannot log in: the function checks its signature on every delivery.',
    },
  ],
} as const satisfies { readonly [Name in FunctionName]?: readonly Route[] };

/** What a function is called with by the clock, and how often. */
interface TimedCall {
  readonly name: string;
  readonly runs: FunctionName;
  readonly input: object;
  readonly everyMinutes: number;
}

/** What is done by the clock, for what nobody tells the shop. */
const timedCalls = ({ reconcileEveryMinutes, checkEveryMinutes }: Intervals): readonly TimedCall[] => [
  ...JOB_NAMES.map(
    (job): TimedCall => ({
      name: job,
      runs: 'reconciliation',
      input: { job },
      // PayPal's list is long, and a webhook that never came is found before by the payment that it was about.
      everyMinutes: job === 'events' ? 60 : reconcileEveryMinutes,
    }),
  ),
  { name: 'consistency', runs: 'consistency', input: {}, everyMinutes: checkEveryMinutes },
];

/** What the service stack is made of. */
export interface ServiceStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** What runs: functions, HTTP API, workflow. It holds no data but dead letters. */
export class ServiceStack extends Stack {
  readonly api: HttpApi;

  constructor(scope: Construct, { stage, data }: ServiceStackProps) {
    super(scope, `settle-once-${stage.name}-service`, {
      description: `settle-once ${stage.name}: functions, HTTP API and settlement workflow`,
      terminationProtection: stage.retainData,
    });

    const deadLetters = new DeadLetterQueues(this, 'dead-letters');
    const functions = shopFunctions(this, { stage, data, deadLetters }, FUNCTIONS);
    const { stateMachine } = new PaymentSettlement(this, 'settlement', {
      stage,
      steps: {
        Inventory: functions.inventory,
        Checkout: functions.checkout,
        Fulfillment: functions.fulfillment,
        Payments: functions.payments,
      },
    });
    new ExecutionEvents(this, 'ends', { stateMachine, deadLetters, recorder: functions.settlements });
    const schedules = new Schedules(this, 'schedules', {
      stage,
      undelivered: deadLetters.undelivered,
      jobs: timedCalls(stage.intervals).map(({ runs, ...job }) => ({ ...job, runs: functions[runs] })),
    });
    const { api } = new ShopApi(this, 'api', {
      stage,
      operators: data.operators,
      answers: Object.entries(ROUTES).map(([name, routes]) => [functions[name as FunctionName], routes]),
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

    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'ApiId', { value: api.apiId });
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
    new CfnOutput(this, 'PayPalUrl', { value: stage.payPal.baseUrl });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.settlements.queueUrl });
    new CfnOutput(this, 'UndeliveredQueueUrl', { value: deadLetters.undelivered.queueUrl });
  }
}
