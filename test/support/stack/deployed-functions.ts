import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { ClientOptions } from '../../../ops/emulator-client.ts';

/** The functions of a running shop, by the name of their entry under lambdas/. */
export function deployedFunctions(options: ClientOptions) {
  const lambda = new LambdaClient(options);

  /** The physical name of a function. */
  const nameOf = async (name: string): Promise<string> => {
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    const found = Functions.find(({ Environment }) => Environment?.Variables?.POWERTOOLS_SERVICE_NAME === name);
    if (!found?.FunctionName) throw new Error(`function ${name} not found`);
    return found.FunctionName;
  };

  /** Invokes a function as a schedule does, and returns its result. @throws Error when it failed. */
  const call = async (name: string, event: object): Promise<ReturnType<typeof JSON.parse>> => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: await nameOf(name), Payload: JSON.stringify(event) }),
    );
    const payload = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError) throw new Error(`${name} failed: ${payload}`);
    return JSON.parse(payload);
  };
  return { lambda, nameOf, call };
}
