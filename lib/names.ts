/*
 * Names shared by the stacks and the commands of ops/ and local/. Keep it free of aws-cdk-lib, which is slow to load.
 */

export const STAGE_NAMES = ['local', 'sandbox', 'prod'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

export const TABLE_NAMES = [
  'products',
  'reservations',
  'checkout-sessions',
  'payments',
  'orders',
  'webhook-events',
  'idempotency',
  'operations',
  'access',
  'audit',
] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** The data stack's output with a table's physical name. Output names allow letters and digits only. */
export const tableOutput = (name: TableName): string =>
  `Table-${name}`.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The name of the secret that CloudFront sends to the HTTP API. */
export const originSecretName = (stage: string): string => `settle-once/${stage}/origin`;

/** The name of the secret with a stage's PayPal credentials: `{client_id, client_secret, webhook_id}`. */
export const payPalSecretName = (stage: string): string => `settle-once/${stage}/paypal`;

/** CloudFront requires its firewall there. */
export const FIREWALL_REGION = 'us-east-1';

/**
 * Context values that a deployment keeps for the next ones, in the output `Settings` of the service stack. An empty value
 * ends one.
 */
export const SETTINGS = [
  'domain',
  'certificateArn',
  'alarmEmail',
  'runbookUrl',
  'refundLimit',
  'canary',
  'firewall',
  'originCheck',
  'reservedConcurrency',
  'totp',
] as const;
export type Settings = Readonly<Partial<Record<(typeof SETTINGS)[number], string>>>;

/** Parts that `--context <part>=on` or `off` switches. */
export type SwitchedPart = 'canary' | 'firewall' | 'originCheck' | 'protection' | 'reservedConcurrency' | 'totp';

/** The parts that a stage has without a context value. */
const SWITCHED_ON: Readonly<Record<StageName, readonly SwitchedPart[]>> = {
  local: [],
  sandbox: ['originCheck'],
  prod: ['canary', 'firewall', 'originCheck', 'protection', 'reservedConcurrency', 'totp'],
};

/**
 * Whether a stage has a part.
 * @param value of the context; an empty one stands for the default
 * @throws Error for another value than `on` and `off`
 */
export function isSwitchedOn(stage: StageName, part: SwitchedPart, value = ''): boolean {
  if (value === '') return SWITCHED_ON[stage].includes(part);
  if (value !== 'on' && value !== 'off') throw new Error(`invalid ${part} "${value}": expected on or off`);
  return value === 'on';
}
