import * as z from 'zod/mini';

/** The envelope of every PayPal event: https://developer.paypal.com/api/rest/webhooks/rest/ */
export const eventSchema = z.object({
  id: z.string().check(z.regex(/^[A-Za-z0-9-]{1,64}$/)),
  event_type: z.string().check(z.regex(/^[A-Z0-9._-]{1,100}$/)),
  /** ISO 8601. */
  create_time: z.catch(z.optional(z.string()), undefined),
  resource: z.record(z.string(), z.unknown()),
});
/** The resource is not validated yet. */
export type PayPalEvent = z.infer<typeof eventSchema>;
