import * as z from 'zod/mini';
import type { Money } from '../shared/money.ts';
import { segment } from './client.ts';
import type { PayPalRefused } from './errors.ts';
import { readAs } from './response.ts';
import { money } from './schema.ts';
import type { CallPayPal } from './transport.ts';

/** One entry of the PayPal account's ledger. Amounts are signed as seen by the shop: refunds and fees are negative. */
export interface PayPalTransaction {
  readonly id: string;
  /** Such as `T0006`: https://developer.paypal.com/docs/transaction-search/transaction-event-codes/ */
  readonly code: string;
  /** S: success; V: success, reversed later; P: pending; D: denied. */
  readonly status: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly amount: Money;
  readonly fee?: Money;
  /** The related transaction: of a refund, the capture. */
  readonly reference_id?: string;
  /** The order's `custom_id`. */
  readonly custom_field?: string;
}

export interface TransactionQuery {
  /** `from` and `to` are inclusive and at most 31 days apart. */
  readonly from: Date;
  readonly to: Date;
  /** From 1. */
  readonly page: number;
  /** @default - all transactions */
  readonly transactionId?: string;
}

export type TransactionPage =
  | {
      readonly outcome: 'page';
      readonly transactions: readonly PayPalTransaction[];
      /** Number of pages of the query. */
      readonly pages: number;
      /** ISO 8601, UTC: younger transactions may be missing. */
      readonly refreshed_at?: string;
    }
  /** More than 10,000 transactions: query a shorter period. */
  | { readonly outcome: 'too_large' }
  /** PayPal has no data for the period yet. */
  | { readonly outcome: 'not_available' }
  /** The REST app lacks the permission for Transaction Search. */
  | { readonly outcome: 'not_permitted' };

/**
 * PayPal's Transaction Search. Transactions appear within three hours. Throws as `PayPal` in client.ts does.
 * https://developer.paypal.com/docs/api/transaction-search/v1/
 */
export interface PayPalTransactions {
  listTransactions(query: TransactionQuery): Promise<TransactionPage>;
}

/** The longest period of one query. */
export const MAX_PERIOD_MS = 31 * 24 * 3_600_000;
/** The most that PayPal allows. */
const PAGE_SIZE = 500;
/** A page of 500 takes PayPal longer than other calls. */
const BUDGET_MS = 15_000;

const lenient = <Schema extends z.core.$ZodType>(schema: Schema) => z.catch(z.nullish(schema), undefined);
const time = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));

/** Every field is optional at PayPal; an entry without one of the required ones here cannot be counted. */
const entry = z.object({
  transaction_info: z.object({
    transaction_id: z.string(),
    transaction_event_code: z.string(),
    transaction_status: lenient(z.string()),
    transaction_initiation_date: time,
    transaction_amount: money,
    fee_amount: lenient(money),
    paypal_reference_id: lenient(z.string()),
    custom_field: lenient(z.string()),
  }),
});
const response = z.object({
  transaction_details: z.nullish(z.array(z.catch(z.nullable(entry), null))),
  total_pages: lenient(z.int()),
  last_refreshed_datetime: lenient(time),
});

export function payPalTransactions(call: CallPayPal): PayPalTransactions {
  return {
    async listTransactions({ from, to, page, transactionId }) {
      if (to.getTime() - from.getTime() > MAX_PERIOD_MS)
        throw new RangeError('invalid period: expected at most 31 days');
      const query = new URLSearchParams({
        start_date: from.toISOString(),
        end_date: to.toISOString(),
        ...(transactionId !== undefined && { transaction_id: segment(transactionId) }),
        page_size: String(PAGE_SIZE),
        page: String(page),
      });
      const path = `/v1/reporting/transactions?${query}`;
      const found = await call({ operation: 'listTransactions', path, budgetMs: BUDGET_MS, read: pageFrom });
      if ('value' in found) return found.value;
      const outcome = outcomeOf(found.rejection);
      if (!outcome) throw found.rejection;
      return { outcome };
    },
  };
}

function pageFrom(wire: unknown): TransactionPage {
  const { transaction_details, total_pages, last_refreshed_datetime } = readAs('list of transactions', response, wire);
  return {
    outcome: 'page',
    transactions: (transaction_details ?? []).flatMap((one) => (one ? [transactionOf(one.transaction_info)] : [])),
    pages: total_pages ?? 1,
    ...(last_refreshed_datetime && { refreshed_at: new Date(last_refreshed_datetime).toISOString() }),
  };
}

const transactionOf = (info: z.infer<typeof entry>['transaction_info']): PayPalTransaction => ({
  id: info.transaction_id,
  code: info.transaction_event_code,
  status: info.transaction_status ?? 'S',
  at: new Date(info.transaction_initiation_date).toISOString(),
  amount: info.transaction_amount,
  ...(info.fee_amount && { fee: info.fee_amount }),
  ...(info.paypal_reference_id && { reference_id: info.paypal_reference_id }),
  ...(info.custom_field && { custom_field: info.custom_field }),
});

/**
 * `RESULTSET_TOO_LARGE` is not in PayPal's OpenAPI document: https://github.com/airbytehq/airbyte/issues/4404
 * Nor is the message "Data for the given start date is not available", an INVALID_REQUEST without an issue:
 * https://github.com/paypal/PayPal-node-SDK/issues/452
 */
function outcomeOf({ status, error, issue }: PayPalRefused): Exclude<TransactionPage['outcome'], 'page'> | undefined {
  if (status === 403) return 'not_permitted';
  if (error === 'RESULTSET_TOO_LARGE' || issue === 'RESULTSET_TOO_LARGE') return 'too_large';
  return status === 400 && error === 'INVALID_REQUEST' && issue === error ? 'not_available' : undefined;
}
