import { describe, expect, it } from 'vitest';
import { fetchBuyer } from '../../../src/payments/fetch-buyer.ts';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import type { PayPalOrder } from '../../../src/paypal/schema.ts';
import { PAYMENT, paymentThatIs } from '../../support/builders/payments.ts';

const ORDER: PayPalOrder = { id: 'ORDER1', status: 'COMPLETED', captures: [], refunds: [], buyer: { name: 'Ada' } };
const SOON_AFTER = new Date('2026-06-01T12:05:00Z');
const LONG_AFTER = new Date('2026-06-02T12:00:00Z');

/** @param order as PayPal shows it; undefined: 404 */
const fetchFrom = (order: PayPalOrder | undefined, now: Date, payment = paymentThatIs('captured')) =>
  fetchBuyer({ payments: { get: async () => payment }, getOrder: async () => order, now: () => now })(PAYMENT);

describe('fetchBuyer', () => {
  it('returns the buyer of PayPal’s order', async () => {
    expect(await fetchFrom(ORDER, SOON_AFTER)).toEqual({ name: 'Ada' });
  });

  it('throws when PayPal does not find an order that it cannot have deleted yet', async () => {
    await expect(fetchFrom(undefined, SOON_AFTER)).rejects.toThrow(PayPalUnavailable);
  });

  it('returns undefined when PayPal does not find an order after its life', async () => {
    expect(await fetchFrom(undefined, LONG_AFTER)).toBeUndefined();
  });

  it('returns undefined for a payment without a PayPal order', async () => {
    const { paypal_order_id: _, ...payment } = paymentThatIs('captured');

    expect(await fetchFrom(ORDER, SOON_AFTER, payment)).toBeUndefined();
  });
});
