import { FUNCTIONS, type FunctionName } from '../lib/functions.ts';
import { ESTIMATES, PRICES } from './prices.ts';

/** What a purchase uses: an entry of docs/purchase-counts.json. */
export interface PurchaseCounts {
  readonly transitions: number;
  readonly write_units: number;
  readonly read_units: number;
  readonly polls: number;
  readonly invocations: Readonly<Record<string, number>>;
}

/** Behind the HTTP API. */
const REQUESTED: readonly FunctionName[] = ['storefront', 'payment-status', 'paypal-webhook'];

interface Line {
  readonly item: string;
  readonly count: string;
  /** For a million purchases. */
  readonly dollars: number;
}

export function costLines({ transitions, write_units, read_units, invocations }: PurchaseCounts): Line[] {
  const all = Object.entries(invocations) as [FunctionName, number][];
  const invoked = all.reduce((sum, [, count]) => sum + count, 0);
  const requests = all.reduce((sum, [name, count]) => sum + (REQUESTED.includes(name) ? count : 0), 0);
  const gbSeconds = all.reduce(
    (sum, [name, count]) => sum + (count * FUNCTIONS[name].memory * ESTIMATES.invocationSeconds) / 1024,
    0,
  );
  const logBytes = invoked * ESTIMATES.invocationLogBytes + requests * ESTIMATES.requestLogBytes;
  const line = (item: string, count: string, price: number): Line => ({ item, count, dollars: price * 1e6 });
  return [
    line('Step Functions: state transitions', String(transitions), transitions * PRICES.transition),
    line('DynamoDB: write units', String(write_units), write_units * PRICES.writeUnit),
    line('DynamoDB: read units', String(read_units), read_units * PRICES.readUnit),
    line('Lambda: invocations', String(invoked), invoked * PRICES.invocation),
    line('Lambda: GB-seconds', `~${gbSeconds.toFixed(2)}`, gbSeconds * PRICES.gbSecond),
    line('HTTP API: requests', String(requests), requests * PRICES.apiRequest),
    line('CloudFront: requests', String(requests), requests * PRICES.frontDoorRequest),
    line('CloudWatch Logs: kB', `~${(logBytes / 1000).toFixed(0)}`, (logBytes / 1e9) * PRICES.logGb),
  ];
}

/** The Markdown table of docs/deploying.md, a pair of columns for each kind of purchase. */
export function costTable(counts: Readonly<Record<string, PurchaseCounts>>): string {
  const kinds = Object.entries(counts).map(([name, counted]) => ({ name, lines: costLines(counted) }));
  const items = kinds[0]?.lines.map(({ item }) => item) ?? [];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const dollars = (value: number) => value.toFixed(2);
  return [
    row(['Item', ...kinds.flatMap(({ name }) => [name, '$ per million'])]),
    row(['---', ...kinds.flatMap(() => ['---:', '---:'])]),
    ...items.map((item, i) =>
      row([item, ...kinds.flatMap(({ lines }) => [lines[i]?.count ?? '', dollars(lines[i]?.dollars ?? 0)])]),
    ),
    row(['total', ...kinds.flatMap(({ lines }) => ['', dollars(lines.reduce((sum, line) => sum + line.dollars, 0))])]),
  ].join('\n');
}
