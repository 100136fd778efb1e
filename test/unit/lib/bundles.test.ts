import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BUNDLE_BUDGETS } from '../../../lib/bundle-budgets.ts';
import { search } from '../../../lib/bundled/jmespath.ts';
import { bundle, bundledFilesOf } from '../../../lib/constructs/node-lambda.ts';

const folder = mkdtempSync(join(tmpdir(), 'settle-once-bundles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const names = globSync('*.ts', { cwd: 'lambdas', exclude: ['*.d.ts', 'wiring.ts'] }).map((file) =>
  basename(file, '.ts'),
);
const bundles = names.map((name) => {
  const { metafile } = bundle(join('lambdas', `${name}.ts`), join(folder, `${name}.mjs`));
  const [output] = Object.values(metafile.outputs);
  return { name, bytes: output?.bytes, files: bundledFilesOf(metafile) };
});

describe('the bundles of the functions', () => {
  it('have a budget each', () => {
    expect(Object.keys(BUNDLE_BUDGETS).sort()).toEqual(names.sort());
  });

  it.each(bundles)('$name is within its budget', ({ name, bytes }) => {
    expect(bytes).toBeLessThanOrEqual(BUNDLE_BUDGETS[name] ?? 0);
    // A budget that nothing comes near holds nothing.
    expect(bytes).toBeGreaterThan((BUNDLE_BUDGETS[name] ?? 0) * 0.85);
  });

  it('contain no provider of credentials but that of the environment, and no JMESPath', () => {
    const packages = bundles.flatMap(({ files }) =>
      files.map((file) => /node_modules\/(@[^/]+\/[^/]+)/.exec(file)?.[1]),
    );

    expect(packages).toContain('@aws-sdk/credential-provider-env');
    expect(
      [...new Set(packages)].filter((name) => /credential-provider-(?!env)|nested-clients|jmespath/.test(name ?? '')),
    ).toEqual([]);
  });
});

describe('search', () => {
  it('reads a field', () => {
    expect(search('id', { id: 'WH-1' })).toBe('WH-1');
    expect(search('id', {})).toBeNull();
  });

  it.each(['a.b', '[id, body]', 'powertools_json(body)', ''])('refuses the expression %j', (expression) => {
    expect(() => search(expression, { id: 1 })).toThrow(`Not the name of a field: ${expression}`);
  });
});
