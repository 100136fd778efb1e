import type {
  ChangeMessageVisibilityCommandInput,
  DeleteMessageCommandInput,
  ReceiveMessageCommandInput,
} from '@aws-sdk/client-sqs';

/** The SQS API calls that the shop uses, for one queue. Receiving does not wait. */
export function queueInProcess() {
  let messages: { readonly id: string; readonly body: string; hiddenUntil: number }[] = [];
  let sent = 0;
  const find = (receipt: string | undefined) => messages.find(({ id }) => id === receipt);

  return {
    /** All messages, visible or not. */
    bodies: () => messages.map(({ body }) => body),
    send: (body: string) => void messages.push({ id: `message-${++sent}`, body, hiddenUntil: 0 }),
    clear: () => {
      messages = [];
    },

    standIns: {
      async ReceiveMessageCommand({ MaxNumberOfMessages = 1, VisibilityTimeout = 30 }: ReceiveMessageCommandInput) {
        const seen = messages.filter(({ hiddenUntil }) => hiddenUntil <= Date.now()).slice(0, MaxNumberOfMessages);
        for (const message of seen) message.hiddenUntil = Date.now() + VisibilityTimeout * 1000;
        return { Messages: seen.map(({ id, body }) => ({ ReceiptHandle: id, Body: body })) };
      },
      async DeleteMessageCommand({ ReceiptHandle }: DeleteMessageCommandInput) {
        messages = messages.filter(({ id }) => id !== ReceiptHandle);
        return {};
      },
      async ChangeMessageVisibilityCommand({
        ReceiptHandle,
        VisibilityTimeout = 0,
      }: ChangeMessageVisibilityCommandInput) {
        const message = find(ReceiptHandle);
        if (message) message.hiddenUntil = Date.now() + VisibilityTimeout * 1000;
        return {};
      },
    },
  };
}
