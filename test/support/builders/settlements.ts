import type { FailedSettlement } from '../../../src/settlements/failed-settlement-repository.ts';
import type { Outcome, PaymentStatus, Settlement } from '../../../src/shared/settlement.ts';
import { PAYMENT, REQUESTED, SESSION } from './payments.ts';

/** The workflow input of the sample purchase. */
export const settlementThat = (
  outcome: Outcome,
  payment_status: PaymentStatus = 'captured',
  more: Partial<Settlement> = {},
): Settlement => ({
  payment_id: PAYMENT,
  checkout_session_id: SESSION,
  outcome,
  payment_status,
  captured: outcome === 'released' ? null : REQUESTED,
  refunded_minor: 0,
  ...more,
});

/** An entry of the list of failed settlements that failed once, without known steps. `failed_at`: ISO 8601, UTC. */
export const listedFailure = (
  of: Pick<FailedSettlement, 'payment_id' | 'failed_at'> & Partial<FailedSettlement>,
): FailedSettlement => ({
  settlement: 'captured',
  execution_arn: 'arn',
  redrives: 0,
  status: 'FAILED',
  error: null,
  cause: null,
  failed_steps: [],
  last_failed_at: of.failed_at,
  ...of,
});
