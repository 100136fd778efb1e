import type { Outcome, PaymentStatus, Settlement } from '../../lambdas/shared/settlement.ts';
import { ASKED, PAYMENT, SESSION } from './sample-payments.ts';

/** What the workflow of the samples' purchase is given. */
export const settlementThat = (
  outcome: Outcome,
  payment_status: PaymentStatus = 'captured',
  more: Partial<Settlement> = {},
): Settlement => ({
  payment_id: PAYMENT,
  checkout_session_id: SESSION,
  outcome,
  payment_status,
  captured: outcome === 'released' ? null : ASKED,
  refunded_minor: 0,
  ...more,
});
