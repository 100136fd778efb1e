import { sessionIdOf } from '../shared/ids.ts';
import type { Settlement } from '../shared/settlement.ts';
import type { Payment } from './payment.ts';
import { isGivenUp } from './transitions.ts';

/** A settlement that was asked for when the payment moved: the last part of its execution's name, and its input. */
export interface PastSettlement {
  readonly name: string;
  readonly input: Settlement;
}

type Of = Pick<Payment, 'payment_id' | 'status' | 'captured' | 'refunded_minor' | 'late' | 'history'>;

/** The settlement that makes the order of a payment; undefined where none was asked for: no money has come, or what did is not accepted. */
export function settlementOfCapture(payment: Of): PastSettlement | undefined {
  if (!payment.captured || !payment.history.some(({ status }) => status === 'captured')) return undefined;
  const outcome = payment.late ? 'captured_late' : 'captured';
  return { name: outcome, input: { ...inputOf(payment), outcome, payment_status: 'captured', refunded_minor: 0 } };
}

/** The settlement that followed from what the payment is now, as its last move asked for it; undefined where none follows. */
export function settlementOfStatus(payment: Of): PastSettlement | undefined {
  const { status, late, refunded_minor, history } = payment;
  switch (status) {
    case 'captured':
      return settlementOfCapture(payment);
    case 'partially_refunded':
    case 'refunded':
      return { name: `refunded-${refunded_minor}`, input: { ...inputOf(payment), outcome: 'refunded' } };
    case 'reversed':
      return { name: 'refunded-reversed', input: { ...inputOf(payment), outcome: 'refunded' } };
    case 'expired':
    case 'cancelled':
    case 'failed': {
      const again = late || history.slice(0, -1).some((move) => isGivenUp(move.status));
      const name = again ? `released-${status}${late ? '-late' : ''}` : 'released';
      return { name, input: { ...inputOf(payment), outcome: 'released' } };
    }
    default:
      return undefined;
  }
}

const inputOf = ({ payment_id, status, captured, refunded_minor }: Of): Omit<Settlement, 'outcome'> => ({
  payment_id,
  checkout_session_id: sessionIdOf(payment_id),
  payment_status: status,
  captured: captured ?? null,
  refunded_minor,
});
