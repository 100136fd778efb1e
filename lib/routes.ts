import type { Route } from './constructs/http-api.ts';
import type { FunctionName } from './functions.ts';

const STOREFRONT =
  'Public storefront: shoppers have no accounts, and the ids of sessions, payments and orders cannot be guessed.';

const SIGN_IN = 'Callers have no token yet: Cognito checks the password or the refresh token of the cookie.';

const ADMIN = 'The function checks the bearer token: API Gateway knows neither API keys nor sessions that have ended.';

/** Which function handles which route of docs/openapi.yaml. */
export const ROUTES = {
  storefront: [
    { route: 'GET /api/v1/products', publicReason: STOREFRONT },
    { route: 'POST /api/v1/checkout-sessions', publicReason: STOREFRONT, throttle: 'openSession' },
    { route: 'GET /api/v1/checkout-sessions/{id}', publicReason: STOREFRONT },
    { route: 'POST /api/v1/checkout-sessions/{id}/release', publicReason: STOREFRONT, throttle: 'releaseSession' },
    { route: 'POST /api/v1/payments', publicReason: STOREFRONT, throttle: 'beginPayment' },
    { route: 'POST /api/v1/payments/{id}/capture', publicReason: STOREFRONT, throttle: 'capturePayment' },
    { route: 'POST /api/v1/payments/{id}/cancel', publicReason: STOREFRONT, throttle: 'cancelPayment' },
    { route: 'GET /api/v1/orders/{id}', publicReason: STOREFRONT },
    { route: 'GET /api/v1/health', publicReason: STOREFRONT },
    { route: 'ANY /api/{proxy+}', publicReason: 'Returns 404 or 405 as problem+json where no other route matches.' },
  ],
  'payment-status': [
    { route: 'GET /api/v1/payments', publicReason: STOREFRONT },
    { route: 'GET /api/v1/payments/{id}', publicReason: STOREFRONT },
  ],
  admin: [{ route: 'ANY /api/v1/admin/{proxy+}', publicReason: ADMIN }],
  'sign-in': [
    { route: 'POST /api/v1/admin/sign-in', publicReason: SIGN_IN, throttle: 'signIn' },
    { route: 'POST /api/v1/admin/sign-in/refresh', publicReason: SIGN_IN, throttle: 'refresh' },
    { route: 'POST /api/v1/admin/sign-out', publicReason: SIGN_IN, throttle: 'signOut' },
  ],
  'api-document': [{ route: 'GET /api/v1/openapi.json', publicReason: 'The description of a public API is public.' }],
  'paypal-webhook': [
    {
      route: 'POST /webhooks/paypal',
      publicReason: 'PayPal cannot sign in: the function verifies the signature of every delivery.',
      throttle: 'payPalWebhook',
    },
  ],
} as const satisfies { readonly [Name in FunctionName]?: readonly Route[] };
