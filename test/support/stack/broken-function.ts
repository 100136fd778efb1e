import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { functionOf, lambda } from './aws.ts';

/** Lets one of the shop's functions look for tables that are not there, as after a bad deployment, until it is mended. */
export async function breakFunction(folder: string): Promise<{ readonly mend: () => Promise<void> }> {
  const FunctionName = await functionOf(folder);
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const right = Environment?.Variables ?? {};
  const configure = async (Variables: Record<string, string>): Promise<void> => {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  };
  await configure(
    Object.fromEntries(
      Object.entries(right).map(([name, value]) => [name, name.endsWith('_TABLE') ? 'no-such-table' : value]),
    ),
  );
  return { mend: () => configure(right) };
}
