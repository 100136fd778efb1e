import { describe, expect, it } from 'vitest';
import { paymentEntries } from '../../../src/admin-api/timeline.ts';
import type { Payment } from '../../../src/payments/payment.ts';

const textOf = (entry: Pick<Payment['history'][number], 'status' | 'evidence' | 'issue'>) =>
  paymentEntries({ history: [{ at: '2026-06-01T12:00:00.000Z', source: 'capture', ...entry }] }).map(
    ({ what }) => what,
  );

describe('paymentEntries', () => {
  it.each([
    ['captured', 'captured', 'captured'],
    ['partially_refunded', 'refunded', 'partially refunded'],
    ['captured', 'refund_pending', 'captured: refund pending'],
    ['refunded', 'refunded', 'refunded'],
    ['reversed', 'reversed', 'reversed'],
    ['captured', 'reinstated', 'captured: reinstated'],
  ] as const)('writes status %s after evidence %s as words', (status, evidence, text) => {
    expect(textOf({ status, evidence })).toEqual([text]);
  });

  it('shows the issue of a refused capture', () => {
    expect(textOf({ status: 'created', evidence: 'instrument_declined', issue: 'INSTRUMENT_DECLINED' })).toEqual([
      'created: instrument declined (INSTRUMENT_DECLINED)',
    ]);
  });
});
