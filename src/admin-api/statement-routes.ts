import * as z from 'zod/mini';
import { dayOf, daysBefore, endOfDay, startOfDay } from '../ledger/days.ts';
import type { LedgerRepository } from '../ledger/ledger-repository.ts';
import { netOf, type Statement } from '../ledger/statement.ts';
import { invalidRequest } from '../shared/http/problem.ts';
import { parseQuery } from '../shared/http/request.ts';
import type { Api, Call } from '../shared/http/router.ts';
import { moneyText } from '../shared/money.ts';

export interface StatementRoutesDeps {
  readonly ledger: Pick<LedgerRepository, 'span' | 'statements'>;
  readonly now: () => Date;
}

const day = z.optional(
  z.string().check(
    z.regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'must be a day such as 2026-03-01', abort: true }),
    z.refine((text) => isDay(text), 'must be a valid day'),
  ),
);
const statementsQuery = z.strictObject({ from: day, to: day });

/** By default. */
const PERIOD_DAYS = 31;
const MAX_PERIOD_DAYS = 366;

/** Daily statements of PayPal's ledger, newest first: as JSON and as CSV. */
export function statementRoutes(api: Api, { ledger, now }: StatementRoutesDeps): void {
  const rowsOf = async ({ event }: Call) => {
    const query = parseQuery(statementsQuery, event);
    const to = query.to ?? dayOf(now());
    const from = query.from ?? daysBefore(startOfDay(to), PERIOD_DAYS - 1);
    if (from > to) throw invalidRequest([{ field: 'to', detail: 'must not be before from' }]);
    if (from <= daysBefore(startOfDay(to), MAX_PERIOD_DAYS))
      throw invalidRequest([{ field: 'from', detail: `must be at most ${MAX_PERIOD_DAYS} days before to` }]);
    return (await ledger.statements(from, to)).toReversed().flatMap(toStatementRows);
  };

  api.get('/api/v1/admin/statements', async (call) => {
    const [statements, span] = await Promise.all([rowsOf(call), ledger.span()]);
    return { status: 200, body: { statements, read_until: span?.until ?? null } };
  });

  api.get('/api/v1/admin/statements.csv', async (call) => {
    const rows = (await rowsOf(call)).map((row) => COLUMNS.map((column) => cellOf(row[column])).join(','));
    const body = `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
    const headers = { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="statements.csv"' };
    return { status: 200, body, headers };
  });
}

/** `Date` parses February 30 as March 2. */
const isDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && dayOf(new Date(time)) === text;
};

function toStatementRows({ day, currencies, read_until }: Statement) {
  return Object.entries(currencies)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, sums]) => {
      const money = (minor: number) => moneyText({ currency, minor });
      return {
        day,
        currency,
        gross: money(sums.gross),
        refunds: money(sums.refunds),
        reversals: money(sums.reversals),
        fees: money(sums.fees),
        net: money(netOf(sums)),
        count: sums.count,
        /** False while PayPal may still list transactions of the day. */
        complete: Date.parse(read_until) === endOfDay(day).getTime(),
      };
    });
}

type Row = ReturnType<typeof toStatementRows>[number];

const COLUMNS = [
  'day',
  'currency',
  'gross',
  'refunds',
  'reversals',
  'fees',
  'net',
  'count',
  'complete',
] as const satisfies readonly (keyof Row)[];

/** Days, currencies, numbers and booleans: nothing to quote. */
const cellOf = (cell: Row[keyof Row]): string => (typeof cell === 'object' ? cell.value : String(cell));
