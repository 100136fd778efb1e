import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** The outputs of a stack, by key. @returns undefined when there is no such stack */
export async function stackOutputs(
  client: CloudFormationClient,
  StackName: string,
): Promise<Record<string, string> | undefined> {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName })).catch((error) => {
    // CloudFormation has no error name of its own for a missing stack.
    if (/does not exist/.test(error.message)) return { Stacks: undefined };
    throw error;
  });
  const outputs = Stacks?.[0]?.Outputs;
  return outputs && Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}
