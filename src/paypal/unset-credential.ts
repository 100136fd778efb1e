/** The client id and secret in the PayPal secret, from its creation until `npm run paypal -- credentials`. */
export const UNSET_CREDENTIAL = 'to-fill-in';
