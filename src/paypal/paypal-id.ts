/*
 * A file of its own: the admin console and the polled function `payment-status` import it, and would otherwise
 * load all of schema.ts.
 */

/** Ids of orders, captures and refunds at PayPal; the longest seen has 17 characters. */
export const PAYPAL_ID = /^[A-Za-z0-9-]{1,64}$/;
