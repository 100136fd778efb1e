/*
 * Imported by lib/ at synth time and by lambdas/ at run time:
 * keep it free of the AWS SDK and of aws-cdk-lib.
 */

export type EnvName =
  | 'PRODUCTS_TABLE'
  | 'RESERVATIONS_TABLE'
  | 'CHECKOUT_SESSIONS_TABLE'
  | 'PAYMENTS_TABLE'
  | 'ORDERS_TABLE'
  | 'WEBHOOK_EVENTS_TABLE'
  | 'IDEMPOTENCY_TABLE'
  | 'OPERATIONS_TABLE'
  | 'STATE_MACHINE_ARN'
  /** Of failed settlements. */
  | 'DEAD_LETTER_QUEUE_URL'
  /** Of events and scheduled invocations that could not be delivered. */
  | 'UNDELIVERED_QUEUE_URL'
  /** Name of the consistency check's function. */
  | 'CONSISTENCY_FUNCTION'
  /** Origin of PayPal's REST API, such as https://api-m.paypal.com. */
  | 'PAYPAL_BASE_URL'
  /** Name of the secret with `{client_id, client_secret, webhook_id}`. */
  | 'PAYPAL_SECRET_NAME'
  /** Comma-separated origins of PayPal's signing certificates, such as https://api.paypal.com. */
  | 'PAYPAL_CERT_ORIGINS'
  /** Comma-separated DNS names, one of which the signing certificate must have. */
  | 'PAYPAL_CERT_NAMES'
  /** Origin of the storefront, to which PayPal redirects the buyer. */
  | 'STOREFRONT_ORIGIN'
  /** Cognito app client of the operators. */
  | 'USER_POOL_CLIENT_ID'
  /** Age in seconds after which an open payment without changes is reconciled. */
  | 'DUE_AFTER_SECONDS'
  /** Grace period: age in seconds below which in-flight data is not checked. */
  | 'GRACE_SECONDS'
  /** Of package.json. */
  | 'VERSION';

/** @throws Error when it is not set: the deployment is wrong. */
export function requireEnv(name: EnvName): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set`);
  return value;
}
