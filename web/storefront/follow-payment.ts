import { ApiProblem } from '../api/call.ts';
import type { NotApproved, Payment, PaymentDeclined } from '../api/schema.ts';
import { capturePayment, findPayment, getPayment, type ReturnAddress } from './api.ts';
import { checkPaymentStatus, isPermanent, POLL_INTERVAL_MS, POLL_TIMEOUT_MS } from './check-payment-status.ts';
import { sleep } from './sleep.ts';

/** Milliseconds between two questions once the shopper has been told that it takes longer. */
const SLOW_POLL_INTERVAL_MS = 10_000;

/** Why no money could be taken, and where the buyer can change that. */
export interface Refusal {
  readonly reason: 'declined' | 'not_approved';
  /** Null while PayPal has no order yet. */
  readonly approveUrl: string | null;
}

/** What is known about a purchase whose buyer has come back from PayPal. */
export interface PaymentProgress {
  /** Undefined until the API has answered. */
  readonly payment?: Payment;

  /** The address names no payment of this shop. */
  readonly unknown?: true;

  /** What the capture was refused for, as long as the payment has not moved on. */
  readonly refusal?: Refusal;

  /** What is known of the payment is from before the capture: one that was given up may yet turn out to be approved. */
  readonly capturing?: boolean;

  /** The 30 seconds are over that a shopper is asked to wait. */
  readonly late?: true;
}

/**
 * Follows a purchase to its end: finds the payment, asks once for the money, and then asks what became of it, every 2.5 s for 30 s and every
 * 10 s after that, until nothing more is to come. Closing the page changes nothing: PayPal's webhook leads to the same end.
 */
export async function followPayment(
  address: ReturnAddress,
  show: (followed: PaymentProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + POLL_TIMEOUT_MS;
  let followed: PaymentProgress = {};
  const learn = (news: PaymentProgress) => {
    followed = { ...followed, ...news };
    if (!signal.aborted) show(followed);
  };
  let capturing = false;
  const onPayment = (payment: Payment) => {
    const known = followed.payment;
    // An answer may be overtaken by a later one.
    if (known && payment.updated_at < known.updated_at) return;
    // Only a refusal of the buyer's card or account takes an approval back.
    const declined =
      known?.status === 'approved' && payment.status === 'created' && payment.updated_at > known.updated_at;
    learn({
      payment,
      capturing,
      ...(declined && { refusal: { reason: 'declined', approveUrl: payment.approve_url } }),
    });
  };

  const found = await find(address, end, learn, signal);
  if (!found) return learn({ unknown: true });
  const id = found.payment_id;
  capturing = MAY_BE_CAPTURED.has(found.status);
  onPayment(found);

  let captured: Promise<void> | undefined;
  if (capturing) {
    captured = capture(id).then((answer) => {
      capturing = false;
      if (!answer) return;
      if ('reason' in answer) learn({ refusal: answer });
      else onPayment(answer);
    });
    // Its answer may make the first question find the end already.
    await Promise.race([captured, sleep(POLL_INTERVAL_MS, signal)]);
  }
  const check = () => checkPaymentStatus(id, { forMs: end - Date.now(), onPayment, signal });
  let result = await check();
  if (capturing && 'payment' in result && !result.success) {
    await captured;
    result = await check();
  }
  if ('error' in result) learn({ late: true });

  while (!followed.payment?.settled) {
    await sleep(Date.now() < end ? POLL_INTERVAL_MS : SLOW_POLL_INTERVAL_MS, signal);
    if (Date.now() >= end && !followed.late) learn({ late: true });
    await getPayment(id, { signal }).then(onPayment, throwIfAborted(signal));
  }
}

/** What PayPal may still have money for. Also what was given up: the buyer may have gone back to PayPal and approved after all. */
const MAY_BE_CAPTURED: ReadonlySet<Payment['status']> = new Set([
  'created',
  'approved',
  'cancelled',
  'expired',
  'failed',
]);

/** The payment of the address; undefined when the shop has none of that name. */
async function find(
  address: ReturnAddress,
  end: number,
  learn: (news: PaymentProgress) => void,
  signal: AbortSignal,
): Promise<Payment | undefined> {
  if (!address.checkout_session_id && !address.token) return undefined;
  // By PayPal's token, a payment of the last second may not be found yet.
  const mayBeYoungUntil = Date.now() + 2 * POLL_INTERVAL_MS;
  for (;;) {
    try {
      return await findPayment(address, { signal });
    } catch (error) {
      if (signal.aborted) throw error;
      if (isPermanent(error) && Date.now() >= mayBeYoungUntil) return undefined;
    }
    await sleep(Date.now() < end ? POLL_INTERVAL_MS : SLOW_POLL_INTERVAL_MS, signal);
    if (Date.now() >= end) learn({ late: true });
  }
}

/** Asks for the money. @returns the payment then, or why there is no money to be had; nothing when the answer did not come. */
async function capture(id: string): Promise<Payment | Refusal | undefined> {
  try {
    return await capturePayment(id);
  } catch (error) {
    if (!(error instanceof ApiProblem)) return undefined;
    const declined = error.as<PaymentDeclined>('/problems/payment-declined');
    if (declined) return { reason: 'declined', approveUrl: declined.approve_url };
    const notApproved = error.as<NotApproved>('/problems/not-approved');
    if (notApproved) return { reason: 'not_approved', approveUrl: notApproved.approve_url ?? null };
  }
  return undefined;
}

/** The webhook asks PayPal as well, so an answer that does not come now comes later. */
const throwIfAborted = (signal: AbortSignal) => (): void => signal.throwIfAborted();
