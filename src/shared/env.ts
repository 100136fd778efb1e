/*
 * Imported by lib/ at synth time and by lambdas/ at run time:
 * keep it free of the AWS SDK and of aws-cdk-lib.
 */

/** Every environment variable that a function of this project may be given. */
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
  /** The queue of settlements that failed. */
  | 'DEAD_LETTER_QUEUE_URL'
  /** The queue of events and timed calls that could not be delivered. */
  | 'UNDELIVERED_QUEUE_URL'
  /** The function that checks the books. */
  | 'CONSISTENCY_FUNCTION'
  /** Origin of PayPal's REST API, such as https://api-m.paypal.com. */
  | 'PAYPAL_BASE_URL'
  /** Name of the secret with `{client_id, client_secret, webhook_id}`. */
  | 'PAYPAL_SECRET_NAME'
  /** Comma-separated origins that may serve PayPal's signing certificates, such as https://api.paypal.com. */
  | 'PAYPAL_CERT_ORIGINS'
  /** Comma-separated DNS names, one of which the signing certificate must carry. */
  | 'PAYPAL_CERT_NAMES'
  /** Origin of the storefront, to which PayPal sends the buyer back. */
  | 'STOREFRONT_ORIGIN'
  /** What operators sign in by. */
  | 'USER_POOL_CLIENT_ID'
  /** Seconds after which PayPal is asked about a payment of which nothing more was heard. */
  | 'DUE_AFTER_SECONDS'
  /** Seconds for which what is in flight is not called broken. */
  | 'GRACE_SECONDS'
  /** The project's version, as package.json has it. */
  | 'VERSION';

/**
 * Reads an environment variable.
 * @throws Error when it is not set: the function was deployed wrongly, nothing else can be done.
 */
export function requireEnv(name: EnvName): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set`);
  return value;
}
