import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { dayOf, endOfDay } from '../../../src/ledger/days.ts';
import { callFunction, dynamo, everythingIn } from './aws.ts';

const { simulator_url, tables } = inject('stack');

/** The UTC day of the test. */
export const today = (): string => dayOf(new Date());

/** Reads PayPal's ledger up to now: the day of the test is not over, so its statement is not complete. */
export async function readLedger(): Promise<Record<string, number>> {
  const due_before = new Date(endOfDay(today()).getTime() + 3 * 3_600_000).toISOString();
  for (;;) {
    const { figures, cursor } = await callFunction('reconciliation', { job: 'ledger', due_before });
    if (!JSON.parse(cursor).reading) return figures;
  }
}

/** Forgets that the ledger was read: later tests may leave payments that PayPal does not know. */
export async function forgetLedger(): Promise<void> {
  for (const { kind, id } of await everythingIn('operations'))
    if (kind === 'statement' || (kind === 'run' && id === 'ledger'))
      await dynamo.send(new DeleteCommand({ TableName: tables.operations, Key: { kind, id } }));
}

interface Transaction {
  readonly transaction_event_code: string;
  readonly transaction_status: string;
  readonly transaction_amount: { readonly currency_code: string; readonly value: string };
  readonly fee_amount?: { readonly value: string };
  readonly custom_field?: string;
}

interface Listed {
  readonly transaction_details: readonly { readonly transaction_info: Transaction }[];
  readonly total_pages: number;
}

/** The simulator's transactions of today. */
export async function transactionsAtPayPal(): Promise<Transaction[]> {
  const basic = Buffer.from('sandbox-client:sandbox-secret').toString('base64');
  const token = await fetch(new URL('/v1/oauth2/token', simulator_url), {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const all: Transaction[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const query = new URLSearchParams({
      start_date: `${today()}T00:00:00Z`,
      end_date: `${today()}T23:59:59Z`,
      page_size: '500',
      page: String(page),
    });
    const response = await fetch(new URL(`/v1/reporting/transactions?${query}`, simulator_url), {
      headers: { authorization: `Bearer ${access_token}` },
    });
    const { transaction_details, total_pages } = (await response.json()) as Listed;
    all.push(...transaction_details.map(({ transaction_info }) => transaction_info));
    pages = total_pages;
  }
  return all;
}
