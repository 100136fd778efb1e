import type { PayPalSecret } from './secret.ts';

/** The client id and secret in the PayPal secret, from its creation until `npm run paypal -- credentials`. */
export const UNSET_CREDENTIAL = 'to-fill-in';

/** The names of what the PayPal secret does not hold yet. */
export const missingCredentials = ({
  client_id,
  client_secret,
  webhook_id,
}: Pick<PayPalSecret, 'client_id' | 'client_secret' | 'webhook_id'>): string[] =>
  Object.entries({ client_id, client_secret, webhook_id }).flatMap(([name, value]) =>
    value === '' || value === UNSET_CREDENTIAL ? [name] : [],
  );
