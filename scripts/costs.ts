import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, run } from '../ops/command.ts';
import { runTests } from '../test/support/run-tests.ts';
import { costTable } from './cost-table.ts';

const DOCS = join(import.meta.dirname, '../docs');
const PAGE = join(DOCS, 'deploying.md');

await run(
  command(
    'npm run costs',
    'Counts what a purchase uses on AWS, and writes docs/purchase-counts.json and the prices in docs/deploying.md.',
  ).action(() => {
    runTests('repositories', ['test/repositories/purchase-counts.test.ts'], { COUNTS: 'write' });
    if (process.exitCode) return;
    const table = costTable(JSON.parse(readFileSync(join(DOCS, 'purchase-counts.json'), 'utf8')));
    const page = readFileSync(PAGE, 'utf8');
    writeFileSync(
      PAGE,
      page.replace(/(<!-- costs: .*-->\n)[\s\S]*?(\n<!-- end -->)/, (_, begin, end) => `${begin}\n${table}\n${end}`),
    );
    // Aligns the table.
    execFileSync('biome', ['format', '--write', PAGE], { stdio: 'inherit' });
  }),
);
