import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { ClientOptions } from '../ops/emulator-client.ts';
import { type AwsProxy, startAwsProxy } from './aws-proxy.ts';

/** A proxy in front of AWS for each function of a design. */
export interface AwsProxies {
  /** By the name of the function. */
  readonly of: Readonly<Record<string, AwsProxy>>;
  /** The functions call AWS directly again. */
  stop(): Promise<void>;
}

/** @param functions deployed names, by name */
export async function startAwsProxies(
  options: ClientOptions,
  functions: Readonly<Record<string, string>>,
): Promise<AwsProxies> {
  const lambda = new LambdaClient(options);
  await using started = new AsyncDisposableStack();
  started.defer(() => lambda.destroy());
  const of: Record<string, AwsProxy> = {};
  for (const [name, FunctionName] of Object.entries(functions)) {
    const proxy = await startAwsProxy(options);
    started.defer(() => proxy.close());
    of[name] = proxy;
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const configure = (Variables: Record<string, string>) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    const variables = Environment?.Variables ?? {};
    started.defer(async () => void (await configure(variables)));
    await configure({ ...variables, AWS_ENDPOINT_URL: proxy.url });
  }
  const running = started.move();
  return { of, stop: () => running.disposeAsync() };
}
