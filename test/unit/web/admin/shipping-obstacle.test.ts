import { describe, expect, it } from 'vitest';
import { shippingObstacle } from '../../../../web/admin/shipping-obstacle.ts';

const refund = (status: 'PENDING' | 'COMPLETED' | 'FAILED' | 'CANCELLED') => ({
  refund_id: status,
  status,
  amount: null,
});

describe('shippingObstacle', () => {
  it('names a refund that is pending', () => {
    expect(shippingObstacle({ status: 'captured', refunds: [refund('FAILED'), refund('PENDING')] })).toBe(
      'a refund is pending at PayPal',
    );
  });

  it('is undefined once refunds are completed, failed or cancelled', () => {
    const refunds = [refund('COMPLETED'), refund('FAILED'), refund('CANCELLED')];

    expect(shippingObstacle({ status: 'partially_refunded', refunds })).toBeUndefined();
  });
});
