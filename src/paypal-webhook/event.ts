import * as z from 'zod/mini';
import { lenient } from '../paypal/response.ts';

/** Any text up to 128 characters; not half of a surrogate pair, which DynamoDB would replace. */
const shortText = z.string().check(z.regex(/^[^\ud800-\udfff]{1,128}$/u, 'must be 1 to 128 characters'));
export const eventIdSchema = shortText;
export const eventTypeSchema = shortText;

/**
 * The envelope of every PayPal event: https://developer.paypal.com/api/rest/webhooks/rest/
 * An event is genuine because it is signed, whatever its form, and is stored as long as it has an id. PayPal documents
 * no field as required.
 */
export const eventSchema = z.object({
  id: eventIdSchema,
  event_type: z.catch(eventTypeSchema, 'unknown'),
  /** When the event happened at PayPal: ISO 8601. */
  create_time: lenient(z.iso.datetime({ offset: true })),
  resource: z.catch(z.record(z.string(), z.unknown()), {}),
});
/** The resource is not validated yet; empty when there is none. */
export type PayPalEvent = z.infer<typeof eventSchema>;
