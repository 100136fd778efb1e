import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../src/ledger/ledger-line.ts';
import type { PayPalTransaction } from '../../../src/paypal/transactions.ts';

const TRANSACTION: PayPalTransaction = {
  id: 'T1',
  code: 'T0006',
  status: 'S',
  at: '2026-06-01T12:00:00.000Z',
  amount: { currency: 'EUR', minor: 2000 },
  reference_id: 'CAPTURE1',
};

describe('lineOf', () => {
  it('is a payment of its own capture', () => {
    expect(lineOf({ ...TRANSACTION, fee: { currency: 'EUR', minor: -35 } })).toEqual({
      transaction_id: 'T1',
      type: 'payment',
      capture_id: 'T1',
      amount: { currency: 'EUR', minor: 2000 },
      fee: { currency: 'EUR', minor: -35 },
      at: '2026-06-01T12:00:00.000Z',
    });
  });

  it.each([
    ['T0003', 'payment'],
    ['T0106', 'fee'],
    ['T1106', 'reversal'],
    ['T1107', 'refund'],
    ['T1108', 'fee'],
    ['T1201', 'reversal'],
    ['T1202', 'reversal'],
  ])('reads %s as %s', (code, type) => {
    expect(lineOf({ ...TRANSACTION, code })).toMatchObject({
      type,
      capture_id: type === 'payment' ? 'T1' : 'CAPTURE1',
    });
  });

  it.each(['T0200', 'T0400', 'T1110', 'T1111', 'T1503', 'T2101', 'T9999', ''])('ignores %s', (code) => {
    expect(lineOf({ ...TRANSACTION, code })).toBeUndefined();
  });

  it.each([
    ['S', true],
    ['V', true],
    ['P', false],
    ['D', false],
    ['F', false],
  ])('counts status %s: %s', (status, counts) => {
    expect(lineOf({ ...TRANSACTION, status }) !== undefined).toBe(counts);
  });
});
