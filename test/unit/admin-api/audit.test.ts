import { describe, expect, it } from 'vitest';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const AUDIT = 'GET /api/v1/admin/audit';

describe('the audit', () => {
  it('shows what was done, newest first', async () => {
    const admin = adminInMemory();
    const { paymentId } = await admin.paid();
    for (const reason of ['first', 'second'])
      await admin.call('POST /api/v1/admin/payments/{id}/refund', {
        id: paymentId,
        body: { amount: { currency_code: 'EUR', value: '1.00' }, reason },
      });

    const { body } = await admin.call(AUDIT);

    expect(body.entries.map(({ why }: { why: string }) => why)).toEqual(['second', 'first']);
    expect(body.next_cursor).toBeNull();
  });

  it.each([
    ['a cursor that is none', { cursor: 'bm9uZQ' }, 'cursor'],
    ['a cursor of another list', { cursor: Buffer.from('{"at":"now"}').toString('base64url') }, 'cursor'],
    ['a cursor of other letters', { cursor: '../../../etc' }, 'cursor'],
    [
      'a cursor with more in it',
      { cursor: Buffer.from(`{"id":"${'0'.repeat(26)}","kind":"hour"}`).toString('base64url') },
      'cursor',
    ],
    ['too much at once', { limit: '101' }, 'limit'],
    ['nothing at once', { limit: '0' }, 'limit'],
    ['a part at once', { limit: '1.5' }, 'limit'],
    ['a time that is none', { from: 'yesterday' }, 'from'],
    ['a day that is none', { to: '2026-02-30T00:00:00Z' }, 'to'],
    ['a time of nowhere', { to: '2026-02-28T00:00:00' }, 'to'],
    ['something that it does not know', { why: 'because' }, 'why'],
    ['nobody', { who: '' }, 'who'],
  ])('refuses %s, naming the field', async (_, query: Record<string, string>, field) => {
    const { status, body } = await adminInMemory().call(AUDIT, { query });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });
});
