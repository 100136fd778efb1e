import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { inject } from 'vitest';
import { CREDENTIALS } from '../../../local/ministack.ts';
import { startSimulator } from '../../../simulator/server.ts';
import { httpEvent, invocation } from '../builders/invocation.ts';
import { startLoopbackServer } from '../latch.ts';
import { type AwsCalls, recordAwsCalls } from './aws-calls.ts';
import { shopEnvironment } from './function-environment.ts';

/** The functions behind the HTTP API, run in this process, with PayPal's simulator; their calls to AWS are recorded. */
export interface FunctionsInProcess {
  readonly aws: AwsCalls;
  readonly simulatorUrl: string;
  stop(): Promise<void>;
}

type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** Starts them; the handlers are imported only now, for they read their environment as they load. */
export async function startFunctionsInProcess(): Promise<FunctionsInProcess> {
  const { endpoint, region } = inject('aws');
  const aws = recordAwsCalls(endpoint);
  const simulator = await startSimulator();

  const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } });
  const { stateMachineArn = '' } = await new SFNClient({ endpoint, region, credentials: CREDENTIALS }).send(
    new CreateStateMachineCommand({
      name: `machine-${Date.now()}`,
      definition,
      roleArn: 'arn:aws:iam::000000000000:role/any',
    }),
  );

  const handlers: Record<string, HttpHandler> = {};
  const door = await startLoopbackServer(async ({ method, path, headers, body }) => {
    const handler = handlers[path.split('/')[1] ?? ''];
    const answer = await handler?.(httpEvent(method, path, { headers, body }), invocation());
    return { status: answer?.statusCode ?? 404, body: answer?.body ?? '' };
  });

  await shopEnvironment({
    simulatorUrl: simulator.url,
    webhookUrl: `${door.url}/webhooks/paypal`,
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
      await door.close();
    },
  };
}
