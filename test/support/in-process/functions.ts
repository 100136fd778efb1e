import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { inject } from 'vitest';
import { EMULATOR_CREDENTIALS } from '../../../ops/emulator-client.ts';
import { startSimulator } from '../../../simulator/server.ts';
import { httpEvent, invocation } from '../builders/invocation.ts';
import { startLoopbackServer } from '../loopback-server.ts';
import { type AwsCalls, recordAwsCalls } from './aws-calls.ts';
import { shopEnvironment } from './function-environment.ts';

/** The functions behind the HTTP API, run in this process, with PayPal's simulator; their AWS calls are recorded. */
export interface FunctionsInProcess {
  readonly aws: AwsCalls;
  readonly simulatorUrl: string;
  stop(): Promise<void>;
}

type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** Imports the handlers late: they read the environment when they load. */
export async function startFunctionsInProcess(): Promise<FunctionsInProcess> {
  const { endpoint, region } = inject('aws');
  const aws = recordAwsCalls(endpoint);
  const simulator = await startSimulator();

  const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } });
  const { stateMachineArn = '' } = await new SFNClient({ endpoint, region, credentials: EMULATOR_CREDENTIALS }).send(
    new CreateStateMachineCommand({
      name: `machine-${Date.now()}`,
      definition,
      roleArn: 'arn:aws:iam::000000000000:role/any',
    }),
  );

  const handlers: Record<string, HttpHandler> = {};
  const server = await startLoopbackServer(async ({ method, path, headers, body }) => {
    const handler = handlers[path.split('/')[1] ?? ''];
    const response = await handler?.(httpEvent(method, path, { headers, body }), invocation());
    return { status: response?.statusCode ?? 404, body: response?.body ?? '' };
  });

  await shopEnvironment({
    simulatorUrl: simulator.url,
    webhookUrl: `${server.url}/webhooks/paypal`,
    stateMachineArn,
  });
  const [webhook, storefront] = await Promise.all([
    import('../../../lambdas/paypal-webhook.ts'),
    import('../../../lambdas/storefront.ts'),
  ]);
  Object.assign(handlers, { webhooks: webhook.handler, api: storefront.handler });
  return {
    aws,
    simulatorUrl: simulator.url,
    stop: async () => {
      await simulator.stop();
      aws.stop();
      await server.close();
    },
  };
}
