import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ClientOptions } from '../ops/emulator-client.ts';
import { payPalSecret } from '../ops/paypal-secret.ts';
import { payPalNotifications } from '../src/paypal/notifications.ts';
import { transport } from '../src/paypal/transport.ts';
import { subscribe } from '../src/paypal-webhook/subscription.ts';

/** The credentials that the simulator accepts. */
const CREDENTIALS = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' } as const;

/** Subscribes to the simulator's webhooks; stores credentials and webhook id in the secret that the functions read. */
export async function registerWebhook(
  simulatorUrl: string,
  webhookUrl: string,
  secretName: string,
  options: ClientOptions,
): Promise<void> {
  const credentials = async () => ({ clientId: CREDENTIALS.client_id, clientSecret: CREDENTIALS.client_secret });
  const paypal = payPalNotifications(transport({ baseUrl: simulatorUrl, credentials }));
  const client = new SecretsManagerClient(options);
  const secret = payPalSecret(client, secretName);
  await subscribe(paypal, webhookUrl, { webhook_id: '' }, (ids) => secret.write({ ...CREDENTIALS, ...ids }));
  client.destroy();
}
