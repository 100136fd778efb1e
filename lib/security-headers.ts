const COMMON = {
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
} as const;

/**
 * Response headers of every page. Pages load nothing from other origins and run no inline script; PayPal is reached by
 * plain navigation. `no-referrer`, because the URL of the return page carries PayPal's token.
 */
export const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  ...COMMON,
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'cross-origin-opener-policy': 'same-origin',
} as const satisfies Readonly<Record<string, string>>;

/** Response headers of the API and the webhook, which return data only: as a page, it could load and run nothing. */
export const API_SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  ...COMMON,
} as const satisfies Readonly<Record<string, string>>;
