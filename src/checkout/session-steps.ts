import type { PaymentStatus, Settlement } from '../shared/settlement.ts';
import type { StepsOf } from '../shared/workflow-steps.ts';
import type { Session } from './session.ts';
import type { SessionChange, SessionRepository } from './session-repository.ts';

/** What a step tells the workflow's history: the session's status now, and whether this run of the step changed it. */
export interface SessionStepResult {
  readonly session_status: Session['status'];
  readonly changed: boolean;
}

/**
 * What a session's payment may have been when it becomes this: anything that says less. So a step that comes late, or a second
 * time, finds the later word and leaves it.
 */
const SUPERSEDES: Partial<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  expired: ['created'],
  cancelled: ['created', 'expired'],
  failed: ['created', 'expired', 'cancelled'],
  captured: ['created', 'expired', 'cancelled', 'failed'],
  partially_refunded: ['created', 'expired', 'cancelled', 'failed', 'captured'],
  refunded: ['created', 'expired', 'cancelled', 'failed', 'captured', 'partially_refunded'],
  reversed: ['created', 'expired', 'cancelled', 'failed', 'captured', 'partially_refunded', 'refunded'],
};

/** Whether a session that says this of its payment is still to follow a payment that is that. */
export const isSupersededBy = (says: PaymentStatus, payment: PaymentStatus): boolean =>
  SUPERSEDES[payment]?.includes(says) ?? false;

const UNPAID = ['open', 'payment_pending', 'payment_failed', 'expired'] as const;

type Deps = Pick<SessionRepository, 'change'>;

/** The money has come: the purchase is complete. */
export const completeCheckout = (sessions: Deps, settlement: Settlement): Promise<SessionStepResult> =>
  updateSession(sessions, settlement, { set: { status: 'payment_completed', payment_status: 'captured' } });

/** No money will come: the purchase is over. */
export const failCheckout = (sessions: Deps, settlement: Settlement): Promise<SessionStepResult> =>
  updateSession(sessions, settlement, {
    set: {
      status: settlement.payment_status === 'expired' ? 'expired' : 'payment_failed',
      payment_status: settlement.payment_status,
    },
    ifStatusIn: UNPAID,
  });

/** Money was given back. The purchase is complete if there is an order for it; if that is `void`, it never will be. */
export const refundCheckout = (sessions: Deps, settlement: Settlement): Promise<SessionStepResult> =>
  updateSession(sessions, settlement, {
    set: {
      status: settlement.order?.order_status === 'void' ? 'payment_failed' : 'payment_completed',
      payment_status: settlement.payment_status,
    },
  });

export const sessionSteps = (sessions: Deps): StepsOf<'checkout', SessionStepResult> => ({
  CompleteCheckout: (settlement) => completeCheckout(sessions, settlement),
  FailCheckout: (settlement) => failCheckout(sessions, settlement),
  RefundCheckout: (settlement) => refundCheckout(sessions, settlement),
});

async function updateSession(
  sessions: Deps,
  { checkout_session_id }: Settlement,
  change: Omit<SessionChange, 'ifPaymentStatusIn'>,
): Promise<SessionStepResult> {
  const to = change.set.payment_status;
  const before = to && SUPERSEDES[to];
  if (!before) throw new Error(`no checkout session follows a payment that is ${to}`);
  const { session, changed } = await sessions.change(checkout_session_id, { ...change, ifPaymentStatusIn: before });
  if (!session) throw new Error(`there is no checkout session ${checkout_session_id}`);
  return { session_status: session.status, changed };
}
