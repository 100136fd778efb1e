/*
 * Imported by lib/ at synth time, for the queue of due payments: keep it free of the AWS SDK.
 */

/** A message expires with the claim on its payment: the next run claims the payment again. */
export const CLAIM_SECONDS = 600;
/** How often a check is attempted before it is left to the payment's own schedule. */
export const MAX_RECEIVES = 3;
