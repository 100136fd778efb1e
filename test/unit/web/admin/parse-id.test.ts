import { describe, expect, it } from 'vitest';
import { parseId } from '../../../../web/admin/parse-id.ts';

const ULID = '01JZ8Q4W3V5Y7X9R2T6N8M0KBC';

describe('parseId', () => {
  it.each([`pay_${ULID}`, `ord_${ULID}`, `cs_${ULID}`, `  ord_${ULID}\n`, `PAY_${ULID.toLowerCase()}`])(
    'recognises a payment by %j',
    (text) => {
      expect(parseId(text)).toEqual({ kind: 'payment', paymentId: `pay_${ULID}` });
    },
  );

  it('distinguishes a PayPal event from a PayPal order or capture', () => {
    expect(parseId('WH-58D329510W468432D-8HN650336L201105X')).toEqual({
      kind: 'event',
      eventId: 'WH-58D329510W468432D-8HN650336L201105X',
    });
    expect(parseId('2GG279541U471931P')).toEqual({ kind: 'paypal', id: '2GG279541U471931P' });
  });

  it.each(['', '   ', 'pay_123', `xyz_${ULID}`, 'ada@example.com', '../../../web/admin', 'a'.repeat(65)])(
    'rejects %j',
    (text) => {
      expect(parseId(text)).toEqual({ kind: 'unrecognised' });
    },
  );
});
