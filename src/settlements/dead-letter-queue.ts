import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface DeadLetter {
  /** The receipt handle of this receive; valid while the message is invisible. */
  readonly receipt: string;
  /** The EventBridge event, as JSON. */
  readonly body: string;
}

/**
 * Longer than the sweeping function's timeout, so that a sweep receives each message once. After a crash, messages
 * reappear.
 */
const VISIBILITY_TIMEOUT_SECONDS = 150;

/** The dead-letter queue of failed executions. */
export const deadLetterQueue = (sqs: SQSClient, QueueUrl: string) => ({
  /** Receives up to ten messages, invisible to others for the visibility timeout; none when the queue is empty. */
  async receive(): Promise<DeadLetter[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: VISIBILITY_TIMEOUT_SECONDS,
        // Long polling: a short poll queries only a subset of the queue's servers.
        WaitTimeSeconds: 1,
      }),
    );
    return Messages.map(({ ReceiptHandle = '', Body = '' }) => ({ receipt: ReceiptHandle, body: Body }));
  },

  async remove({ receipt }: DeadLetter): Promise<void> {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt }));
  },

  /** Makes a message visible again. */
  async putBack({ receipt }: DeadLetter): Promise<void> {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 }));
  },
});
export type DeadLetterQueue = ReturnType<typeof deadLetterQueue>;
