import { ArnFormat, CfnParameter, type Duration, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import packageJson from '../package.json' with { type: 'json' };
import type { EnvName } from '../src/shared/env.ts';
import type { DeadLetterQueues, QueueAction } from './constructs/dead-letter-queues.ts';
import { NodeLambda } from './constructs/node-lambda.ts';
import { allowExecutions, type ExecutionAction, stateMachineArn } from './constructs/payment-settlement.ts';
import type { TableAction } from './constructs/table.ts';
import type { DataStack } from './data-stack.ts';
import { payPalSecretName, TABLE_NAMES, type TableName } from './names.ts';
import type { Stage } from './stages.ts';

/** What a function is, and all that it may do: its policies and its environment are made from this, and from nothing else. */
export interface FunctionSpec {
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

  /** What it does with executions of the workflow. */
  readonly executions?: readonly ExecutionAction[];

  /** What it does with the dead letters of settlements. */
  readonly deadLetters?: readonly QueueAction[];

  /** Tells how much waits on the queues of what failed. */
  readonly readsQueueDepth?: boolean;

  /** Checks the books by calling the function that does. */
  readonly invokesConsistencyCheck?: boolean;

  /** Functions of which it tells whether they can be called, by their folders. */
  readonly describesFunctions?: readonly string[];

  /** The kinds of entries that it may delete from the operations table. Nobody may delete what operators did. */
  readonly deletesItemKinds?: readonly 'failed-settlement'[];

  /** What else its environment holds. */
  readonly environment?: readonly Exclude<EnvName, 'CONSISTENCY_FUNCTION'>[];
}

/** What functions are deployed for and work on. */
export interface ShopFunctionsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly deadLetters: DeadLetterQueues;
}

/** Makes the functions that are specified, by their folders under lambdas/. */
export function shopFunctions<Folder extends string>(
  stack: Stack,
  props: ShopFunctionsProps,
  specs: Readonly<Record<Folder, FunctionSpec>>,
): Readonly<Record<Folder, NodeLambda>> {
  const environment = environmentOf(stack, props);
  const made = Object.entries<FunctionSpec>(specs).map(([folder, spec]) => [
    folder,
    makeFunction(stack, folder, spec, props, environment),
  ]);
  const functions: Readonly<Record<Folder, NodeLambda>> = Object.fromEntries(made);
  for (const [folder, { invokesConsistencyCheck, describesFunctions = [] }] of Object.entries<FunctionSpec>(specs)) {
    if (invokesConsistencyCheck) allowChecks(functions[folder as Folder], functions['consistency' as Folder]);
    if (describesFunctions.length > 0)
      functions[folder as Folder].addToRolePolicy(
        new PolicyStatement({
          actions: ['lambda:GetFunctionConfiguration'],
          resources: describesFunctions.map((other) => functions[other as Folder].functionArn),
        }),
      );
  }
  return functions;
}

/** Lets a function check the books by calling the function that does. */
function allowChecks(caller: NodeLambda, consistency: NodeLambda): void {
  caller.addEnvironment('CONSISTENCY_FUNCTION' satisfies EnvName, consistency.functionName);
  // Not grantInvoke: it adds every version and alias.
  caller.addToRolePolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [consistency.functionArn] }),
  );
}

/** Every environment variable there is; each function gets those that its spec speaks of. */
function environmentOf(
  stack: Stack,
  { stage, data, deadLetters }: ShopFunctionsProps,
): Record<Exclude<EnvName, 'CONSISTENCY_FUNCTION'>, string> {
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
    STATE_MACHINE_ARN: stateMachineArn(stack, stage),
    DEAD_LETTER_QUEUE_URL: deadLetters.settlements.queueUrl,
    UNDELIVERED_QUEUE_URL: deadLetters.undelivered.queueUrl,
    PAYPAL_BASE_URL: stage.payPal.baseUrl,
    PAYPAL_SECRET_NAME: payPalSecretName(stage.name),
    PAYPAL_CERT_ORIGINS: stage.payPal.certOrigins.join(','),
    PAYPAL_CERT_NAMES: stage.payPal.certNames.join(','),
    STOREFRONT_ORIGIN: stage.storefrontOrigin ?? storefrontOriginAsked(stack),
    USER_POOL_CLIENT_ID: data.operators.client.userPoolClientId,
    DUE_AFTER_SECONDS: String(stage.intervals.dueAfterSeconds),
    GRACE_SECONDS: String(stage.intervals.graceSeconds),
    VERSION: packageJson.version,
  };
}

/** Without it buyers would come back to nowhere, so a deployment that does not say it stops before it starts. */
const storefrontOriginAsked = (stack: Stack): string =>
  new CfnParameter(stack, 'StorefrontOrigin', {
    type: 'String',
    description: 'Origin of the storefront, to which PayPal sends buyers back, such as https://shop.example',
    allowedPattern: 'https://[^/]+',
  }).valueAsString;

function makeFunction(
  stack: Stack,
  folder: string,
  spec: FunctionSpec,
  { stage, data, deadLetters }: ShopFunctionsProps,
  environment: ReturnType<typeof environmentOf>,
): NodeLambda {
  const names: (keyof typeof environment)[] = [
    ...TABLE_NAMES.filter((name) => spec.tables?.[name]).map(tableVariable),
    ...(spec.usesPayPal ? (['PAYPAL_BASE_URL', 'PAYPAL_SECRET_NAME'] as const) : []),
    ...(spec.startsSettlements || spec.executions ? (['STATE_MACHINE_ARN'] as const) : []),
    ...(spec.startsSettlements ? (['DUE_AFTER_SECONDS'] as const) : []),
    ...(spec.deadLetters ? (['DEAD_LETTER_QUEUE_URL'] as const) : []),
    ...(spec.readsQueueDepth ? (['DEAD_LETTER_QUEUE_URL', 'UNDELIVERED_QUEUE_URL'] as const) : []),
    ...(spec.environment ?? []),
  ];
  const fn = new NodeLambda(stack, folder, {
    stage,
    name: folder,
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
  if (spec.executions) allowExecutions(fn, stage, spec.executions);
  if (spec.deadLetters) {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: spec.deadLetters.map((action) => `sqs:${action}`),
        resources: [deadLetters.settlements.queueArn],
      }),
    );
  }
  if (spec.readsQueueDepth) {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['sqs:GetQueueAttributes'],
        resources: [deadLetters.settlements.queueArn, deadLetters.undelivered.queueArn],
      }),
    );
  }
  for (const kind of spec.deletesItemKinds ?? []) data.tables.operations.allowRemoval(fn, kind);
  return fn;
}

/**
 * By name, as the functions ask for it. Secrets Manager adds six random characters to the ARN:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
const payPalSecretArn = (stack: Stack, stage: Stage) =>
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
