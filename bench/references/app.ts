import { join } from 'node:path';
import { App, AssetHashType, CfnOutput, DockerImage, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  Chain,
  DefinitionBody,
  Errors,
  Fail,
  type IChainable,
  JsonPath,
  Parallel,
  StateMachine,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke, SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { bundle } from '../../lib/constructs/node-lambda.ts';

/*
 * The CDK app of the designs that `npm run bench` compares the shop with.
 */

const app = new App();
const environment = {
  PAYPAL_URL: String(app.node.tryGetContext('payPalUrl')),
  // What the simulator accepts.
  PAYPAL_CLIENT_ID: 'sandbox-client',
  PAYPAL_CLIENT_SECRET: 'sandbox-secret',
};

/** A reference: a Lambda function for each export of an entry beside this file. */
class Reference {
  readonly stack: Stack;
  private readonly code: Code;
  private readonly tables: Readonly<Record<string, Table>>;

  constructor(name: string) {
    this.stack = new Stack(app, `bench-${name}`);
    this.code = codeOf(name);
    const table = (id: string, key: string, sortKey?: string) =>
      new Table(this.stack, `${id}-table`, {
        partitionKey: { name: key, type: AttributeType.STRING },
        ...(sortKey && { sortKey: { name: sortKey, type: AttributeType.STRING } }),
        billingMode: BillingMode.PAY_PER_REQUEST,
        removalPolicy: RemovalPolicy.DESTROY,
      });
    this.tables = {
      events: table('events', 'event_id'),
      sessions: table('sessions', 'session_id'),
      stock: table('stock', 'sku'),
      orders: table('orders', 'session_id', 'order_id'),
    };
    for (const [id, { tableName }] of Object.entries(this.tables)) this.output(`Table${id}`, tableName);
  }

  /** A function of an exported handler. */
  handler(name: string): LambdaFunction {
    const fn = new LambdaFunction(this.stack, name, {
      code: this.code,
      handler: `index.${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(29),
      environment,
    });
    for (const [id, table] of Object.entries(this.tables)) {
      fn.addEnvironment(`${id.toUpperCase()}_TABLE`, table.tableName);
      table.grantReadWriteData(fn);
    }
    this.output(`Function${name}`, fn.functionName);
    return fn;
  }

  task(name: string): LambdaInvoke {
    return new LambdaInvoke(this.stack, `${name}-task`, {
      stateName: name,
      lambdaFunction: this.handler(name),
      payloadResponseOnly: true,
    });
  }

  /** The state machine, and the HTTP API whose webhook starts it. */
  serve(definition: IChainable): void {
    const machine = new StateMachine(this.stack, 'machine', {
      definitionBody: DefinitionBody.fromChainable(definition),
    });
    const webhook = this.handler('webhook');
    webhook.addEnvironment('STATE_MACHINE_ARN', machine.stateMachineArn);
    machine.grantStartExecution(webhook);

    const api = new HttpApi(this.stack, 'api');
    const route = (method: HttpMethod, path: string, fn: LambdaFunction) =>
      api.addRoutes({ methods: [method], path, integration: new HttpLambdaIntegration(fn.node.id, fn) });
    route(HttpMethod.POST, '/sessions', this.handler('checkOut'));
    route(HttpMethod.POST, '/webhooks/paypal', webhook);
    route(HttpMethod.GET, '/orders/{id}', this.handler('orders'));
    this.output('ApiId', api.apiId);
    this.output('StateMachineArn', machine.stateMachineArn);
  }

  private output(id: string, value: string): void {
    new CfnOutput(this.stack, id, { value });
  }
}

/** One bundle, with the published packages. */
const codeOf = (name: string): Code =>
  Code.fromAsset(import.meta.dirname, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(folder: string) {
          bundle(join(import.meta.dirname, `${name}.ts`), join(folder, 'index.mjs'), {});
          return true;
        },
      },
      // Required by the CDK and never run. The command is part of its cache key.
      image: DockerImage.fromRegistry('none'),
      command: [name],
    },
  });

function naive(): void {
  const reference = new Reference('naive');
  const steps = ['inventory', 'checkout', 'fulfillment'].map((step) => reference.task(step));
  reference.serve(new Parallel(reference.stack, 'steps').branch(...steps));
}

function booking(): void {
  const reference = new Reference('booking');
  const { stack } = reference;

  const deadLetter = new SqsSendMessage(stack, 'toDeadLetters', {
    queue: new Queue(stack, 'dead-letters'),
    messageBody: TaskInput.fromJsonPathAt('$'),
    resultPath: JsonPath.DISCARD,
  });
  deadLetter.next(new Fail(stack, 'bookingFailed'));

  const resultPath = '$.error';
  const compensation = (name: string, next: IChainable) => {
    const task = reference.task(name);
    task.addRetry({ errors: [Errors.TASKS_FAILED], maxAttempts: 2, interval: Duration.seconds(1) });
    task.addCatch(deadLetter, { resultPath });
    task.next(next);
    return task;
  };
  const refundPayment = compensation('refundPayment', deadLetter);
  const releaseStock = compensation('releaseStock', refundPayment);
  const cancelOrder = compensation('cancelOrder', releaseStock);

  const step = (name: string, onFailure: IChainable) => {
    const task = reference.task(name);
    task.addRetry({ errors: ['ConditionalCheckFailedException'], maxAttempts: 0 });
    task.addRetry({ errors: [Errors.TASKS_FAILED], maxAttempts: 2, interval: Duration.seconds(1) });
    return task.addCatch(onFailure, { resultPath });
  };
  reference.serve(
    Chain.start(step('reserveStock', refundPayment))
      .next(step('createOrder', releaseStock))
      .next(step('collectPayment', cancelOrder))
      .next(step('confirmOrder', cancelOrder))
      .next(step('completeCheckout', cancelOrder))
      .next(step('notifyBuyer', deadLetter)),
  );
}

naive();
booking();
