import * as z from 'zod/mini';

/** What every PayPal event has: https://developer.paypal.com/api/rest/webhooks/rest/ */
export const eventSchema = z.object({
  id: z.string().check(z.regex(/^[A-Za-z0-9-]{1,64}$/)),
  event_type: z.string().check(z.regex(/^[A-Z0-9._-]{1,100}$/)),
  resource: z.record(z.string(), z.unknown()),
});
/** An event of PayPal’s, its resource not looked into yet. */
export type PayPalEvent = z.infer<typeof eventSchema>;
