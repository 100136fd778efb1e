/*
 * Imported by lib/ at synth time, for the streams and the queue of changed purchases: keep it free of the AWS SDK.
 */

/** The maximum of SQS. */
export const MAX_DELAY_SECONDS = 900;

/** The maximum of Lambda. */
const MAX_WINDOW_SECONDS = 300;

/** How long records of a stream are collected: most changes of a purchase then lead to one check. */
export const windowSeconds = (graceSeconds: number): number => Math.min(graceSeconds, MAX_WINDOW_SECONDS);

/** Records of one batch. */
export const MAX_RECORDS = 5000;

/** Messages of one batch. */
export const MAX_MESSAGES = 10;

/** Batches of messages that are checked at the same time. */
export const MAX_WORKERS = 2;
