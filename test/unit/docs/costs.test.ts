import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import counts from '../../../docs/purchase-counts.json' with { type: 'json' };
import { costLines, costTable } from '../../../scripts/cost-table.ts';

/** Without the alignment of the formatter. */
const cellsOf = (table: string) => table.replaceAll(/-+/g, '-').replaceAll(/ +/g, ' ').trim();

describe('the costs in docs/deploying.md', () => {
  it('are those of the counted purchases', () => {
    const page = readFileSync('docs/deploying.md', 'utf8');
    const [, written = ''] = /<!-- costs: .*-->([\s\S]*?)<!-- end -->/.exec(page) ?? [];

    expect(cellsOf(written)).toBe(cellsOf(costTable(counts)));
  });
});

describe('costLines', () => {
  it('multiplies counts by prices, for a million purchases', () => {
    const lines = costLines({
      transitions: 5,
      write_units: 10,
      read_units: 4,
      polls: 5,
      invocations: { storefront: 2, inventory: 1, 'payment-status': 5 },
    });

    expect(lines.map(({ item, count, dollars }) => [item, count, dollars.toFixed(3)])).toEqual([
      ['Step Functions: state transitions', '5', '125.000'],
      ['DynamoDB: write units', '10', '6.250'],
      ['DynamoDB: read units', '4', '0.500'],
      ['Lambda: invocations', '8', '1.600'],
      ['Lambda: GB-seconds', expect.stringMatching(/^~/), expect.any(String)],
      ['HTTP API: requests', '7', '7.000'],
      ['CloudFront: requests', '7', '7.000'],
      ['CloudWatch Logs: kB', '~10', '5.000'],
    ]);
  });
});
