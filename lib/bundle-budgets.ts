/** The largest code of each function: bytes of the minified bundle, a few per cent above its size today. */
export const BUNDLE_BUDGETS: Readonly<Record<string, number>> = {
  admin: 750_000,
  'api-document': 135_000,
  audit: 29_000,
  changes: 385_000,
  checkout: 298_000,
  consistency: 480_000,
  fulfillment: 385_000,
  inventory: 316_000,
  'payment-status': 325_000,
  payments: 428_000,
  'paypal-webhook': 463_000,
  reconciliation: 562_000,
  settlements: 357_000,
  'sign-in': 348_000,
  storefront: 515_000,
};
