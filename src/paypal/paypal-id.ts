/** The form of PayPal's ids for orders, captures and refunds; the longest seen has 17 characters. */
export const PAYPAL_ID = /^[A-Za-z0-9-]{1,64}$/;
