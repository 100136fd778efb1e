import { ApiProblem } from '../api/call.ts';
import type { AlreadyCaptured, Payment, Problem, UnknownPayment, WrongToken } from '../api/schema.ts';
import * as api from './api.ts';
import { copyFor, type PaymentCopy } from './payment-copy.ts';

/** What became of the wish to cancel. */
export interface CancelPaymentResult {
  readonly words: PaymentCopy;
  /** Undefined when the address names none. */
  readonly payment?: Payment;
}

/**
 * Cancels the payment that the buyer has turned back from, of which PayPal tells nobody, and says what is true then: it may be too late, and
 * money that has come is not denied.
 * @throws as `call` does when nothing is known, because the API gave no answer.
 */
export async function cancelPayment(address: api.ReturnAddress, signal: AbortSignal): Promise<CancelPaymentResult> {
  if (!address.checkout_session_id && !address.token) return { words: UNKNOWN };
  try {
    const payment = await cancelled(address, signal);
    return { payment, words: wordsOf(payment) };
  } catch (error) {
    const unknown =
      isProblem<UnknownPayment>(error, '/problems/unknown-payment') ||
      isProblem<WrongToken>(error, '/problems/wrong-token');
    if (unknown) return { words: UNKNOWN };
    throw error;
  }
}

async function cancelled(address: api.ReturnAddress, signal: AbortSignal): Promise<Payment> {
  const payment = await api.findPayment(address, { signal });
  const token = address.token ?? payment.paypal_order_id;
  // The buyer was never sent to PayPal.
  if (!token) return payment;
  try {
    return await api.cancelPayment(payment.payment_id, token);
  } catch (error) {
    if (!isProblem<AlreadyCaptured>(error, '/problems/already-captured')) throw error;
    return api.getPayment(payment.payment_id, { signal });
  }
}

function wordsOf(payment: Payment): PaymentCopy {
  const onward = {
    label: 'To your payment',
    href: `/checkout/success?checkout_session_id=${payment.checkout_session_id}`,
  };
  switch (payment.status) {
    case 'cancelled':
      return {
        tone: 'calm',
        title: 'Payment cancelled',
        text: 'Nothing was charged. Your items go back into the shop; should you change your mind, check out again from your basket.',
      };
    case 'created':
      return {
        tone: 'calm',
        title: 'Payment not completed',
        text: 'You have not approved it, so nothing was charged.',
      };
    case 'approved':
      return {
        tone: 'calm',
        title: 'You have approved this payment',
        text: 'So it was not cancelled: it is being completed at this moment.',
        onward,
      };
    case 'captured':
    case 'partially_refunded':
      return {
        tone: 'good',
        title: 'This payment has gone through',
        text: 'It was complete before you turned back, so it was not cancelled.',
        onward: { ...onward, label: 'To your order' },
      };
    case 'failed':
    case 'expired':
      return copyFor({ payment });
    default:
      return { ...copyFor({ payment }), onward };
  }
}

const UNKNOWN: PaymentCopy = {
  tone: 'bad',
  title: 'We do not know this payment',
  text: 'So nothing was cancelled. Please use the link that PayPal has sent you back with.',
};

const isProblem = <Document extends Problem>(error: unknown, type: NonNullable<Document['type']>): boolean =>
  error instanceof ApiProblem && error.as<Document>(type) !== undefined;
