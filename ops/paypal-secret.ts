import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { type PayPalSecret, payPalSecretSchema } from '../src/paypal/secret.ts';

/** Reads and writes the secret with a shop's PayPal credentials. */
export const payPalSecret = (client: SecretsManagerClient, name: string) => ({
  /** @throws ZodError when no credentials are stored yet */
  async read(): Promise<PayPalSecret> {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    return z.parse(payPalSecretSchema, JSON.parse(SecretString));
  },

  /** Functions pick it up within 5 minutes. */
  async write(secret: PayPalSecret): Promise<void> {
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(secret) }));
  },
});
