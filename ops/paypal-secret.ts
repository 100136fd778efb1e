import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { type PayPalSecret, payPalSecretSchema } from '../src/paypal/secret.ts';

/** The secret with a shop's PayPal credentials, to those who fill it in. */
export const payPalSecret = (client: SecretsManagerClient, name: string) => ({
  /** @throws ZodError when it is not filled in */
  async read(): Promise<PayPalSecret> {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    return z.parse(payPalSecretSchema, JSON.parse(SecretString));
  },

  /** Functions read it again within five minutes. */
  async write(secret: PayPalSecret): Promise<void> {
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(secret) }));
  },
});
