import { ApiProblem } from '../api/call.ts';
import type { AlreadyCaptured, Payment, Problem, UnknownPayment, WrongToken } from '../api/schema.ts';
import * as api from './api.ts';
import { copyFor, type PaymentCopy } from './payment-copy.ts';

export interface CancelPaymentResult {
  readonly copy: PaymentCopy;
  /** Undefined when the URL matches no payment. */
  readonly payment?: Payment;
}

/**
 * Cancels the payment of a buyer who returned from PayPal without approving; PayPal sends no webhook for this. It may
 * be too late: then the copy reports the capture.
 * @throws as `call` does when the API does not respond, so that the outcome is unknown.
 */
export async function cancelPayment(address: api.ReturnAddress, signal: AbortSignal): Promise<CancelPaymentResult> {
  if (!address.checkout_session_id && !address.token) return { copy: NOT_FOUND };
  try {
    const payment = await cancel(address, signal);
    return { payment, copy: copyAfterCancel(payment) };
  } catch (error) {
    const notFound =
      isProblem<UnknownPayment>(error, '/problems/unknown-payment') ||
      isProblem<WrongToken>(error, '/problems/wrong-token');
    if (notFound) return { copy: NOT_FOUND };
    throw error;
  }
}

async function cancel(address: api.ReturnAddress, signal: AbortSignal): Promise<Payment> {
  const payment = await api.findPayment(address, { signal });
  const token = address.token ?? payment.paypal_order_id;
  // There is no PayPal order: the buyer was never redirected.
  if (!token) return payment;
  try {
    return await api.cancelPayment(payment.payment_id, token);
  } catch (error) {
    if (!isProblem<AlreadyCaptured>(error, '/problems/already-captured')) throw error;
    return api.getPayment(payment.payment_id, { signal });
  }
}

function copyAfterCancel(payment: Payment): PaymentCopy {
  const action = {
    label: 'View payment',
    href: `/checkout/success?checkout_session_id=${payment.checkout_session_id}`,
  };
  switch (payment.status) {
    case 'cancelled':
      return {
        tone: 'calm',
        title: 'Payment cancelled',
        text:
          'You haven’t been charged. Your items are no longer reserved. If you change your mind, check out again ' +
          'from your basket.',
      };
    case 'created':
      return {
        tone: 'calm',
        title: 'Payment not completed',
        text: 'You haven’t approved it, so you haven’t been charged.',
      };
    case 'approved':
      return {
        tone: 'calm',
        title: 'You’ve approved this payment',
        text: 'It wasn’t cancelled, and we’re completing it now.',
        action,
      };
    case 'captured':
    case 'partially_refunded':
      return {
        tone: 'good',
        title: 'This payment went through',
        text: 'It was completed before you cancelled, so it wasn’t cancelled.',
        action: { ...action, label: 'View order' },
      };
    case 'failed':
    case 'expired':
      return copyFor({ payment });
    default:
      return { ...copyFor({ payment }), action };
  }
}

const NOT_FOUND: PaymentCopy = {
  tone: 'bad',
  title: 'We can’t find this payment',
  text: 'Nothing was cancelled. Use the link that brought you back from PayPal.',
};

const isProblem = <Document extends Problem>(error: unknown, type: NonNullable<Document['type']>): boolean =>
  error instanceof ApiProblem && error.as<Document>(type) !== undefined;
