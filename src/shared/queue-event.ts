import * as z from 'zod/mini';

/**
 * The event of a queue's event source mapping.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export const queueEventSchema = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.pipe(z.transform(Number), z.int()) }),
    }),
  ),
});
export type QueueRecord = z.infer<typeof queueEventSchema>['Records'][number];
