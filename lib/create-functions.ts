import { ArnFormat, CfnParameter, type Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import packageJson from '../package.json' with { type: 'json' };
import type { EnvName } from '../src/shared/env.ts';
import { ANY_ORIGIN } from '../src/shared/http/front-door.ts';
import type { DeadLetterQueues } from './constructs/dead-letter-queues.ts';
import { NodeLambda } from './constructs/node-lambda.ts';
import { allowExecutions, stateMachineArn } from './constructs/payment-settlement.ts';
import type { WorkQueue } from './constructs/work-queue.ts';
import type { DataStack } from './data-stack.ts';
import type { FunctionName, FunctionSpec } from './functions.ts';
import { payPalSecretName, TABLE_NAMES, type TableName } from './names.ts';
import { RESERVED_CONCURRENCY, totalOf } from './reserved-concurrency.ts';
import { effectiveSettings, type Stage } from './stages.ts';

export interface CreateFunctionsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly deadLetters: DeadLetterQueues;
  readonly paymentQueue: WorkQueue;
  readonly checkQueue: WorkQueue;
}

/** Creates the functions of a table of specs, with the permissions and the environment that each spec states. */
export function createFunctions<Name extends string>(
  stack: Stack,
  props: CreateFunctionsProps,
  specs: Readonly<Record<Name, FunctionSpec>>,
): Readonly<Record<Name, NodeLambda>> {
  const environment = environmentOf(stack, props);
  const created = Object.entries<FunctionSpec>(specs).map(([name, spec]) => [
    name,
    createFunction(stack, name, spec, props, environment),
  ]);
  const functions: Readonly<Record<Name, NodeLambda>> = Object.fromEntries(created);
  for (const [name, { invokesConsistencyCheck, describesFunctions = [] }] of Object.entries<FunctionSpec>(specs)) {
    if (invokesConsistencyCheck) allowConsistencyCheck(functions[name as Name], functions['consistency' as Name]);
    if (describesFunctions.length > 0)
      functions[name as Name].addToRolePolicy(
        new PolicyStatement({
          actions: ['lambda:GetFunctionConfiguration'],
          resources: describesFunctions.map((other) => functions[other as Name].functionArn),
        }),
      );
  }
  return functions;
}

function allowConsistencyCheck(caller: NodeLambda, consistency: NodeLambda): void {
  caller.addEnvironment('CONSISTENCY_FUNCTION' satisfies EnvName, consistency.functionName);
  // Not grantInvoke: it adds every version and alias.
  caller.addToRolePolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [consistency.functionArn] }),
  );
}

/** Every environment variable; each function gets those that its spec implies or lists. */
function environmentOf(
  stack: Stack,
  { stage, data, deadLetters, paymentQueue, checkQueue }: CreateFunctionsProps,
): Record<Exclude<EnvName, 'CONSISTENCY_FUNCTION'>, string> {
  const table = (name: TableName) => data.tables[name].tableName;
  const {
    issuer,
    pool: { userPoolId },
  } = data.operators;
  return {
    PRODUCTS_TABLE: table('products'),
    RESERVATIONS_TABLE: table('reservations'),
    CHECKOUT_SESSIONS_TABLE: table('checkout-sessions'),
    PAYMENTS_TABLE: table('payments'),
    ORDERS_TABLE: table('orders'),
    WEBHOOK_EVENTS_TABLE: table('webhook-events'),
    IDEMPOTENCY_TABLE: table('idempotency'),
    OPERATIONS_TABLE: table('operations'),
    ACCESS_TABLE: table('access'),
    AUDIT_TABLE: table('audit'),
    STATE_MACHINE_ARN: stateMachineArn(stack, stage),
    DEAD_LETTER_QUEUE_URL: deadLetters.settlements.queueUrl,
    PAYMENT_QUEUE_URL: paymentQueue.queueUrl,
    CHECK_QUEUE_URL: checkQueue.queueUrl,
    UNDELIVERED_QUEUE_URL: deadLetters.undelivered.queueUrl,
    PAYPAL_BASE_URL: stage.payPal.baseUrl,
    PAYPAL_SECRET_NAME: payPalSecretName(stage.name),
    PAYPAL_CERT_ORIGINS: stage.payPal.certOrigins.join(','),
    PAYPAL_CERT_NAMES: stage.payPal.certNames.join(','),
    STOREFRONT_ORIGIN: stage.storefrontOrigin ?? storefrontOriginParameter(stack),
    USER_POOL_ID: userPoolId,
    USER_POOL_JWKS_URL: `${stage.jwksOrigin ? `${stage.jwksOrigin}/${userPoolId}` : issuer}/.well-known/jwks.json`,
    REFUND_LIMIT: String(stage.refundLimit),
    SETTINGS: JSON.stringify(effectiveSettings(stage)),
    STAGE: stage.name,
    USER_POOL_CLIENT_ID: data.operators.client.userPoolClientId,
    ORIGIN_SECRET_HASHES: stage.originCheck ? originSecretHashesParameter(stack) : ANY_ORIGIN,
    DUE_AFTER_SECONDS: String(stage.intervals.dueAfterSeconds),
    GRACE_SECONDS: String(stage.intervals.graceSeconds),
    RESERVED_CONCURRENCY: isReservationMissing(stage) ? 'off' : 'on',
    VERSION: packageJson.version,
  };
}

