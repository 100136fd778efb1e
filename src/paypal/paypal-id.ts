/*
 * A file of its own: the admin pages and the polled function `payment-status` import it, and would load all of
 * schema.ts with it.
 */

/** Ids of orders, captures and refunds at PayPal; the longest seen has 17 characters. */
export const PAYPAL_ID = /^[A-Za-z0-9-]{1,64}$/;
