import { obstacleToShipping } from '../../src/payments/obstacle-to-shipping.ts';
import type { OperatorPayment } from '../api/schema.ts';
import { pendingRefunds } from './partial-refund.ts';

/** Why the API would refuse to ship the payment's order, if it would. */
export const shippingObstacle = ({
  status,
  refunds,
}: Pick<OperatorPayment, 'status' | 'refunds'>): string | undefined =>
  obstacleToShipping(status, pendingRefunds(refunds).length);
