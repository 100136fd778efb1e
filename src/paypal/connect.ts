import { logger } from '../shared/logger.ts';
import { measure } from '../shared/metrics.ts';
import { type PayPal, payPalClient } from './client.ts';
import { type PayPalNotifications, payPalNotifications } from './notifications.ts';
import { credentialsFrom } from './secret.ts';
import { type PayPalTransactions, payPalTransactions } from './transactions.ts';
import { type PayPalCall, transport } from './transport.ts';

export interface PayPalConnection {
  /** Origin of PayPal's REST API, such as https://api-m.paypal.com. */
  readonly baseUrl: string;
  /** The secret with the credentials. */
  readonly secretName: string;
}

/** A client with its own token cache, so use one per function. Measures each request. */
export function connectPayPal({
  baseUrl,
  secretName,
}: PayPalConnection): PayPal & PayPalNotifications & PayPalTransactions {
  const call = transport({ baseUrl, credentials: credentialsFrom(secretName), onCall: recordCall });
  return { ...payPalClient(call), ...payPalNotifications(call), ...payPalTransactions(call) };
}

/** Measures one request; a failed one is logged with the debug id that PayPal's support requests. */
export function recordCall({ operation, status, durationMs, debugId, error }: PayPalCall): void {
  const failed = error !== undefined || status === 401;
  measure('PayPalLatency', durationMs, operation);
  measure('PayPalFailed', failed ? 1 : 0);
  if (failed) logger.warn('PAYPAL_CALL_FAILED', { operation, status, error, debug_id: debugId });
}
