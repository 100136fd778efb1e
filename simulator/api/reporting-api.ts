import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { MERCHANT } from '../state/buyer.ts';
import { errorForStatus, type Link, PayPalError } from '../state/errors.ts';
import { formatReportTime } from '../state/times.ts';
import { type Transaction, transactionsOf } from '../state/transactions.ts';

const DAY = 24 * 60 * 60 * 1000;
/** "The maximum supported range is 31 days": PayPal's OpenAPI file. */
const MAX_RANGE_MS = 31 * DAY;
/** "This call lists transaction for the previous three years": PayPal's OpenAPI file. */
const MAX_AGE_MS = 3 * 365 * DAY;

/** PayPal's pattern, and `+0000` without a colon, as in its own samples. */
const dateSchema = z
  .string()
  .check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/i), z.refine(isDate));
const count = (initial: number, maximum: number) =>
  z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(maximum)), initial);
const querySchema = z.object({
  start_date: dateSchema,
  end_date: dateSchema,
  transaction_id: z.optional(z.string().check(z.minLength(17), z.maxLength(19))),
  transaction_type: z.optional(z.string()),
  transaction_status: z.optional(z.string()),
  transaction_currency: z.optional(z.string()),
  balance_affecting_records_only: z._default(z.enum(['Y', 'N']), 'Y'),
  page_size: count(100, 500),
  page: count(1, 2_147_483_647),
});
type Query = z.infer<typeof querySchema>;

/** `/v1/reporting/transactions`: the `transaction_info` of every transaction, whatever `fields` asks for. */
export function reportingApi(sim: Simulation): Hono<Env> {
  return new Hono<Env>().get('/v1/reporting/transactions', (c) => {
    const { delay_ms, denied, max_results } = sim.state.reporting;
    if (denied) throw errorForStatus(403);
    const refreshed = new Date(sim.now().getTime() - delay_ms);
    const query = parseQuery(c.req.query(), sim.now(), refreshed);
    const found = transactionsOf(sim.state).filter(filterBy(query, refreshed));
    if (found.length > max_results) throw tooLarge(found.length, max_results);

    const { page, page_size } = query;
    const pages = Math.ceil(found.length / page_size);
    return c.json({
      transaction_details: found
        .slice((page - 1) * page_size, page * page_size)
        .map(({ info }) => ({ transaction_info: info })),
      account_number: MERCHANT.merchant_id,
      start_date: formatReportTime(new Date(query.start_date)),
      end_date: formatReportTime(earlier(new Date(query.end_date), refreshed)),
      last_refreshed_datetime: formatReportTime(refreshed),
      page,
      total_items: found.length,
      total_pages: pages,
      links: pageLinks(sim, new URL(c.req.url), page, pages),
    });
  });
}

/**
 * Texts of the issues are recorded where PayPal's users quote them; the others are the simulator's.
 * @throws PayPalError 400
 */
function parseQuery(input: Record<string, string>, now: Date, refreshed: Date): Query {
  const parsed = z.safeParse(querySchema, input);
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))];
    throw invalidQuery(fields.map((field) => ({ field, value: input[field], issue: `Invalid ${field}` })));
  }
  const query = parsed.data;
  const [start, end] = [Date.parse(query.start_date), Date.parse(query.end_date)];
  const wrong = (field: 'start_date' | 'end_date', issue: string) =>
    invalidQuery([{ field, value: query[field], issue }]);
  if (end < start) throw wrong('end_date', 'End date is before start date');
  if (end - start > MAX_RANGE_MS) throw wrong('end_date', 'Date range is greater than 31 days');
  if (start < now.getTime() - MAX_AGE_MS) throw wrong('start_date', 'Start date is more than three years ago');
  if (start > refreshed.getTime()) {
    const message = 'Data for the given start date is not available.';
    throw new PayPalError(400, { name: 'INVALID_REQUEST', details: [], message, links: [] });
  }
  return query;
}

function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

const invalidQuery = (details: readonly { field: string; value: string | undefined; issue: string }[]) =>
  errorForStatus(
    400,
    details.map((detail) => ({ ...detail, location: 'query' })),
  );

/** The members of `SearchError` in PayPal's SDKs; its OpenAPI file of 2024 does not have it. */
const tooLarge = (total: number, maximum: number) =>
  new PayPalError(400, {
    name: 'RESULTSET_TOO_LARGE',
    message: 'Result set size is greater than the maximum limit. Change the filter criteria and try again.',
    details: [],
    total_items: total,
    maximum_items: maximum,
    links: [],
  });

/** PayPal does not document which of the two dates it compares: the simulator takes the initiation date. */
const filterBy =
  (query: Query, refreshed: Date) =>
  ({ createTime, info }: Transaction): boolean =>
    createTime <= refreshed &&
    isBetween(Date.parse(info.transaction_initiation_date), query) &&
    (query.balance_affecting_records_only === 'N' || 'SV'.includes(info.transaction_status)) &&
    (!query.transaction_id || info.transaction_id === query.transaction_id) &&
    (!query.transaction_type || info.transaction_event_code === query.transaction_type) &&
    (!query.transaction_status || info.transaction_status === query.transaction_status) &&
    (!query.transaction_currency || info.transaction_amount.currency_code === query.transaction_currency);

const isBetween = (time: number, { start_date, end_date }: Query): boolean =>
  time >= Date.parse(start_date) && time <= Date.parse(end_date);

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

function pageLinks({ origin }: Simulation, requestUrl: URL, page: number, pages: number): Link[] {
  const link = (rel: string, number: number): Link => {
    const url = new URL(requestUrl.pathname + requestUrl.search, origin);
    url.searchParams.set('page', String(number));
    return { href: url.href, rel, method: 'GET' };
  };
  return [
    link('self', page),
    ...(page > 1 ? [link('first', 1), link('prev', page - 1)] : []),
    ...(page < pages ? [link('next', page + 1), link('last', pages)] : []),
  ];
}
