import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { payPalSecret } from '../ops/paypal-secret.ts';
import { payPalNotifications } from '../src/paypal/notifications.ts';
import { transport } from '../src/paypal/transport.ts';
import { subscribe } from '../src/paypal-webhook/subscription.ts';
import type { ClientOptions } from './ministack.ts';

/** What the simulator takes for a shop's credentials. */
const SHOP = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' } as const;

/** Subscribes to the simulator's webhooks, and stores credentials and webhook id where the functions look for them. */
export async function registerWebhook(
  simulatorUrl: string,
  webhookUrl: string,
  secretName: string,
  options: ClientOptions,
): Promise<void> {
  const credentials = async () => ({ clientId: SHOP.client_id, clientSecret: SHOP.client_secret });
  const paypal = payPalNotifications(transport({ baseUrl: simulatorUrl, credentials }));
  const { webhook } = await subscribe(paypal, webhookUrl, '');
  const client = new SecretsManagerClient(options);
  await payPalSecret(client, secretName).write({ ...SHOP, webhook_id: webhook.id });
  client.destroy();
}
