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
  | 'ACCESS_TABLE'
  | 'AUDIT_TABLE'
  | 'STATE_MACHINE_ARN'
  /** Of failed settlements. */
  | 'DEAD_LETTER_QUEUE_URL'
  /** Of due payments. */
  | 'PAYMENT_QUEUE_URL'
  /** Of purchases that wait for their consistency check. */
  | 'CHECK_QUEUE_URL'
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
  /** Cognito user pool of the operators, its app client, and the URL of its public keys. */
  | 'USER_POOL_ID'
  | 'USER_POOL_CLIENT_ID'
  | 'USER_POOL_JWKS_URL'
  /** Major units that a caller may refund per day and currency, unless the caller has a limit of its own. */
  | 'REFUND_LIMIT'
  /** JSON: the settings of the stage, as `Setting` of src/admin-api/settings-routes.ts. */
  | 'SETTINGS'
  /** Name of the stage. */
  | 'STAGE'
  /** Age in seconds after which an open payment without changes is reconciled. */
  | 'DUE_AFTER_SECONDS'
  /** Grace period: age in seconds below which in-flight data is not checked. */
  | 'GRACE_SECONDS'
  /** Comma-separated SHA-256 hashes of the secrets that CloudFront may send, or `any`. */
  | 'ORIGIN_SECRET_HASHES'
  /** `off` when the stage requires one, and the deployment did without. */
  | 'RESERVED_CONCURRENCY'
  /** Of package.json. */
  | 'VERSION';

/** @throws Error when it is not set: the deployment is wrong. */
export function requireEnv(name: EnvName): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set`);
  return value;
}

const TABLES = {
  products: 'PRODUCTS_TABLE',
  reservations: 'RESERVATIONS_TABLE',
  sessions: 'CHECKOUT_SESSIONS_TABLE',
  payments: 'PAYMENTS_TABLE',
  orders: 'ORDERS_TABLE',
  events: 'WEBHOOK_EVENTS_TABLE',
  idempotency: 'IDEMPOTENCY_TABLE',
  operations: 'OPERATIONS_TABLE',
  access: 'ACCESS_TABLE',
  audit: 'AUDIT_TABLE',
} as const satisfies Record<string, EnvName>;

/** Names of the shop's tables. A function gets those that it has permissions on. */
export type Tables = Readonly<Record<keyof typeof TABLES, string>>;

/** @throws Error when one is not set: the deployment is wrong. */
export const requireTables = <Name extends keyof Tables>(...names: readonly Name[]): Pick<Tables, Name> =>
  Object.fromEntries(names.map((name) => [name, requireEnv(TABLES[name])])) as Pick<Tables, Name>;

/** All tables but those that only the admin API uses. */
export type ShopTables = Omit<Tables, 'access' | 'audit'>;

/** @throws Error when one is not set: the deployment is wrong. */
export function requireShopTables(): ShopTables {
  const { access: _, audit: __, ...names } = TABLES;
  return requireTables(...(Object.keys(names) as (keyof ShopTables)[]));
}

/** @throws Error when one is not set: the deployment is wrong. */
export const requireAllTables = (): Tables => requireTables(...(Object.keys(TABLES) as (keyof Tables)[]));

/** @throws Error when one is not set: the deployment is wrong. */
export const requirePayPal = () => ({
  baseUrl: requireEnv('PAYPAL_BASE_URL'),
  secretName: requireEnv('PAYPAL_SECRET_NAME'),
});
