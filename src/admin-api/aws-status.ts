import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A table's status in AWS's words: `ACTIVE` when it can be used. */
export const tableStatus = (dynamo: DynamoDBClient, TableName: string) => async (): Promise<string> => {
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  return Table?.TableStatus ?? 'UNKNOWN';
};

/** The workflow's status in AWS's words: `ACTIVE` when it can be started. */
export const workflowStatus = (stepFunctions: SFNClient, stateMachineArn: string) => async (): Promise<string> => {
  const { status } = await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));
  return status ?? 'UNKNOWN';
};

/**
 * The functions that the workflow calls, by its own definition, each with its status in AWS's words: `Active` when it can be called, the
 * name of the error when AWS does not say.
 */
export const servicesOfWorkflow =
  (stepFunctions: SFNClient, lambda: LambdaClient, stateMachineArn: string) =>
  async (): Promise<Record<string, string>> => {
    const { definition = '' } = await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const called = [...new Set(definition.match(/(?<=:function:)[\w-]+/g))];
    const statuses = called.map((FunctionName) =>
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName })).then(
        ({ State }) => State ?? 'UNKNOWN',
        (error: Error) => error.name,
      ),
    );
    const found = await Promise.all(statuses);
    return Object.fromEntries(called.map((name, i) => [name, found[i] ?? 'UNKNOWN']));
  };

/** How many messages a queue holds, those that somebody is looking at included; SQS says it is near enough. */
export const queueDepth = (sqs: SQSClient, QueueUrl: string) => async (): Promise<number> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, number) => sum + Number(number), 0);
};
