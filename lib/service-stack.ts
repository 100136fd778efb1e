import { ArnFormat, CfnOutput, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { EnvName } from '../lambdas/shared/env.ts';
import packageJson from '../package.json' with { type: 'json' };
import { NodeLambda } from './constructs/node-lambda.ts';
import { SettlementEnds } from './constructs/settlement-ends.ts';
import { machineArn, SettlementWorkflow } from './constructs/settlement-workflow.ts';
import { type Route, ShopApi } from './constructs/shop-api.ts';
import type { TableAction } from './constructs/shop-table.ts';
import type { DataStack } from './data-stack.ts';
import { payPalSecretName, TABLE_NAMES, type TableName } from './names.ts';
import type { Stage } from './stages.ts';

const { seconds } = Duration;

/** What a function is, and all that it may do: its policies and its environment are made from this, and from nothing else. */
interface FunctionSpec {
  /** At most 29 s behind the HTTP API, which waits no longer. */
  readonly timeout: Duration;

  /** MiB. Lambda gives processor time in proportion, so what a person waits for gets more. */
  readonly memory: 512 | 1024;

  readonly tables?: { readonly [Name in TableName]?: readonly TableAction[] };

  /** Indexes that it may query; what they find, it reads by `tables`. */
  readonly indexes?: { readonly [Name in TableName]?: readonly string[] };

  /** Reads the PayPal credentials. */
  readonly usesPayPal?: boolean;

  readonly startsSettlements?: boolean;

  /** What else its environment holds. */
  readonly knows?: readonly EnvName[];
}

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
    knows: ['STOREFRONT_ORIGIN', 'VERSION'],
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
    knows: ['PAYPAL_CERT_ORIGINS', 'PAYPAL_CERT_NAMES'],
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
  recorder: { timeout: seconds(10), memory: 512, tables: { payments: ['UpdateItem'] } },
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
  'api-document': [{ route: 'GET /api/v1/openapi.json', open: 'The description of a public API is public.' }],
  'paypal-webhook': [
    {
      route: 'POST /webhooks/paypal',
      open: 'PayPal cannot log in: the function checks its signature on every delivery.',
    },
  ],
} as const satisfies { readonly [Name in FunctionName]?: readonly Route[] };

/** What the service stack is made of. */
export interface ServiceStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** What runs: functions, HTTP API, workflow. It holds no data but dead letters. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, { stage, data }: ServiceStackProps) {
    super(scope, `settle-once-${stage.name}-service`, {
      description: `settle-once ${stage.name}: functions, HTTP API and settlement workflow`,
      terminationProtection: stage.keepsData,
    });

    const environment = environmentOf(this, stage, data);
    const functions = Object.fromEntries(
      Object.entries(FUNCTIONS).map(([name, spec]) => [
        name,
        makeFunction(this, name, spec, { stage, data }, environment),
      ]),
    ) as Record<FunctionName, NodeLambda>;

    const { stateMachine } = new SettlementWorkflow(this, 'settlement', {
      stage,
      steps: {
        Inventory: functions.inventory,
        Checkout: functions.checkout,
        Fulfillment: functions.fulfillment,
        Payments: functions.payments,
      },
    });
    const { deadLetters } = new SettlementEnds(this, 'ends', { stateMachine, recorder: functions.recorder });
    const { api } = new ShopApi(this, 'api', {
      stage,
      answers: Object.entries(ROUTES).map(([name, routes]) => [functions[name as FunctionName], routes]),
    });

    new CfnOutput(this, 'ApiId', { value: api.apiId });
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetters.queueUrl });
  }
}

/** Every environment variable there is; each function gets those that its spec speaks of. */
function environmentOf(stack: ServiceStack, stage: Stage, data: DataStack): Record<EnvName, string> {
  const table = (name: TableName) => data.tables[name].tableName;
  return {
    PRODUCTS_TABLE: table('products'),
    RESERVATIONS_TABLE: table('reservations'),
    CHECKOUT_SESSIONS_TABLE: table('checkout-sessions'),
    PAYMENTS_TABLE: table('payments'),
    ORDERS_TABLE: table('orders'),
    WEBHOOK_EVENTS_TABLE: table('webhook-events'),
    IDEMPOTENCY_TABLE: table('idempotency'),
    OPERATIONS_TABLE: table('operations'),
    STATE_MACHINE_ARN: machineArn(stack, stage),
    PAYPAL_BASE_URL: stage.payPal.baseUrl,
    PAYPAL_SECRET_NAME: payPalSecretName(stage.name),
    PAYPAL_CERT_ORIGINS: stage.payPal.certOrigins.join(','),
    PAYPAL_CERT_NAMES: stage.payPal.certNames.join(','),
    STOREFRONT_ORIGIN: stage.storefrontOrigin ?? storefrontOriginAsked(stack),
    VERSION: packageJson.version,
  };
}

/** Without it buyers would come back to nowhere, so a deployment that does not say it stops before it starts. */
const storefrontOriginAsked = (stack: ServiceStack): string =>
  new CfnParameter(stack, 'StorefrontOrigin', {
    type: 'String',
    description: 'Origin of the storefront, to which PayPal sends buyers back, such as https://shop.example',
    allowedPattern: 'https://[^/]+',
  }).valueAsString;

function makeFunction(
  stack: ServiceStack,
  folder: string,
  spec: FunctionSpec,
  { stage, data }: ServiceStackProps,
  environment: Record<EnvName, string>,
): NodeLambda {
  const names: EnvName[] = [
    ...TABLE_NAMES.filter((name) => spec.tables?.[name]).map(tableVariable),
    ...(spec.usesPayPal ? (['PAYPAL_BASE_URL', 'PAYPAL_SECRET_NAME'] as const) : []),
    ...(spec.startsSettlements ? (['STATE_MACHINE_ARN'] as const) : []),
    ...(spec.knows ?? []),
  ];
  const fn = new NodeLambda(stack, folder, {
    stage,
    folder,
    timeout: spec.timeout,
    memorySize: spec.memory,
    environment: Object.fromEntries(names.map((name) => [name, environment[name]])),
  });

  for (const name of TABLE_NAMES) {
    const actions = spec.tables?.[name];
    if (actions) data.tables[name].allow(fn, actions);
    for (const index of spec.indexes?.[name] ?? []) data.tables[name].allowLookup(fn, index);
  }
  if (spec.usesPayPal) {
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [payPalSecretArn(stack, stage)] }),
    );
  }
  if (spec.startsSettlements) {
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [environment.STATE_MACHINE_ARN] }),
    );
  }
  return fn;
}

/**
 * By name, as the functions ask for it. Secrets Manager adds six random characters to the ARN:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
const payPalSecretArn = (stack: ServiceStack, stage: Stage) =>
  stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${payPalSecretName(stage.name)}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** `webhook-events` → `WEBHOOK_EVENTS_TABLE`. */
const tableVariable = (name: TableName) =>
  `${name.toUpperCase().replaceAll('-', '_') as Uppercase<Underscored<TableName>>}_TABLE` as const;

type Underscored<Text extends string> = Text extends `${infer Left}-${infer Right}`
  ? `${Left}_${Underscored<Right>}`
  : Text;
