import type { RefusalOwner } from '../paypal/refusals.ts';
import type { PaymentId } from '../shared/ids.ts';
import { logger } from '../shared/logger.ts';
import { measure } from '../shared/metrics.ts';

export interface CaptureRefusal {
  readonly payment_id: PaymentId;
  readonly owner: RefusalOwner;
  /** PayPal's. */
  readonly issue: string;
}

export interface RecordRefusalDeps {
  /** Of the hourly metrics. */
  readonly addCounts: (at: Date, counts: Readonly<Record<string, number>>) => Promise<void>;
  readonly now: () => Date;
}

/** Counters of refusals that are the merchant's, by issue: the health check reads them. */
export const REFUSED_COUNTER = 'capture_refused.';

/** PayPal's longest issue has 50 characters. */
const MAX_ISSUE_LENGTH = 80;

/** Measures and logs a refused capture, and counts it for operators if they must act. */
export const recordRefusal =
  ({ addCounts, now }: RecordRefusalDeps) =>
  async ({ payment_id, owner, issue }: CaptureRefusal): Promise<void> => {
    measure('CaptureRefused', 1, owner);
    logger.warn('CAPTURE_REFUSED', { payment_id, owner, issue });
    if (owner === 'merchant') await addCounts(now(), { [REFUSED_COUNTER + issue.slice(0, MAX_ISSUE_LENGTH)]: 1 });
  };
