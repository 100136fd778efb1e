import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Counts the due payments that no worker has received yet; not those that are delivered again later. */
export async function queuedPayments(sqs: SQSClient): Promise<number> {
  const { QueueUrls = [] } = await sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: 'settle-once-local-service-paymentqueue' }),
  );
  const [QueueUrl] = QueueUrls;
  if (!QueueUrl) throw new Error('the stack has no payment queue');
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages);
}
