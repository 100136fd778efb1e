import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, FAILED, run } from '../ops/command.ts';
import { type Chunk, overBudget, scriptSizes } from './script-sizes.ts';

const WEB = import.meta.dirname;
const STATE = join(WEB, '../.local');
/** The source hash of web/dist; missing while a build is incomplete. */
const BUILD_RECORD = join(STATE, 'web-built.json');

await run(
  command(
    'npm run build',
    'Builds the pages into web/dist, unless their sources are unchanged. Fails when an entry exceeds its script budget.',
  ).action(async () => {
    const sources = hashOfSources();
    if (builtFrom() === sources) console.log('web: unchanged since the last build');
    else await rebuild(sources);
  }),
);

async function rebuild(sources: string): Promise<void> {
  rmSync(BUILD_RECORD, { force: true });
  // Vite inherits NODE_ENV, and a test runner sets `test`: that would bundle React's development build.
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  const result = await build({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'warn' });
  if (!('output' in result)) throw new Error('expected a single output from Vite');
  const sizes = scriptSizes(result.output.filter((file): file is typeof file & Chunk => file.type === 'chunk'));
  for (const [entry, size] of Object.entries(sizes))
    console.log(`web: ${entry} ${(size / 1000).toFixed(1)} kB of JavaScript after gzip`);
  const violations = overBudget(sizes);
  if (violations.length > 0) {
    console.error(violations.join('\n'));
    process.exitCode = FAILED;
    return;
  }
  mkdirSync(STATE, { recursive: true });
  writeFileSync(BUILD_RECORD, JSON.stringify({ sources }));
}

/** The source hash of web/dist; undefined when it is missing or incomplete. */
function builtFrom(): string | undefined {
  try {
    readFileSync(join(WEB, 'dist/storefront/index.html'));
    return JSON.parse(readFileSync(BUILD_RECORD, 'utf8')).sources;
  } catch {
    return undefined;
  }
}

/** A hash of everything that the build depends on. */
function hashOfSources(): string {
  const hash = createHash('sha256');
  // The pages import from src/, and only the bundler knows which files.
  const files = [
    '**/*',
    '../src/**/*.ts',
    '../lib/third-party-notices.ts',
    '../package-lock.json',
    '../tsconfig.json',
  ].flatMap((pattern) =>
    globSync(pattern, { cwd: WEB, exclude: ['dist'], withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  );
  for (const file of files) {
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}