/** Whether the stage requires reserved concurrency, and the deployment does without. */
const isReservationMissing = ({ name, reservedConcurrency }: Stage): boolean =>
  totalOf(reservedConcurrency) < totalOf(RESERVED_CONCURRENCY[name]);

/** No default: a deployment without it fails before it starts, because PayPal could not redirect buyers back. */
const storefrontOriginParameter = (stack: Stack): string =>
  new CfnParameter(stack, 'StorefrontOrigin', {
    type: 'String',
    description: 'Origin of the storefront, to which PayPal sends buyers back, such as https://shop.example',
    allowedPattern: 'https://[^/]+',
  }).valueAsString;

/** No default: a deployment without it keeps the previous hashes, and the first one fails. */
function originSecretHashesParameter(stack: Stack): string {
  Validations.of(stack).acknowledge({
    id: 'CloudFormation-Validate::W2509',
    reason: 'The parameter holds hashes of 64 random characters, which do not reveal them.',
  });
  return new CfnParameter(stack, 'OriginSecretHashes', {
    type: 'String',
    description: 'SHA-256 of each origin secret that is accepted from CloudFront, in hex, separated by a comma',
    allowedPattern: '[0-9a-f]{64}(,[0-9a-f]{64})?',
  }).valueAsString;
}

function createFunction(
  stack: Stack,
  name: string,
  spec: FunctionSpec,
  { stage, data, deadLetters, paymentQueue, checkQueue }: CreateFunctionsProps,
  environment: ReturnType<typeof environmentOf>,
): NodeLambda {
  const variables: (keyof typeof environment)[] = [
    ...TABLE_NAMES.filter((table) => spec.tables?.[table]).map(tableVariable),
    ...(spec.usesPayPal ? (['PAYPAL_BASE_URL', 'PAYPAL_SECRET_NAME'] as const) : []),
    ...(spec.startsSettlements || spec.executions ? (['STATE_MACHINE_ARN'] as const) : []),
    ...(spec.startsSettlements ? (['DUE_AFTER_SECONDS'] as const) : []),
    ...(spec.deadLetters ? (['DEAD_LETTER_QUEUE_URL'] as const) : []),
    ...(spec.paymentQueue ? (['PAYMENT_QUEUE_URL'] as const) : []),
    ...(spec.checkQueue ? (['CHECK_QUEUE_URL'] as const) : []),
    ...(spec.readsQueueDepth ? (['DEAD_LETTER_QUEUE_URL', 'UNDELIVERED_QUEUE_URL'] as const) : []),
    ...(spec.environment ?? []),
  ];
  const fn = new NodeLambda(stack, name, {
    stage,
    name,
    timeout: spec.timeout,
    memorySize: spec.memory,
    reservedConcurrency: stage.reservedConcurrency[name as FunctionName],
    environment: Object.fromEntries(variables.map((variable) => [variable, environment[variable]])),
  });

  for (const table of TABLE_NAMES) {
    const actions = spec.tables?.[table];
    if (actions) data.tables[table].allow(fn, actions, spec.partitions?.[table]);
    for (const index of spec.indexes?.[table] ?? []) data.tables[table].allowQuery(fn, index);
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
  for (const [queue, actions] of [
    [deadLetters.settlements, spec.deadLetters],
    [paymentQueue, spec.paymentQueue],
    [checkQueue, spec.checkQueue],
  ] as const) {
    if (actions)
      fn.addToRolePolicy(
        new PolicyStatement({ actions: actions.map((action) => `sqs:${action}`), resources: [queue.queueArn] }),
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
  if (spec.deletesItemKinds) data.tables.operations.allow(fn, ['DeleteItem'], spec.deletesItemKinds);
  return fn;
}

/**
 * By name, as the functions read it. Secrets Manager appends six random characters to the ARN:
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
