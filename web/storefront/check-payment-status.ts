import { ApiProblem } from '../api/call.ts';
import type { Payment } from '../api/schema.ts';
import { getPayment } from './api.ts';
import { sleep } from './sleep.ts';

/** Milliseconds between two questions. */
export const POLL_INTERVAL_MS = 2500;
/** Milliseconds after which a shopper is not kept waiting any longer. */
export const POLL_TIMEOUT_MS = 30_000;
/** Milliseconds after which one question is given up, and asked again. */
const REQUEST_TIMEOUT_MS = 5000;

/** What became of a payment within the time that a shopper waits. */
export type PaymentCheck =
  /** The money has come. Its order is there, or follows in a moment. */
  | { readonly success: true; readonly payment: Payment }
  /** No order comes of it now: no money came, it went back, its bank takes days, or a person must look at it. The status tells. */
  | { readonly success: false; readonly payment: Payment }
  /** Not known yet. The payment goes on all the same. */
  | { readonly success: false; readonly error: 'Payment status check timeout' };

/** How to look after a payment. */
export interface PaymentCheckOptions {
  /** Milliseconds after which it is not asked any more. @default 30,000 */
  readonly forMs?: number;

  /** Is told every answer. */
  readonly onPayment?: (payment: Payment) => void;

  readonly signal?: AbortSignal;
}

/**
 * Asks every 2.5 s, for at most 30 s, what has become of a payment. A question that gets no answer is asked again.
 * @throws ApiProblem when there is no such payment, and whatever aborted the signal.
 */
export async function checkPaymentStatus(paymentId: string, options: PaymentCheckOptions = {}): Promise<PaymentCheck> {
  const { forMs = POLL_TIMEOUT_MS, onPayment, signal } = options;
  const end = Date.now() + forMs;
  do {
    const timeoutMs = Math.max(1, Math.min(REQUEST_TIMEOUT_MS, end - Date.now()));
    const payment = await getPayment(paymentId, { signal, timeoutMs }).catch((error) => {
      if (signal?.aborted || isPermanent(error)) throw error;
    });
    if (payment) {
      onPayment?.(payment);
      if (HAS_MONEY.has(payment.status)) return { success: true, payment };
      if (!UNDECIDED.has(payment.status)) return { success: false, payment };
    }
    await sleep(Math.min(POLL_INTERVAL_MS, end - Date.now()), signal);
  } while (Date.now() < end);
  return { success: false, error: 'Payment status check timeout' };
}

const HAS_MONEY: ReadonlySet<Payment['status']> = new Set(['captured', 'partially_refunded']);
const UNDECIDED: ReadonlySet<Payment['status']> = new Set(['created', 'approved']);

/** Whether asking again would be answered the same. 429 says to slow down, and above are troubles that pass. */
export const isPermanent = (error: unknown): boolean => error instanceof ApiProblem && error.status < 429;
