import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type PayPal, payPalClient } from '../src/paypal/client.ts';
import { type PayPalNotifications, payPalNotifications } from '../src/paypal/notifications.ts';
import { type PayPalTransactions, payPalTransactions } from '../src/paypal/transactions.ts';
import { type PayPalCredentials, transport } from '../src/paypal/transport.ts';
import { type DeploymentSelector, findPayPal } from './find-deployment.ts';
import { payPalSecret } from './paypal-secret.ts';

/**
 * A PayPal client of a deployed shop, and access to the secret that stores its credentials.
 * @param credentials to use instead of the stored ones
 */
export async function payPalClientFor(selector: DeploymentSelector, credentials?: PayPalCredentials) {
  const { clientOptions, secretName, ...shop } = await findPayPal(selector);
  const client = new SecretsManagerClient(clientOptions);
  const secret = payPalSecret(client, secretName);
  const stored = await secret.read();
  const used = credentials ?? { clientId: stored.client_id, clientSecret: stored.client_secret };
  const call = transport({ baseUrl: shop.baseUrl, credentials: async () => used });
  const paypal: PayPal & PayPalNotifications & PayPalTransactions = {
    ...payPalClient(call),
    ...payPalNotifications(call),
    ...payPalTransactions(call),
  };
  return { ...shop, secretName, secret, stored, paypal };
}
