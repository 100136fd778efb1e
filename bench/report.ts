import { ESTIMATES, PRICES } from '../scripts/prices.ts';
import type { Counts } from './count-purchase.ts';
import type { Times } from './time-purchases.ts';

/** What one design needs for a purchase, and what it loses under faults. */
export interface Measured {
  readonly name: string;
  readonly times: Times;
  readonly counts: Counts;
  /** Whether requests come through CloudFront. */
  readonly behindCloudFront: boolean;
  readonly storm: {
    /** When the faults are over. */
    readonly before: Losses;
    /** After the design has recovered. */
    readonly after: Losses;
  };
}

export interface Losses {
  /** Purchases that PayPal has captured, those refunded since included. */
  readonly captured: number;
  /** Of them, those with money refunded and without an order. */
  readonly refunded: number;
  /** Money, but neither an order nor a refund. */
  readonly lost: number;
  /** An order, but its money is refunded or was never captured. */
  readonly unpaid: number;
  /** Orders beyond the first of a purchase. */
  readonly doubled: number;
  /** Orders beyond the pieces that were for sale. */
  readonly oversold: number;
  /** Pieces that are neither for sale nor in an order. */
  readonly stranded: number;
}

export function lossesOf(found: {
  /** Purchases whose money PayPal has. */
  readonly captured: readonly string[];
  /** Purchases whose money PayPal has given back. */
  readonly refunded: readonly string[];
  /** The purchase of each confirmed order of one piece. */
  readonly orders: readonly string[];
  readonly pieces: number;
  readonly available: number;
}): Losses {
  const { captured, refunded, orders, pieces, available } = found;
  const ordered = new Set(orders);
  const paid = new Set(captured);
  return {
    captured: captured.length + refunded.length,
    refunded: refunded.filter((id) => !ordered.has(id)).length,
    lost: captured.filter((id) => !ordered.has(id)).length,
    unpaid: [...ordered].filter((id) => !paid.has(id)).length,
    doubled: orders.length - ordered.size,
    oversold: Math.max(0, orders.length - pieces),
    stranded: Math.max(0, pieces - available - orders.length),
  };
}

/** List price of a purchase in US dollars. */
export function priceOf({ counts, behindCloudFront }: Pick<Measured, 'counts' | 'behindCloudFront'>): number {
  const { transitions, writeUnits, readUnits, invocations, memoryGb, requests } = counts;
  const logBytes = invocations * ESTIMATES.invocationLogBytes + requests * ESTIMATES.requestLogBytes;
  return (
    transitions * PRICES.transition +
    writeUnits * PRICES.writeUnit +
    readUnits * PRICES.readUnit +
    invocations * PRICES.invocation +
    memoryGb * ESTIMATES.invocationSeconds * PRICES.gbSecond +
    requests * (PRICES.apiRequest + (behindCloudFront ? PRICES.frontDoorRequest : 0)) +
    (logBytes / 1e9) * PRICES.logGb
  );
}

/** The value below which this share of the values lies. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

type Cell = (measured: Measured) => string | number;

/** The Markdown tables of docs/benchmarks.md, with a column for each design. Ratios are to the first one. */
export function tables(all: readonly Measured[]): { readonly needs: string; readonly losses: string } {
  const [base] = all;
  if (!base) throw new Error('nothing was measured');
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const table = (lines: readonly (readonly [string, Cell])[]) =>
    [
      row(['', ...all.map(({ name }) => name)]),
      row(['---', ...all.map(() => '---:')]),
      ...lines.map(([title, cell]) => row([title, ...all.map(cell)])),
    ].join('\n');
  const ratio =
    (of: (measured: Measured) => number): Cell =>
    (measured) =>
      (of(measured) / of(base)).toFixed(2);
  const after =
    (of: (losses: Losses) => number): Cell =>
    ({ storm }) =>
      of(storm.after);
  return {
    needs: table([
      ['webhook answered, median', ratio(({ times }) => quantile(times.webhook, 0.5))],
      ['webhook answered, p95', ratio(({ times }) => quantile(times.webhook, 0.95))],
      ['webhook → order readable, median', ratio(({ times }) => quantile(times.order, 0.5))],
      ['webhook → order readable, p95', ratio(({ times }) => quantile(times.order, 0.95))],
      ['list price of a purchase', ratio(priceOf)],
      ['AWS calls', ratio(({ counts }) => counts.awsCalls)],
      ['state transitions', ratio(({ counts }) => counts.transitions)],
      ['DynamoDB write units', ratio(({ counts }) => counts.writeUnits)],
      ['DynamoDB read units', ratio(({ counts }) => counts.readUnits)],
      ['Lambda invocations', ratio(({ counts }) => counts.invocations)],
      ['zipped code of the webhook', ratio(({ counts }) => counts.codeBytes)],
    ]),
    losses: table([
      ['captured payments', after(({ captured }) => captured)],
      ['without order or refund, when the faults are over', ({ storm }) => storm.before.lost],
      ['**lost**: still without order or refund, after recovery', after(({ lost }) => lost)],
      ['refunded instead of delivered', after(({ refunded }) => refunded)],
      ['orders whose money was refunded', after(({ unpaid }) => unpaid)],
      ['doubled orders', after(({ doubled }) => doubled)],
      ['oversold pieces', after(({ oversold }) => oversold)],
      ['pieces neither for sale nor in an order', after(({ stranded }) => stranded)],
    ]),
  };
}
