import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** One message on the queue. */
export interface DeadLetter {
  /** Names this taking of it, for as long as it is hidden from others. */
  readonly receipt: string;
  /** EventBridge's event, as JSON. */
  readonly body: string;
}

/** Longer than the function that sweeps may run, so that a sweep sees each message once; when it died, others see them after that. */
const HIDDEN_SECONDS = 150;

/** The dead letters of settlements. */
export const deadLetterQueue = (sqs: SQSClient, QueueUrl: string) => ({
  /** Takes some, ten at most, and hides them from others for a while; none when there are none left. */
  async receive(): Promise<DeadLetter[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HIDDEN_SECONDS,
        // Without waiting, only some of the queue's servers are asked.
        WaitTimeSeconds: 1,
      }),
    );
    return Messages.map(({ ReceiptHandle = '', Body = '' }) => ({ receipt: ReceiptHandle, body: Body }));
  },

  /** Takes one off the queue for good. */
  async remove({ receipt }: DeadLetter): Promise<void> {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt }));
  },

  /** Lets others see one again. */
  async putBack({ receipt }: DeadLetter): Promise<void> {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 }));
  },
});
/** What `deadLetterQueue` makes. */
export type DeadLetterQueue = ReturnType<typeof deadLetterQueue>;
