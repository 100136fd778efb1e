/*
 * Imported by lib/ at synth time and by lambdas/ at run time:
 * keep it free of the AWS SDK and of aws-cdk-lib.
 */

export const ACCESS_TOKEN_MINUTES = 15;

/** Lifetime of a refresh token: a working day. */
export const SESSION_HOURS = 10;
