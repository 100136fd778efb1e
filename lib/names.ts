/*
 * Names that the stacks and their users agree on.
 * Imported by tools that deploy nothing: keep it free of aws-cdk-lib.
 */

/** All tables of the shop. */
export const TABLE_NAMES = [
  'products',
  'reservations',
  'checkout-sessions',
  'payments',
  'orders',
  'webhook-events',
  'idempotency',
  'operations',
] as const;
/** A table of the shop. */
export type TableName = (typeof TABLE_NAMES)[number];

/** The output of the data stack that tells a table's real name; output names take letters and digits only. */
export const tableOutput = (name: TableName): string =>
  `Table-${name}`.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The secret with a stage's PayPal credentials: `{client_id, client_secret, webhook_id}`. */
export const payPalSecretName = (stage: string): string => `settle-once/${stage}/paypal`;
