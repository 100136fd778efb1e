import * as z from 'zod/mini';
import { sessionIdOf } from '../shared/ids.ts';
import { OUTCOMES, outcomeOf, type PaymentStatus, type Settlement } from '../shared/settlement.ts';
import type { Payment } from './payment.ts';

/** A settlement that a transition requested: the last part of its execution's name, and its input. */
export interface PastSettlement {
  readonly name: string;
  readonly input: Settlement;
}

type PaymentState = Pick<Payment, 'payment_id' | 'status' | 'captured' | 'refunded_minor' | 'history'>;

/**
 * The settlement that creates the payment's order; undefined when nothing was captured, or the captured amount is not
 * accepted.
 */
export const settlementOfCapture = (payment: PaymentState): PastSettlement | undefined =>
  lastRequested({ ...payment, refunded_minor: 0 }, 'captured');

/** The settlement that the payment's current status requested; undefined when it requested none. */
export const settlementOfStatus = (payment: PaymentState): PastSettlement | undefined =>
  payment.history.at(-1)?.status === payment.status ? lastRequested(payment, payment.status) : undefined;

function lastRequested(
  { payment_id, captured, refunded_minor, history }: PaymentState,
  payment_status: PaymentStatus,
): PastSettlement | undefined {
  const name = history.findLast(({ status }) => status === payment_status)?.settlement;
  const [, reinstated, refunded] = /-reinstated(\d+)(?:-(\d+))?$/.exec(name ?? '') ?? [];
  return name === undefined
    ? undefined
    : {
        name,
        input: {
          payment_id,
          checkout_session_id: sessionIdOf(payment_id),
          outcome: z.parse(z.enum(OUTCOMES), outcomeOf(name)),
          payment_status,
          captured: captured ?? null,
          refunded_minor: refunded ? Number(refunded) : refunded_minor,
          ...(reinstated && { reinstated: Number(reinstated) }),
        },
      };
}
