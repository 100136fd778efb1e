import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import * as z from 'zod/mini';
import type { PayPalCredentials } from './transport.ts';

export const payPalSecretSchema = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  webhook_id: z.string(),
  /** Of a webhook that was replaced and is still to be removed. */
  previous_webhook_id: z.optional(z.string()),
});
export type PayPalSecret = z.infer<typeof payPalSecretSchema>;

/** A rotated secret is in use everywhere after this time. */
const CACHE_SECONDS = 300;

/**
 * Cached for 5 minutes.
 * @throws GetParameterError when Secrets Manager fails, ZodError when the secret is incomplete.
 */
export const readPayPalSecret = async (name: string): Promise<PayPalSecret> =>
  z.parse(payPalSecretSchema, await getSecret(name, { transform: 'json', maxAge: CACHE_SECONDS }));

export const credentialsFrom = (secretName: string) => async (): Promise<PayPalCredentials> => {
  const { client_id, client_secret } = await readPayPalSecret(secretName);
  return { clientId: client_id, clientSecret: client_secret };
};
