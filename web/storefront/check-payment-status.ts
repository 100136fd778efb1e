import { isPermanent } from '../api/call.ts';
import type { Payment } from '../api/schema.ts';
import { getPayment } from './api.ts';
import { sleep } from './sleep.ts';

export const POLL_INTERVAL_MS = 2500;
/** After this time, a shopper may close the page. */
export const POLL_TIMEOUT_MS = 30_000;
/** Timeout of a single request; the next poll repeats it. */
const REQUEST_TIMEOUT_MS = 5000;

export type PaymentStatusResult =
  /** Captured. The order exists or is being created. */
  | { readonly success: true; readonly payment: Payment }
  /** No order for now: not captured, refunded, pending at the bank, or under review. See `payment.status`. */
  | { readonly success: false; readonly payment: Payment }
  /** Still undecided. Processing continues on the server. */
  | { readonly success: false; readonly error: 'Payment status check timeout' };

export interface PaymentStatusOptions {
  /** @default 30,000 */
  readonly timeoutMs?: number;

  /** Called with every response. */
  readonly onPayment?: (payment: Payment) => void;

  readonly signal?: AbortSignal;
}

/**
 * Polls a payment every 2.5 s, for at most 30 s, until its status is decided. Retries failed requests.
 * @throws ApiProblem when there is no such payment, and the signal's reason when it is aborted.
 */
export async function checkPaymentStatus(
  paymentId: string,
  options: PaymentStatusOptions = {},
): Promise<PaymentStatusResult> {
  const { timeoutMs = POLL_TIMEOUT_MS, onPayment, signal } = options;
  const deadline = Date.now() + timeoutMs;
  do {
    const requestTimeoutMs = Math.max(1, Math.min(REQUEST_TIMEOUT_MS, deadline - Date.now()));
    const payment = await getPayment(paymentId, { signal, timeoutMs: requestTimeoutMs }).catch((error) => {
      if (signal?.aborted || isPermanent(error)) throw error;
    });
    if (payment) {
      onPayment?.(payment);
      if (CAPTURED.has(payment.status)) return { success: true, payment };
      if (!UNDECIDED.has(payment.status)) return { success: false, payment };
    }
    await sleep(Math.min(POLL_INTERVAL_MS, deadline - Date.now()), signal);
  } while (Date.now() < deadline);
  return { success: false, error: 'Payment status check timeout' };
}

const CAPTURED: ReadonlySet<Payment['status']> = new Set(['captured', 'partially_refunded']);
const UNDECIDED: ReadonlySet<Payment['status']> = new Set(['created', 'approved']);
