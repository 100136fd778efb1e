/*
 * Imported by lib/ at synth time, by lambdas/ at run time and by the pages:
 * keep it free of the AWS SDK and of aws-cdk-lib.
 */

export const MIN_PASSWORD_LENGTH = 20;

/** The password policy of the user pool. */
export const PASSWORD_RULES =
  `at least ${MIN_PASSWORD_LENGTH} characters, ` +
  'among them a lower-case letter, an upper-case letter, a digit and a symbol such as - or !';
