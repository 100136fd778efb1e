import { createServer } from 'node:http';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { inject } from 'vitest';
import { CREDENTIALS } from '../../local/ministack.ts';
import { startSimulator } from '../../simulator/server.ts';
import { type AwsProxy, startAwsProxy } from './aws-proxy.ts';

/** The functions behind the HTTP API, run in this process, between a proxy before AWS and PayPal's simulator. */
export interface FunctionsInProcess {
  readonly aws: AwsProxy;
  readonly simulatorUrl: string;
  readonly webhookId: string;
  stop(): Promise<void>;
}

type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const context = {
  awsRequestId: 'request',
  functionName: 'in-process',
  getRemainingTimeInMillis: () => 10_000,
} as Context;

/** Starts them; the handlers are imported only now, for they read their environment as they load. */
export async function startFunctionsInProcess(): Promise<FunctionsInProcess> {
  const { endpoint, region, tables } = inject('aws');
  const direct = { endpoint, region, credentials: CREDENTIALS };
  const [aws, simulator] = await Promise.all([startAwsProxy(endpoint), startSimulator()]);

  const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } });
  const { stateMachineArn } = await new SFNClient(direct).send(
    new CreateStateMachineCommand({
      name: `machine-${Date.now()}`,
      definition,
      roleArn: 'arn:aws:iam::000000000000:role/any',
    }),
  );
  const secretName = `paypal-${Date.now()}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    ...Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [`${name.toUpperCase().replaceAll('-', '_')}_TABLE`, table]),
    ),
    STATE_MACHINE_ARN: stateMachineArn,
    DUE_AFTER_SECONDS: '120',
    PAYPAL_BASE_URL: simulator.url,
    PAYPAL_SECRET_NAME: secretName,
    PAYPAL_CERT_ORIGINS: simulator.url,
    PAYPAL_CERT_NAMES: 'messageverificationcerts.sandbox.paypal.com',
    STOREFRONT_ORIGIN: 'http://127.0.0.1:1',
    VERSION: 'test',
  });
  const [webhook, storefront] = await Promise.all([
    import('../../lambdas/paypal-webhook/handler.ts'),
    import('../../lambdas/storefront/handler.ts'),
  ]);
  const handlers: Record<string, HttpHandler> = { webhooks: webhook.handler, api: storefront.handler };

  const door = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      const rawPath = incoming.url ?? '/';
      const handler = handlers[rawPath.split('/')[1] ?? ''];
      const answer = await handler?.(
        {
          version: '2.0',
          routeKey: '$default',
          rawPath,
          rawQueryString: '',
          headers: incoming.headers as Record<string, string>,
          body: Buffer.concat(chunks).toString('utf8'),
          isBase64Encoded: false,
          requestContext: {
            http: { method: incoming.method ?? 'GET', path: rawPath },
            requestId: 'r',
            stage: '$default',
            domainName: 'test',
          },
        } as APIGatewayProxyEventV2,
        context,
      );
      outgoing.writeHead(answer?.statusCode ?? 404, { 'content-type': 'application/json' });
      outgoing.end(answer?.body);
    });
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const address = door.address();
  if (typeof address !== 'object' || !address) throw new Error('the door has no address');

  const webhookId = await registerWebhook(simulator.url, `http://127.0.0.1:${address.port}/webhooks/paypal`);
  const SecretString = JSON.stringify({
    client_id: 'sandbox-client',
    client_secret: 'sandbox-secret',
    webhook_id: webhookId,
  });
  await new SecretsManagerClient(direct).send(new CreateSecretCommand({ Name: secretName, SecretString }));
  return {
    aws,
    simulatorUrl: simulator.url,
    webhookId,
    stop: async () => {
      await simulator.stop();
      await aws.stop();
      door.closeAllConnections();
      await new Promise((resolve) => door.close(resolve));
    },
  };
}

async function registerWebhook(simulatorUrl: string, url: string): Promise<string> {
  const token = await fetch(`${simulatorUrl}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('sandbox-client:sandbox-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const webhook = await fetch(`${simulatorUrl}/v1/notifications/webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url, event_types: [{ name: '*' }] }),
  });
  return ((await webhook.json()) as { id: string }).id;
}
