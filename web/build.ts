import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { type Chunk, overBudget, scriptSizes } from './script-sizes.ts';

/*
 * Builds the pages into web/dist, unless they are built already: `npm run build`. Fails when an entry has outgrown its budget.
 */

const WEB = import.meta.dirname;
const STATE = join(WEB, '../.local');
/** What web/dist was built from; missing while it is not complete. */
const BUILT = join(STATE, 'web-built.json');

const sources = hashOfSources();
if (builtFrom() === sources) console.log('web: unchanged since it was built');
else await buildAnew();

async function buildAnew(): Promise<void> {
  rmSync(BUILT, { force: true });
  // Vite goes by the caller's, which under a test runner is `test`: that would be React's slow and talkative build.
  process.env.NODE_ENV = 'production';
  const result = await build({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'warn' });
  if (!('output' in result)) throw new Error('Vite gave no single output');
  const sizes = scriptSizes(result.output.filter((file): file is typeof file & Chunk => file.type === 'chunk'));
  for (const [entry, size] of Object.entries(sizes))
    console.log(`web: ${entry} ${(size / 1000).toFixed(1)} kB of JavaScript after gzip`);
  const mistakes = overBudget(sizes);
  if (mistakes.length > 0) {
    console.error(mistakes.join('\n'));
    process.exitCode = 1;
    return;
  }
  mkdirSync(STATE, { recursive: true });
  writeFileSync(BUILT, JSON.stringify({ sources }));
}

/** What is in web/dist; undefined when it is not there, or not whole. */
function builtFrom(): string | undefined {
  try {
    readFileSync(join(WEB, 'dist/storefront/index.html'));
    return JSON.parse(readFileSync(BUILT, 'utf8')).sources;
  } catch {
    return undefined;
  }
}

/** One hash over everything that the build depends on. */
function hashOfSources(): string {
  const hash = createHash('sha256');
  // The pages take words and rules of the functions; which of their files, only a build knows.
  const files = ['**/*', '../src/**/*.ts', '../package-lock.json', '../tsconfig.json'].flatMap((pattern) =>
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
