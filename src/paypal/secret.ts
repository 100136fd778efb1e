import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import * as z from 'zod/mini';
import type { PayPalCredentials } from './transport.ts';

/** The secret's form. */
export const payPalSecretSchema = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  webhook_id: z.string(),
});
/** What the shop's PayPal secret holds. */
export type PayPalSecret = z.infer<typeof payPalSecretSchema>;

/** A changed secret is in use everywhere after so long. */
const KEPT_SECONDS = 300;

/**
 * Reads the shop's PayPal secret; kept in memory for 5 minutes.
 * @throws GetParameterError when Secrets Manager does not answer, ZodError when the secret is not filled in.
 */
export const readPayPalSecret = async (name: string): Promise<PayPalSecret> =>
  z.parse(payPalSecretSchema, await getSecret(name, { transform: 'json', maxAge: KEPT_SECONDS }));

/** The client id and secret alone, for PayPal's API. */
export const credentialsFrom = (secretName: string) => async (): Promise<PayPalCredentials> => {
  const { client_id, client_secret } = await readPayPalSecret(secretName);
  return { clientId: client_id, clientSecret: client_secret };
};
