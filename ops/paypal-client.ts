import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type PayPal, payPalClient } from '../src/paypal/client.ts';
import { type PayPalNotifications, payPalNotifications } from '../src/paypal/notifications.ts';
import { transport } from '../src/paypal/transport.ts';
import { type DeploymentSelector, findPayPal } from './find-deployment.ts';
import { payPalSecret } from './paypal-secret.ts';

/** A PayPal client with the credentials of a deployed shop, and access to the secret that stores them. */
export async function payPalClientFor(selector: DeploymentSelector) {
  const { clientOptions, secretName, ...shop } = await findPayPal(selector);
  const client = new SecretsManagerClient(clientOptions);
  const secret = payPalSecret(client, secretName);
  const stored = await secret.read();
  const credentials = async () => ({ clientId: stored.client_id, clientSecret: stored.client_secret });
  const call = transport({ baseUrl: shop.baseUrl, credentials });
  const paypal: PayPal & PayPalNotifications = { ...payPalClient(call), ...payPalNotifications(call) };
  return { ...shop, secretName, secret, stored, paypal };
}
