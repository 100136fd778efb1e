import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Counts the due payments that wait for the workers, or are with them. */
export async function queuedPayments(sqs: SQSClient): Promise<number> {
  const { QueueUrls = [] } = await sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: 'settle-once-local-service-paymentqueue' }),
  );
  const [QueueUrl] = QueueUrls;
  if (!QueueUrl) throw new Error('the stack has no payment queue');
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}
