import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ClientOptions } from './ministack.ts';

/** What the simulator takes for a shop's credentials. */
const SHOP = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' } as const;

/** Subscribes to the simulator's webhooks, and stores credentials and webhook id where the functions look for them. */
export async function connectPayPal(
  simulatorUrl: string,
  webhookUrl: string,
  eventTypes: readonly string[],
  secretName: string,
  options: ClientOptions,
): Promise<void> {
  const { access_token } = await post(`${simulatorUrl}/v1/oauth2/token`, {
    headers: {
      authorization: `Basic ${btoa(`${SHOP.client_id}:${SHOP.client_secret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  const { id } = await post(`${simulatorUrl}/v1/notifications/webhooks`, {
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: webhookUrl, event_types: eventTypes.map((name) => ({ name })) }),
  });
  const client = new SecretsManagerClient(options);
  await client.send(
    new PutSecretValueCommand({ SecretId: secretName, SecretString: JSON.stringify({ ...SHOP, webhook_id: id }) }),
  );
  client.destroy();
}

async function post(url: string, init: RequestInit): Promise<Record<string, string>> {
  const answer = await fetch(url, { method: 'POST', ...init, signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, string>;
}
