import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { inject } from 'vitest';
import { registerWebhook } from '../../../local/register-webhook.ts';
import { EMULATOR_CREDENTIALS } from '../../../ops/emulator-client.ts';
import type { EnvName } from '../../../src/shared/env.ts';
import { JWKS_URL, USER_POOL } from '../builders/operator-tokens.ts';

/** Points the AWS SDK's clients to MiniStack, by environment variables. */
export function functionEnvironment(): void {
  const { endpoint, region } = inject('aws');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
  });
}

/**
 * Sets up what a deployment provides: tables, the state machine, a webhook at the simulator and its secret. Handlers
 * read their environment when they load: import them after this.
 */
export async function shopEnvironment(of: {
  readonly simulatorUrl: string;
  readonly webhookUrl: string;
  readonly stateMachineArn: string;
}): Promise<void> {
  functionEnvironment();
  const { endpoint, region, tables } = inject('aws');
  const client = { endpoint, region, credentials: EMULATOR_CREDENTIALS };
  const secret = `paypal-${process.pid}-${Date.now()}`;
  await new SecretsManagerClient(client).send(new CreateSecretCommand({ Name: secret, SecretString: '{}' }));
  await registerWebhook(of.simulatorUrl, of.webhookUrl, secret, client);
  // Complete by its type: a new variable must be added here.
  const environment: Record<Exclude<EnvName, `${string}_TABLE`>, string> = {
    STATE_MACHINE_ARN: of.stateMachineArn,
    DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:1/000000000000/dead-letters',
    CHECK_QUEUE_URL: 'http://127.0.0.1:1/000000000000/checks',
    PAYMENT_QUEUE_URL: 'http://127.0.0.1:1/000000000000/payments',
    UNDELIVERED_QUEUE_URL: 'http://127.0.0.1:1/000000000000/undelivered',
    CONSISTENCY_FUNCTION: 'consistency',
    PAYPAL_BASE_URL: of.simulatorUrl,
    PAYPAL_SECRET_NAME: secret,
    PAYPAL_CERT_ORIGINS: of.simulatorUrl,
    PAYPAL_CERT_NAMES: 'messageverificationcerts.sandbox.paypal.com',
    ORIGIN_SECRET_HASHES: 'any',
    STOREFRONT_ORIGIN: 'https://shop.example',
    USER_POOL_ID: USER_POOL.id,
    USER_POOL_CLIENT_ID: USER_POOL.clientId,
    USER_POOL_JWKS_URL: JWKS_URL,
    REFUND_LIMIT: '1000',
    SETTINGS: '[]',
    STAGE: 'local',
    DUE_AFTER_SECONDS: '120',
    GRACE_SECONDS: '300',
    RESERVED_CONCURRENCY: 'on',
    VERSION: 'test',
  };
  Object.assign(process.env, {
    ...Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [`${name.toUpperCase().replaceAll('-', '_')}_TABLE`, table]),
    ),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ...environment,
  });
}
