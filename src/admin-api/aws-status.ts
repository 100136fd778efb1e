import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A table's status as AWS reports it: `ACTIVE` when usable. */
export const tableStatus = (dynamo: DynamoDBClient, TableName: string) => async (): Promise<string> => {
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  return Table?.TableStatus ?? 'UNKNOWN';
};

/** The state machine's status as AWS reports it: `ACTIVE` when usable. */
export const workflowStatus = (stepFunctions: SFNClient, stateMachineArn: string) => async (): Promise<string> => {
  const { status } = await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));
  return status ?? 'UNKNOWN';
};

/**
 * The functions called by the state machine's definition, each with its state as AWS reports it: `Active` when it can
 * be invoked, the error name when the request fails.
 */
export const servicesOfWorkflow =
  (stepFunctions: SFNClient, lambda: LambdaClient, stateMachineArn: string) =>
  async (): Promise<Record<string, string>> => {
    const { definition = '' } = await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const names = [...new Set(definition.match(/(?<=:function:)[\w-]+/g))];
    const requests = names.map((FunctionName) =>
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName })).then(
        ({ State }) => State ?? 'UNKNOWN',
        (error: Error) => error.name,
      ),
    );
    const states = await Promise.all(requests);
    return Object.fromEntries(names.map((name, i) => [name, states[i] ?? 'UNKNOWN']));
  };

/** Messages in a queue, in flight included; approximate. */
export const queueDepth = (sqs: SQSClient, QueueUrl: string) => async (): Promise<number> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, number) => sum + Number(number), 0);
};
