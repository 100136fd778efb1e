import { describe, expect, it } from 'vitest';
import type { StatementCurrencies } from '../../../src/ledger/statement.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const LIST = 'GET /api/v1/admin/statements';
const CSV = 'GET /api/v1/admin/statements.csv';
const SUMS = { gross: 2000, refunds: 2500, reversals: 300, fees: 105, count: 3 };

/** The admin API on 2026-06-01, with the statement of a day. */
async function adminWith(...days: readonly (readonly [day: string, readUntil: string, StatementCurrencies])[]) {
  const admin = adminInMemory();
  for (const [day, read_until, currencies] of days)
    await admin.ledger.repository.putStatement({ day, read_until, currencies });
  return admin;
}
const monday = ['2026-05-25', '2026-05-26T00:00:00.000Z', { JPY: { ...SUMS, refunds: 0 }, EUR: SUMS }] as const;
const today = ['2026-06-01', '2026-06-01T09:00:00.000Z', { EUR: { ...SUMS, refunds: 0 } }] as const;

describe('GET /api/v1/admin/statements', () => {
  it('lists the last month, newest first, with amounts as text', async () => {
    const admin = await adminWith(['2026-05-01', '2026-05-02T00:00:00.000Z', { EUR: SUMS }], monday, today);

    const { body } = await admin.call(LIST);

    expect(body.statements.map(({ day, currency }: Record<string, string>) => `${day} ${currency}`)).toEqual([
      '2026-06-01 EUR',
      '2026-05-25 EUR',
      '2026-05-25 JPY',
    ]);
    expect(body.statements[1]).toEqual({
      day: '2026-05-25',
      currency: 'EUR',
      gross: { currency_code: 'EUR', value: '20.00' },
      refunds: { currency_code: 'EUR', value: '25.00' },
      reversals: { currency_code: 'EUR', value: '3.00' },
      fees: { currency_code: 'EUR', value: '1.05' },
      net: { currency_code: 'EUR', value: '-9.05' },
      count: 3,
      complete: true,
    });
    expect(body.statements[0].complete).toBe(false);
    expect(body.read_until).toBe('2026-06-01T09:00:00.000Z');
  });

  it('lists nothing before the first reading', async () => {
    const admin = await adminWith();

    expect((await admin.call(LIST)).body).toEqual({ statements: [], read_until: null });
  });

  it('includes the first and the last day', async () => {
    const admin = await adminWith(monday, today);

    const query = { from: '2026-05-25', to: '2026-05-25' };
    expect((await admin.call(LIST, { query })).body.statements).toHaveLength(2);
  });

  it.each<[field: string, query: Record<string, string>]>([
    ['from', { from: 'yesterday' }],
    ['from', { from: '2026-02-30' }],
    ['to', { to: '2026-13-01' }],
    ['to', { from: '2026-06-02', to: '2026-06-01' }],
    ['from', { from: '2025-05-31', to: '2026-06-01' }],
    ['day', { day: '2026-06-01' }],
  ])('rejects an invalid %s', async (field, query) => {
    const admin = await adminWith();

    for (const call of [LIST, CSV] as const)
      expect(await admin.call(call, { query })).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('allows a leap year', async () => {
    const admin = await adminWith();

    expect(await admin.call(LIST, { query: { from: '2025-06-01', to: '2026-06-01' } })).toMatchObject({ status: 200 });
  });
});

describe('GET /api/v1/admin/statements.csv', () => {
  it('exports the same rows', async () => {
    const admin = await adminWith(monday, today);

    const { headers, body } = await admin.call(CSV);

    expect(headers).toMatchObject({
      'content-type': 'text/csv',
      'content-disposition': 'attachment; filename="statements.csv"',
      'cache-control': 'no-store',
    });
    expect(body.split('\r\n')).toEqual([
      'day,currency,gross,refunds,reversals,fees,net,count,complete',
      '2026-06-01,EUR,20.00,0.00,3.00,1.05,15.95,3,false',
      '2026-05-25,EUR,20.00,25.00,3.00,1.05,-9.05,3,true',
      '2026-05-25,JPY,2000,0,300,105,1595,3,true',
      '',
    ]);
  });

  it('requires an operator', async () => {
    const admin = await adminWith();

    expect(await admin.call(CSV, { token: undefined })).toMatchObject({ status: 401 });
  });
});
