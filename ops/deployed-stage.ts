import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiGatewayV2Client, GetStageCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import { type StageName, TABLE_NAMES, type TableName, tableOutput } from '../lib/names.ts';
import { type Stage, stageFrom } from '../lib/stages.ts';
import packageJson from '../package.json' with { type: 'json' };
import { executionClient } from '../src/settlements/execution-client.ts';
import { concurrencyQuotaOf, missingQuota } from './concurrency-quota.ts';
import { type DeploymentSelector, findOutputs, type ShopOutputs } from './find-deployment.ts';
import { payPalClientFor } from './paypal-client.ts';
import { tableRestore } from './restore-table.ts';
import { rolePoliciesOf } from './role-policies.ts';
import type { DeployedStage } from './verify-shop.ts';

/**
 * A stage as AWS and PayPal describe it.
 * @param restored the table to restore
 * @throws Error when it is not deployed completely, or not running
 */
export async function deployedStage(selector: DeploymentSelector, restored?: TableName): Promise<DeployedStage> {
  const { clientOptions, webUrl, apiUrl, data, service } = await findOutputs(selector);
  const stage = stageOf(selector.stage ?? 'local', service);
  // Not before a check needs it: a secret that cannot be read is a defect like others.
  let client: ReturnType<typeof payPalClientFor> | undefined;
  const payPal = () => {
    client ??= payPalClientFor(selector);
    return client;
  };
  const stepFunctions = new SFNClient(clientOptions);
  const dynamo = new DynamoDBClient(clientOptions);
  return {
    webUrl,
    apiUrl,
    version: packageJson.version,
    stage,
    async request(method, url, body) {
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(15_000),
        ...(body !== undefined && {
          body,
          headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        }),
      });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      };
    },
    rolePolicies: () =>
      rolePoliciesOf(
        { cloudFormation: new CloudFormationClient(clientOptions), iam: new IAMClient(clientOptions) },
        `settle-once-${stage.name}-service`,
      ),
    async alarms() {
      const found = [];
      const pages = paginateDescribeAlarms(
        { client: new CloudWatchClient(clientOptions) },
        { AlarmNamePrefix: `settle-once-${stage.name}-` },
      );
      for await (const { MetricAlarms = [] } of pages)
        for (const { AlarmName = '', AlarmActions = [], ActionsEnabled = false } of MetricAlarms)
          found.push({
            name: AlarmName,
            notifies: AlarmActions.includes(service('AlarmTopicArn')),
            enabled: ActionsEnabled,
          });
      return found;
    },
    async subscriptions() {
      const found = [];
      const pages = paginateListSubscriptionsByTopic(
        { client: new SNSClient(clientOptions) },
        { TopicArn: service('AlarmTopicArn') },
      );
      // https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
      for await (const { Subscriptions = [] } of pages)
        for (const { Endpoint = '', SubscriptionArn } of Subscriptions)
          found.push({ endpoint: Endpoint, confirmed: SubscriptionArn !== 'PendingConfirmation' });
      return found;
    },
    async throttles() {
      const { DefaultRouteSettings, RouteSettings = {} } = await new ApiGatewayV2Client(clientOptions).send(
        new GetStageCommand({ ApiId: service('ApiId'), StageName: '$default' }),
      );
      const throttles = Object.entries({ ...RouteSettings, default: DefaultRouteSettings }).flatMap(
        ([route, { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit } = {}]) =>
          rateLimit === undefined || burstLimit === undefined ? [] : [[route, { rateLimit, burstLimit }] as const],
      );
      return Object.fromEntries(throttles);
    },
    tables: () =>
      Promise.all(
        TABLE_NAMES.map(async (name) => {
          const TableName = data(tableOutput(name));
          const [{ ContinuousBackupsDescription }, { Table }] = await Promise.all([
            dynamo.send(new DescribeContinuousBackupsCommand({ TableName })),
            dynamo.send(new DescribeTableCommand({ TableName })),
          ]);
          const { PointInTimeRecoveryStatus } = ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
          return {
            name,
            recoverable: PointInTimeRecoveryStatus === 'ENABLED',
            protected: Table?.DeletionProtectionEnabled === true,
          };
        }),
      ),
    missingQuota: async () =>
      missingQuota(
        stage.name,
        await concurrencyQuotaOf(new LambdaClient(clientOptions)),
        Number(service('ReservedConcurrency')),
      ),
    secret: async () => (await payPal()).stored,
    webhooks: async () => (await payPal()).paypal.listWebhooks(),
    async mayReadLedger() {
      const to = new Date();
      const from = new Date(to.getTime() - 3_600_000);
      const { paypal } = await payPal();
      const { outcome } = await paypal.listTransactions({ from, to, page: 1 });
      return outcome !== 'not_permitted';
    },
    executions: {
      ...executionClient(stepFunctions, service('StateMachineArn')),
      async startFailing(name) {
        // No branch of the state machine is for this outcome.
        const input = JSON.stringify({ outcome: 'verify' });
        await stepFunctions.send(
          new StartExecutionCommand({ stateMachineArn: service('StateMachineArn'), name, input }),
        );
      },
    },
    restore: restored && (await tableRestore(dynamo, data(tableOutput(restored)))),
    pause: () => sleep(1000),
  };
}

/** With the settings of its deployment. */
function stageOf(name: StageName, service: ShopOutputs['service']): Stage {
  const context = { ...JSON.parse(service('Settings')), stage: name, simulatorUrl: service('PayPalUrl') };
  return stageFrom({ tryGetContext: (key) => context[key] });
}
