import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODE_FOLDERS, isIn } from './code-folders.ts';

interface Import {
  readonly from: string;
  /** The imported file, or the name of a package. */
  readonly to: string;
  /** `import type` and `export type`: erased when the code runs. */
  readonly isType: boolean;
}

const FILES = globSync(`{${CODE_FOLDERS}}/**/*.{ts,tsx,mjs}`, { exclude: ['web/dist/**'] });

/** Static imports, re-exports and dynamic imports. */
const IMPORT = /^(?:import|export)\s+(?:(type)\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;

const importsIn = (from: string, source: string): Import[] =>
  [...source.matchAll(IMPORT)].map(([, type, specifier, dynamic]) => {
    const to = specifier ?? dynamic ?? '';
    return { from, to: to.startsWith('.') ? normalize(join(dirname(from), to)) : to, isType: type !== undefined };
  });

const IMPORTS = FILES.flatMap((file) => importsIn(file, readFileSync(file, 'utf8')));

const print = (imports: readonly Import[]) => imports.map(({ from, to }) => `${from} imports ${to}`);

const outsideWiring = (imports: readonly Import[]) =>
  imports.filter(({ from, to }) => to === 'lambdas/wiring.ts' && !isIn(from, 'lambdas', 'ops', 'test'));

const ofCommands = (imports: readonly Import[]) =>
  imports.filter(({ from, to }) => isIn(to, 'ops') && isIn(from, 'bin', 'lambdas', 'lib', 'simulator', 'src'));

const leavingSrc = (imports: readonly Import[]) =>
  imports.filter(({ from, to }) => isIn(from, 'src') && isIn(to, ...CODE_FOLDERS) && !isIn(to, 'src'));

const leavingShared = (imports: readonly Import[]) =>
  imports.filter(({ from, to }) => isIn(from, 'src/shared') && isIn(to, ...CODE_FOLDERS) && !isIn(to, 'src/shared'));

/** The imports between two folders of src/ that import each other, directly or through others; types included. */
function circular(imports: readonly Import[], folderOf: (file: string) => string): Import[] {
  const crossing = imports.filter(
    ({ from, to }) => isIn(from, 'src') && isIn(to, 'src') && folderOf(from) !== folderOf(to),
  );
  const imported = new Map<string, Set<string>>();
  for (const { from, to } of crossing)
    imported.set(folderOf(from), (imported.get(folderOf(from)) ?? new Set()).add(folderOf(to)));
  const reachable = (start: string, seen = new Set<string>()): Set<string> => {
    for (const next of imported.get(start) ?? []) if (!seen.has(next)) reachable(next, seen.add(next));
    return seen;
  };
  return crossing.filter(({ from, to }) => reachable(folderOf(to)).has(folderOf(from)));
}

const capabilityOf = (file: string) => file.split('/').slice(0, 2).join('/');

const AWS_SDK = /^@(aws-sdk|aws-lambda-powertools|smithy)\//;

/** The imports of the AWS SDK that loading lib/ would execute, through any number of files of src/. */
function sdkLoadedByLib(imports: readonly Import[]): Import[] {
  const loaded = imports.filter(({ isType }) => !isType);
  const files = new Set(loaded.filter(({ from, to }) => isIn(from, 'lib') && isIn(to, 'src')).map(({ to }) => to));
  for (const file of files) for (const { from, to } of loaded) if (from === file && isIn(to, 'src')) files.add(to);
  return loaded.filter(({ from, to }) => files.has(from) && AWS_SDK.test(to));
}

describe('imports', () => {
  it('are found in every kind of statement', () => {
    const source = [
      "import a from './a.ts';",
      "import type {\n  B,\n} from '../b.ts';",
      "export * from 'c';",
      "import './d.ts';",
      "  await import('./e.ts');",
    ].join('\n');

    expect(importsIn('src/x/y.ts', source)).toEqual([
      { from: 'src/x/y.ts', to: 'src/x/a.ts', isType: false },
      { from: 'src/x/y.ts', to: 'src/b.ts', isType: true },
      { from: 'src/x/y.ts', to: 'c', isType: false },
      { from: 'src/x/y.ts', to: 'src/x/d.ts', isType: false },
      { from: 'src/x/y.ts', to: 'src/x/e.ts', isType: false },
    ]);
    expect(IMPORTS.length).toBeGreaterThan(1000);
  });

  it('of wiring.ts are in entries, commands and tests only', () => {
    expect(print(outsideWiring(IMPORTS))).toEqual([]);
  });

  it('of commands are in no code that is deployed', () => {
    expect(print(ofCommands(IMPORTS))).toEqual([]);
  });

  it('in src/ stay in src/', () => {
    expect(print(leavingSrc(IMPORTS))).toEqual([]);
  });

  it('in src/shared/ stay in src/shared/', () => {
    expect(print(leavingShared(IMPORTS))).toEqual([]);
  });

  it('form no cycle between the capabilities of src/', () => {
    expect(print(circular(IMPORTS, capabilityOf))).toEqual([]);
  });

  it('form no cycle between a folder of src/ and its subfolders', () => {
    expect(print(circular(IMPORTS, dirname))).toEqual([]);
  });

  it('in lib/ load no AWS SDK', () => {
    expect(print(sdkLoadedByLib(IMPORTS))).toEqual([]);
  });

  it.each<[string, (imports: readonly Import[]) => Import[], string, string]>([
    ['wiring.ts from src/', outsideWiring, 'src/payments/decide.ts', '../../lambdas/wiring.ts'],
    ['a command from an entry', ofCommands, 'lambdas/payments.ts', '../ops/command.ts'],
    ['lib/ from src/', leavingSrc, 'src/payments/decide.ts', '../../lib/names.ts'],
    ['a capability from shared/', leavingShared, 'src/shared/ids.ts', '../payments/decide.ts'],
    [
      'a capability from one it imports',
      (imports) => circular(imports, capabilityOf),
      'src/paypal/client.ts',
      '../payments/decide.ts',
    ],
    ['shared/http/ from shared/', (imports) => circular(imports, dirname), 'src/shared/ids.ts', './http/http.ts'],
    ['a repository from lib/', sdkLoadedByLib, 'lib/names.ts', '../src/payments/payment-repository.ts'],
  ])('reports an import of %s', (_, violationsOf, from, specifier) => {
    const before = violationsOf(IMPORTS).length;

    const planted = [...IMPORTS, ...importsIn(from, `import '${specifier}';`)];

    expect(violationsOf(planted).length).toBeGreaterThan(before);
  });
});
