import type { PaymentStatus, Settlement } from '../shared/settlement.ts';
import type { StepsOf } from '../shared/workflow-steps.ts';
import type { Session } from './session.ts';
import type { SessionChange, SessionRepository } from './session-repository.ts';

/** The session's current status, and whether this run changed it. */
export interface SessionStepResult {
  readonly session_status: Session['status'];
  readonly changed: boolean;
}

/**
 * The payment statuses of a session that each payment status supersedes. A step that runs late or twice is a no-op.
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

/** Whether a session with payment status `status` is behind a payment with status `newer`. */
export const isSupersededBy = (status: PaymentStatus, newer: PaymentStatus): boolean =>
  SUPERSEDES[newer]?.includes(status) ?? false;

const UNPAID = ['open', 'payment_pending', 'payment_failed', 'expired'] as const;

type Deps = Pick<SessionRepository, 'change'>;

export const completeCheckout = (sessions: Deps, settlement: Settlement): Promise<SessionStepResult> =>
  updateSession(sessions, settlement, { set: { status: 'payment_completed', payment_status: 'captured' } });

export const failCheckout = (sessions: Deps, settlement: Settlement): Promise<SessionStepResult> =>
  updateSession(sessions, settlement, {
    set: {
      status: settlement.payment_status === 'expired' ? 'expired' : 'payment_failed',
      payment_status: settlement.payment_status,
    },
    ifStatusIn: UNPAID,
  });

/** Records a refund. With a `void` order, the checkout failed; otherwise it stays completed. */
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
  { checkout_session_id, reinstated }: Settlement,
  change: Omit<SessionChange, 'ifPaymentStatusIn' | 'reinstated'>,
): Promise<SessionStepResult> {
  const to = change.set.payment_status;
  const before = to && SUPERSEDES[to];
  if (!before) throw new Error(`invalid payment status ${to} for a checkout session`);
  const { session, changed } = await sessions.change(checkout_session_id, {
    ...change,
    ifPaymentStatusIn: before,
    reinstated,
  });
  if (!session) throw new Error(`checkout session ${checkout_session_id} not found`);
  return { session_status: session.status, changed };
}
