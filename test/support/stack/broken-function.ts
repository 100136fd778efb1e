import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { functionOf, lambda } from './aws.ts';

/** Points a function to tables that do not exist, as after a bad deployment, until it is restored. */
export async function breakFunction(name: string): Promise<{ readonly restore: () => Promise<void> }> {
  const FunctionName = await functionOf(name);
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const original = Environment?.Variables ?? {};
  const configure = async (Variables: Record<string, string>): Promise<void> => {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  };
  await configure(
    Object.fromEntries(
      Object.entries(original).map(([variable, value]) => [
        variable,
        variable.endsWith('_TABLE') ? 'no-such-table' : value,
      ]),
    ),
  );
  return { restore: () => configure(original) };
}
