import { describe, expect, it } from 'vitest';
import { obstacleToShipping } from '../../../src/payments/obstacle-to-shipping.ts';
import { PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';

describe('obstacleToShipping', () => {
  it('names the status of a payment that does not keep its money', () => {
    expect(PAYMENT_STATUSES.filter((status) => obstacleToShipping(status, 0) === undefined)).toEqual([
      'captured',
      'partially_refunded',
    ]);
    expect(obstacleToShipping('reversed', 0)).toBe('the payment is reversed');
  });

  it('names a refund that is pending', () => {
    expect(obstacleToShipping('captured', 1)).toBe('a refund is pending at PayPal');
  });
});
