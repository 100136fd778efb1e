import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** The URL of the queue of due payments, from the environment of the function that works it off. */
export async function paymentQueueOf(lambda: LambdaClient, functionName: string): Promise<string> {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  const url = Environment?.Variables?.PAYMENT_QUEUE_URL;
  if (!url) throw new Error(`function ${functionName} has no payment queue`);
  return url;
}

/** Counts the due payments that no worker has received yet; not those that are delivered again later. */
export async function queuedPayments(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages);
}
