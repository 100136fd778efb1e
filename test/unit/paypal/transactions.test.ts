import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PayPalRefused, PayPalUnavailable } from '../../../src/paypal/errors.ts';
import type { TransactionQuery } from '../../../src/paypal/transactions.ts';
import { clientOf, problem, rejectionOf, reply, type ScriptedPayPal, scriptedPayPal } from './scripted-paypal.ts';

let paypal: ScriptedPayPal;
beforeEach(async () => {
  paypal = await scriptedPayPal();
});
afterEach(() => paypal.close());

const QUERY: TransactionQuery = {
  from: new Date('2026-06-01T00:00:00.000Z'),
  to: new Date('2026-06-02T00:00:00.000Z'),
  page: 2,
};
const list = (query: TransactionQuery = QUERY) => clientOf(paypal.origin).transactions.listTransactions(query);

const INFO = {
  paypal_account_id: '6STWC2LSUYYYE',
  transaction_id: '5TY05013RG002845M',
  transaction_event_code: 'T0006',
  transaction_initiation_date: '2014-07-11T04:03:52+0000',
  transaction_updated_date: '2014-07-11T04:03:52+0000',
  transaction_amount: { currency_code: 'EUR', value: '465.00' },
  fee_amount: { currency_code: 'EUR', value: '-13.79' },
  transaction_status: 'S',
  custom_field: 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV',
};
const TRANSACTION = {
  id: '5TY05013RG002845M',
  code: 'T0006',
  status: 'S',
  at: '2014-07-11T04:03:52.000Z',
  amount: { currency: 'EUR', minor: 46500 },
  fee: { currency: 'EUR', minor: -1379 },
  custom_field: 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV',
};
const page = (...infos: readonly unknown[]) => ({
  transaction_details: infos.map((transaction_info) => ({ transaction_info })),
  last_refreshed_datetime: '2026-06-02T04:59:59+0000',
  total_pages: 3,
});

describe('listTransactions', () => {
  it('requests a page of 500, and reads the transactions', async () => {
    const { fee_amount: _, custom_field: __, ...plain } = INFO;
    paypal.replies(reply(200, page(INFO, { ...plain, paypal_reference_id: 'CAPTURE1' })));

    const { fee: ___, custom_field: ____, ...transaction } = TRANSACTION;
    expect(await list()).toEqual({
      outcome: 'page',
      transactions: [TRANSACTION, { ...transaction, reference_id: 'CAPTURE1' }],
      pages: 3,
      refreshed_at: '2026-06-02T04:59:59.000Z',
    });

    expect(paypal.requests[0]?.path).toBe(
      '/v1/reporting/transactions?start_date=2026-06-01T00%3A00%3A00.000Z&end_date=2026-06-02T00%3A00%3A00.000Z' +
        '&page_size=500&page=2',
    );
  });

  it('looks up one transaction', async () => {
    paypal.replies(reply(200, page()));

    await list({ ...QUERY, transactionId: '5TY05013RG002845M' });

    expect(paypal.requests[0]?.path).toContain('transaction_id=5TY05013RG002845M');
  });

  it.each<[what: string, unknown]>([
    ['no list', {}],
    ['null', { transaction_details: null, total_pages: null, last_refreshed_datetime: null }],
    ['an invalid time', { transaction_details: [], last_refreshed_datetime: 'yesterday' }],
  ])('reads %s as an empty last page', async (_, body) => {
    paypal.replies(reply(200, body));

    expect(await list()).toEqual({ outcome: 'page', transactions: [], pages: 1 });
  });

  it.each<[what: string, unknown]>([
    ['nothing', undefined],
    ['no id', { ...INFO, transaction_id: null }],
    ['no amount', { ...INFO, transaction_amount: undefined }],
    ['an amount with too many decimals', { ...INFO, transaction_amount: { currency_code: 'TND', value: '1.234' } }],
    ['no time', { ...INFO, transaction_initiation_date: '' }],
  ])('leaves out a transaction with %s, and reads the others', async (_, info) => {
    paypal.replies(reply(200, page(info, INFO)));

    expect(await list()).toMatchObject({ transactions: [TRANSACTION] });
  });

  it('reads null as absence', async () => {
    const absent = { fee_amount: null, custom_field: null, paypal_reference_id: null, transaction_status: null };
    paypal.replies(reply(200, page({ ...INFO, ...absent })));

    const { fee: _, custom_field: __, ...transaction } = TRANSACTION;
    expect(await list()).toMatchObject({ transactions: [transaction] });
  });

  it.each<[outcome: string, status: number, body: unknown]>([
    ['not_permitted', 403, problem('NOT_AUTHORIZED', 'PERMISSION_DENIED')],
    ['not_permitted', 403, problem('PERMISSION_DENIED')],
    ['too_large', 400, problem('RESULTSET_TOO_LARGE')],
    ['too_large', 400, problem('INVALID_REQUEST', 'RESULTSET_TOO_LARGE')],
    ['not_available', 400, problem('INVALID_REQUEST')],
  ])('returns %s for a status %i', async (outcome, status, body) => {
    paypal.replies(reply(status, body));

    expect(await list()).toEqual({ outcome });
  });

  it('throws PayPalRefused for a request that PayPal calls invalid', async () => {
    paypal.replies(reply(400, problem('INVALID_REQUEST', 'Invalid page')));

    expect(await rejectionOf(list(), PayPalRefused)).toMatchObject({ issue: 'Invalid page' });
  });

  it('throws PayPalUnavailable for a body that is no list', async () => {
    paypal.replies(reply(200, { transaction_details: 'none' }));

    expect(await rejectionOf(list(), PayPalUnavailable)).toMatchObject({ reason: 'unexpected-answer' });
  });

  it('rejects a period of more than 31 days', async () => {
    await expect(list({ ...QUERY, to: new Date('2026-07-02T00:00:00.001Z') })).rejects.toThrow(RangeError);

    expect(paypal.requests).toEqual([]);
  });
});
