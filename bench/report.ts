import { ESTIMATES, PRICES } from '../scripts/prices.ts';

/** What one design needs for a purchase, and what it loses under faults. */
export interface Measured {
  readonly name: string;
  /** Milliseconds: medians. */
  readonly webhookMs: number;
  readonly orderMs: number;
  readonly awsCalls: number;
  readonly transitions: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly invocations: number;
  readonly requests: number;
  readonly storm: Losses;
}

export interface Losses {
  readonly captured: number;
  /** Captured payments with neither an order nor a refund. */
  readonly lost: number;
  /** Orders beyond the first of a payment. */
  readonly doubled: number;
  /** Pieces in orders beyond those in stock. */
  readonly oversold: number;
  /** Pieces taken from stock that no order has. */
  readonly vanished: number;
}

/** @param orders the payment of each confirmed order @param refunded payments that were refunded */
export function lossesOf(found: {
  readonly captured: readonly string[];
  readonly orders: readonly string[];
  readonly refunded: ReadonlySet<string>;
  readonly pieces: number;
  /** Left for sale. */
  readonly available: number;
}): Losses {
  const { captured, orders, refunded, pieces, available } = found;
  const ordered = new Set(orders);
  return {
    captured: captured.length,
    lost: captured.filter((id) => !ordered.has(id) && !refunded.has(id)).length,
    doubled: orders.length - ordered.size,
    oversold: Math.max(0, orders.length - pieces),
    vanished: Math.max(0, pieces - available - orders.length),
  };
}

/** List price of a million purchases in US dollars, all functions with 512 MiB. */
export const priceOf = ({ transitions, writeUnits, readUnits, invocations, requests }: Measured): number =>
  1e6 *
  (transitions * PRICES.transition +
    writeUnits * PRICES.writeUnit +
    readUnits * PRICES.readUnit +
    invocations * (PRICES.invocation + ESTIMATES.invocationSeconds * 0.5 * PRICES.gbSecond) +
    requests * PRICES.apiRequest);

/** The Markdown tables of docs/benchmarks.md. Times and prices are ratios to the first reference. */
export function tables(all: readonly Measured[]): string {
  const base = all.find(({ name }) => name === 'naive') ?? all[0];
  if (!base) throw new Error('nothing was measured');
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const table = (lines: readonly (readonly [string, (measured: Measured) => string | number])[]) =>
    [
      row(['', ...all.map(({ name }) => name)]),
      row(['---', ...all.map(() => '---:')]),
      ...lines.map(([title, cell]) => row([title, ...all.map(cell)])),
    ].join('\n');
  const ratio = (of: (measured: Measured) => number) => (measured: Measured) => (of(measured) / of(base)).toFixed(2);
  return [
    table([
      ['webhook answered', ratio(({ webhookMs }) => webhookMs)],
      ['webhook → order readable', ratio(({ orderMs }) => orderMs)],
      ['list price', ratio(priceOf)],
      ['AWS calls', ({ awsCalls }) => awsCalls],
      ['state transitions', ({ transitions }) => transitions],
      ['write units', ({ writeUnits }) => writeUnits],
      ['read units', ({ readUnits }) => readUnits],
      ['invocations', ({ invocations }) => invocations],
    ]),
    table([
      ['captured payments', ({ storm }) => storm.captured],
      ['lost: neither order nor refund', ({ storm }) => storm.lost],
      ['doubled orders', ({ storm }) => storm.doubled],
      ['oversold pieces', ({ storm }) => storm.oversold],
      ['pieces taken that no order has', ({ storm }) => storm.vanished],
    ]),
  ].join('\n\n');
}
