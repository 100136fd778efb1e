import { ApiProblem, isPermanent } from '../api/call.ts';
import type { NotApproved, Payment, PaymentDeclined, PaymentRefused } from '../api/schema.ts';
import { capturePayment, findPayment, getPayment, type ReturnAddress } from './api.ts';
import { checkPaymentStatus, POLL_INTERVAL_MS, POLL_TIMEOUT_MS } from './check-payment-status.ts';
import { sleep } from './sleep.ts';

/** The poll interval after the first 30 seconds. */
const SLOW_POLL_INTERVAL_MS = 10_000;

/** Why a capture was rejected, and where the buyer can fix it. */
export interface CaptureRejection {
  /**
   * `declined`: the buyer may choose another payment method · `refused`: that would not help, the shop cannot take the
   * payment · `unknown`: the shop’s own capture was rejected, and the page has not learned why.
   */
  readonly reason: 'declined' | 'not_approved' | 'refused' | 'unknown';
  /** Null while there is no PayPal order yet, and when the buyer cannot fix it. */
  readonly approveUrl: string | null;
}

/** A payment after its buyer has returned from PayPal. */
export interface PaymentProgress {
  /** Undefined until the API has responded. */
  readonly payment?: Payment;

  /** The URL matches no payment of this shop. */
  readonly notFound?: true;

  /** The capture was rejected, and the payment has not changed since. */
  readonly rejection?: CaptureRejection;

  /** `payment` predates a capture that is still in flight: a cancelled payment may yet turn out to be approved. */
  readonly capturing?: boolean;

  /** `POLL_TIMEOUT_MS` is over. */
  readonly timedOut?: true;
}

/**
 * Follows a payment to its final state: finds it, captures it once, then polls every 2.5 s for 30 s and every 10 s
 * after that, until `settled` is true. Nothing depends on the page staying open: PayPal's webhook leads to the same
 * result.
 */
export async function followPayment(
  address: ReturnAddress,
  show: (progress: PaymentProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + POLL_TIMEOUT_MS;
  let progress: PaymentProgress = {};
  const update = (change: PaymentProgress) => {
    progress = { ...progress, ...change };
    if (!signal.aborted) show(progress);
  };
  let capturing = false;
  const onPayment = (payment: Payment) => {
    const latest = progress.payment;
    // Responses may arrive out of order.
    if (latest && payment.updated_at < latest.updated_at) return;
    // Only a rejected capture reverts an approval. The response to the page's own capture may have said why.
    const rejected =
      latest?.status === 'approved' && payment.status === 'created' && payment.updated_at > latest.updated_at;
    const isKnown = progress.rejection?.reason === 'declined' || progress.rejection?.reason === 'refused';
    update({
      payment,
      capturing,
      ...(rejected && !isKnown && { rejection: { reason: 'unknown', approveUrl: payment.approve_url } }),
    });
  };

  const found = await find(address, deadline, update, signal);
  if (!found) return update({ notFound: true });
  const id = found.payment_id;
  capturing = CAPTURABLE.has(found.status);
  onPayment(found);

  let captured: Promise<void> | undefined;
  if (capturing) {
    captured = capture(id).then((response) => {
      capturing = false;
      if (!response) return;
      if ('reason' in response) update({ rejection: response });
      else onPayment(response);
    });
    // A capture that responds quickly saves a poll.
    await Promise.race([captured, sleep(POLL_INTERVAL_MS, signal)]);
  }
  const check = () => checkPaymentStatus(id, { timeoutMs: deadline - Date.now(), onPayment, signal });
  let result = await check();
  if (capturing && 'payment' in result && !result.success) {
    await captured;
    result = await check();
  }
  if ('error' in result) update({ timedOut: true });

  while (!progress.payment?.settled) {
    await sleep(Date.now() < deadline ? POLL_INTERVAL_MS : SLOW_POLL_INTERVAL_MS, signal);
    if (Date.now() >= deadline && !progress.timedOut) update({ timedOut: true });
    await getPayment(id, { signal }).then(onPayment, rethrowIfAborted(signal));
  }
}

/**
 * Statuses that a capture may still change. After a cancellation, the buyer may have gone back to PayPal and approved.
 */
const CAPTURABLE: ReadonlySet<Payment['status']> = new Set(['created', 'approved', 'cancelled', 'expired', 'failed']);

/** Undefined when the URL matches no payment of this shop. */
async function find(
  address: ReturnAddress,
  deadline: number,
  update: (change: PaymentProgress) => void,
  signal: AbortSignal,
): Promise<Payment | undefined> {
  if (!address.checkout_session_id && !address.token) return undefined;
  // The index by token is eventually consistent: a new payment may be missing from it at first.
  const retryNotFoundUntil = Date.now() + 2 * POLL_INTERVAL_MS;
  for (;;) {
    try {
      return await findPayment(address, { signal });
    } catch (error) {
      if (signal.aborted) throw error;
      if (isPermanent(error) && Date.now() >= retryNotFoundUntil) return undefined;
    }
    await sleep(Date.now() < deadline ? POLL_INTERVAL_MS : SLOW_POLL_INTERVAL_MS, signal);
    if (Date.now() >= deadline) update({ timedOut: true });
  }
}

/** @returns the payment after the capture, or the rejection; undefined when the outcome is unknown. */
async function capture(id: string): Promise<Payment | CaptureRejection | undefined> {
  try {
    return await capturePayment(id);
  } catch (error) {
    if (!(error instanceof ApiProblem)) return undefined;
    const declined = error.as<PaymentDeclined>('/problems/payment-declined');
    if (declined) return { reason: 'declined', approveUrl: declined.approve_url };
    if (error.as<PaymentRefused>('/problems/payment-refused')) return { reason: 'refused', approveUrl: null };
    const notApproved = error.as<NotApproved>('/problems/not-approved');
    if (notApproved) return { reason: 'not_approved', approveUrl: notApproved.approve_url ?? null };
  }
  return undefined;
}

/** A failed poll is repeated by the next one. */
const rethrowIfAborted = (signal: AbortSignal) => (): void => signal.throwIfAborted();
