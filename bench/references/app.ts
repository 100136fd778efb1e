import { join } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Chain, DefinitionBody, Fail, JsonPath, StateMachine, TaskInput } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke, SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { REFERENCES, STEPS } from './steps.ts';

const app = new App();
for (const name of REFERENCES) {
  const stack = new Stack(app, `bench-${name}`);
  const table = (id: string, sortKey?: string) =>
    new Table(stack, id, {
      partitionKey: { name: sortKey ? 'payment_id' : 'id', type: AttributeType.STRING },
      ...(sortKey && { sortKey: { name: sortKey, type: AttributeType.STRING } }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  const tables = {
    events: table('events'),
    sessions: table('sessions'),
    stock: table('stock'),
    orders: table('orders', 'order_id'),
  };
  const fn = (handler: string) => {
    const created = new NodejsFunction(stack, handler, {
      entry: join(import.meta.dirname, `${name}.ts`),
      handler,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(10),
      bundling: { minify: true, externalModules: [] },
      environment: Object.fromEntries(
        Object.entries(tables).map(([id, { tableName }]) => [`${id.toUpperCase()}_TABLE`, tableName]),
      ),
    });
    for (const each of Object.values(tables)) each.grantReadWriteData(created);
    return created;
  };

  const queue = name === 'booking' ? new Queue(stack, 'dead-letters') : undefined;
  const failed =
    queue &&
    new SqsSendMessage(stack, 'to dead letters', {
      queue,
      messageBody: TaskInput.fromObject({ execution: JsonPath.stringAt('$$.Execution.Name') }),
    }).next(new Fail(stack, 'failed'));
  const tasks = STEPS[name].map((step) => {
    const task = new LambdaInvoke(stack, `${step} step`, { lambdaFunction: fn(step), payloadResponseOnly: true });
    return failed ? task.addCatch(failed) : task;
  });
  const machine = new StateMachine(stack, 'machine', {
    definitionBody: DefinitionBody.fromChainable(
      tasks.slice(1).reduce((chain: Chain, task) => chain.next(task), Chain.start(tasks[0] as LambdaInvoke)),
    ),
  });

  const api = new HttpApi(stack, 'api');
  const webhook = fn('webhook');
  webhook.addEnvironment('STATE_MACHINE_ARN', machine.stateMachineArn);
  machine.grantStartExecution(webhook);
  for (const [method, path, target] of [
    [HttpMethod.POST, '/webhooks/paypal', webhook],
    [HttpMethod.POST, '/sessions', fn('checkOut')],
    [HttpMethod.GET, '/orders/{id}', fn('order')],
  ] as const)
    api.addRoutes({ methods: [method], path, integration: new HttpLambdaIntegration(path.slice(1), target) });

  new CfnOutput(stack, 'ApiId', { value: api.apiId });
  new CfnOutput(stack, 'StateMachineArn', { value: machine.stateMachineArn });
  for (const [id, { tableName }] of Object.entries(tables)) new CfnOutput(stack, `Table${id}`, { value: tableName });
}
