import { describe, expect, it } from 'vitest';
import { recordBuyerRead } from '../../../src/admin-api/audit.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const AUDIT = 'GET /api/v1/admin/audit';

describe('GET /api/v1/admin/audit', () => {
  it('lists actions, newest first', async () => {
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
    ['an invalid cursor', { cursor: 'bm9uZQ' }, 'cursor'],
    ['a cursor of another list', { cursor: Buffer.from('{"at":"now"}').toString('base64url') }, 'cursor'],
    ['a cursor of other characters', { cursor: '../../../etc' }, 'cursor'],
    [
      'a cursor with an extra field',
      { cursor: Buffer.from(`{"id":"${'0'.repeat(26)}","kind":"hour"}`).toString('base64url') },
      'cursor',
    ],
    ['a limit above 100', { limit: '101' }, 'limit'],
    ['a limit of 0', { limit: '0' }, 'limit'],
    ['a fractional limit', { limit: '1.5' }, 'limit'],
    ['an invalid time', { from: 'yesterday' }, 'from'],
    ['an invalid date', { to: '2026-02-30T00:00:00Z' }, 'to'],
    ['a time without zone', { to: '2026-02-28T00:00:00' }, 'to'],
    ['an unknown field', { why: 'because' }, 'why'],
    ['an empty actor', { who: '' }, 'who'],
  ])('rejects %s and names the field', async (_, query: Record<string, string>, field) => {
    const { status, body } = await adminInMemory().call(AUDIT, { query });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });
});

it('reads of a buyer within a quarter of an hour are the same entry, and another one afterwards', async () => {
  const written: unknown[] = [];
  const read = (at: string, id = 'ada') =>
    recordBuyerRead(
      { audit: { write: async (entry) => void written.push(entry) }, ulid: () => '', now: () => new Date(at) },
      { id, role: 'operator' },
      'pay_1',
    );

  await read('2026-06-01T12:00:00.000Z');
  await read('2026-06-01T12:14:59.999Z');
  await read('2026-06-01T12:15:00.000Z');
  await read('2026-06-01T12:00:00.000Z', 'grace');

  const [first, again, later, other] = written;
  expect(again).toEqual(first);
  expect(new Set([first, later, other].map((entry) => (entry as { id: string }).id)).size).toBe(3);
});
