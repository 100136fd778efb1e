import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { ClientOptions } from '../../../local/ministack.ts';

/** The functions of a running shop, by their folder under lambdas/. */
export function deployedFunctions(options: ClientOptions) {
  const lambda = new LambdaClient(options);

  /** The name that a function was deployed under. */
  const nameOf = async (folder: string): Promise<string> => {
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    const found = Functions.find(({ Environment }) => Environment?.Variables?.POWERTOOLS_SERVICE_NAME === folder);
    if (!found?.FunctionName) throw new Error(`there is no function ${folder}`);
    return found.FunctionName;
  };

  /** Calls a function as the clock would, and answers what it returned. @throws Error when it failed. */
  const call = async (folder: string, event: object): Promise<ReturnType<typeof JSON.parse>> => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: await nameOf(folder), Payload: JSON.stringify(event) }),
    );
    const answer = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError) throw new Error(`${folder} failed: ${answer}`);
    return JSON.parse(answer);
  };
  return { lambda, nameOf, call };
}
