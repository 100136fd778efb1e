import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writePackage } from '../../../lib/constructs/node-lambda.ts';
import { thirdPartyNotices } from '../../../lib/third-party-notices.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settle-once-notices-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @returns the path of its only source file */
function addPackage(path: string, packageJson: object, files: Readonly<Record<string, string>> = {}): string {
  const root = join(folder, 'node_modules', path);
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version: '1.0.0', ...packageJson }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return join(root, 'dist/index.js');
}

/** Names with versions, by the folders in the paths. */
const packagesIn = (paths: readonly string[]) => [
  ...new Set(
    paths.flatMap((path) => {
      const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
      return name ? [`${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version}`] : [];
    }),
  ),
];

describe('thirdPartyNotices', () => {
  it('has licence and NOTICE of each package once, also of nested ones', () => {
    const outer = addPackage(
      'outer',
      { name: 'outer', license: 'MIT' },
      { LICENSE: 'outer licence', NOTICE: 'thanks' },
    );
    const inner = addPackage('outer/node_modules/@a/inner', { name: '@a/inner', license: 'ISC' }, { COPYING: 'inner' });

    const text = thirdPartyNotices([outer, 'src/payments/payment.ts', inner, join(outer, '../other.js')]);

    expect(text.split(`\n${'-'.repeat(80)}\n\n`)).toEqual([
      '@a/inner 1.0.0 (ISC)\n\ninner\n',
      'outer 1.0.0 (MIT)\n\nouter licence\n\nthanks\n',
    ]);
  });

  it('repeats no text', () => {
    const paths = ['a', 'b'].map((name) => addPackage(name, { name, license: 'MIT' }, { 'license.md': 'same' }));

    expect(thirdPartyNotices(paths)).toBe('a 1.0.0 (MIT)\nb 1.0.0 (MIT)\n\nsame\n');
  });

  it('adds the text of the licence that a package only names', () => {
    const mit = addPackage('mit', { name: 'mit', license: 'MIT', author: { name: 'Ada' } });
    const apache = addPackage('apache', { name: 'apache', license: 'Apache-2.0' });

    expect(thirdPartyNotices([mit])).toMatch(
      /^mit 1\.0\.0 \(MIT\)\n\nCopyright \(c\) Ada\n\nPermission is hereby granted/,
    );
    expect(thirdPartyNotices([apache])).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
  });

  it('throws when the text of a licence is unknown', () => {
    const path = addPackage('odd', { name: 'odd', license: 'BSD-3-Clause' });

    expect(() => thirdPartyNotices([path])).toThrow('package odd has no licence file');
  });
});

describe('THIRD-PARTY-NOTICES.txt', () => {
  it.each(['admin', 'sign-in'])('is in the package of %s and names every bundled package', (name) => {
    const used = packagesIn(writePackage(name, folder));

    expect(globSync('*', { cwd: folder }).sort()).toEqual(['THIRD-PARTY-NOTICES.txt', 'index.mjs']);
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((one) => !notices.includes(`${one} (`))).toEqual([]);
  });

  it('is built with the pages and names every bundled package', async () => {
    // As web/build.ts does: under `test`, Vite bundles the development build of React.
    vi.stubEnv('NODE_ENV', 'production');
    const result = await build({ configFile: 'web/vite.config.ts', logLevel: 'error', build: { write: false } });
    vi.unstubAllEnvs();
    const { output } = result as Extract<typeof result, { output: unknown }>;
    const notices = String(
      output.flatMap((file) => (file.fileName === 'THIRD-PARTY-NOTICES.txt' && 'source' in file ? file.source : [])),
    );
    const used = packagesIn(output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])));

    expect(used.length).toBeGreaterThan(30);
    expect(used.filter((one) => !notices.includes(`${one} (`))).toEqual([]);
  });
});
