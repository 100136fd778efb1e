import type { EnvName } from '../shared/env.ts';
import { logger } from '../shared/logger.ts';
import { measure } from '../shared/metrics.ts';
import { type PayPal, payPalClient } from './client.ts';
import { type PayPalNotifications, payPalNotifications } from './notifications.ts';
import { credentialsFrom } from './secret.ts';
import { type PayPalCall, transport } from './transport.ts';

/** The PayPal that a function's environment names, by the shop's own credentials; each request to it is measured. */
export function connectPayPal(env: (name: EnvName) => string): PayPal & PayPalNotifications {
  const call = transport({
    baseUrl: env('PAYPAL_BASE_URL'),
    credentials: credentialsFrom(env('PAYPAL_SECRET_NAME')),
    onCall: recordCall,
  });
  return { ...payPalClient(call), ...payPalNotifications(call) };
}

/** Measures one request, and logs what PayPal's support asks for where it went wrong. */
export function recordCall({ operation, status, durationMs, debugId, error }: PayPalCall): void {
  const failed = error !== undefined || status === 401;
  measure('PayPalLatency', durationMs, operation);
  measure('PayPalFailed', failed ? 1 : 0);
  if (failed) logger.warn('PAYPAL_CALL_FAILED', { operation, status, error, debug_id: debugId });
}
