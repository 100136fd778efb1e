import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<
      Record<string, { readonly integrity?: string; readonly resolved?: string; readonly inBundle?: boolean }>
    >;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== '');

  it('has the integrity of every package, those of other platforms included', () => {
    // A bundled package is part of its parent's tarball.
    const downloaded = installed.filter(([, { inBundle }]) => !inBundle);

    expect(downloaded.length).toBeGreaterThan(400);
    expect(downloaded.flatMap(([path, { integrity = '' }]) => (/^sha512-/.test(integrity) ? [] : [path]))).toEqual([]);
  });

  it('names no registry, so that packages come from the configured one', () => {
    expect(installed.flatMap(([path, { resolved }]) => (resolved ? [path] : []))).toEqual([]);
  });
});

describe('requirements.txt', () => {
  const files = globSync('{local,test}/**/requirements.txt');

  it.each(files)('pins version and hashes of every package in %s', (file) => {
    const requirements = readFileSync(file, 'utf8')
      .replaceAll(/^#.*\n/gm, '')
      .replaceAll('\\\n', '')
      .split('\n')
      .filter(Boolean);

    expect(requirements.length).toBeGreaterThan(5);
    expect(requirements.filter((line) => !/^[\w-]+==[\w.]+(?:\s+--hash=sha256:[\da-f]{64})+$/.test(line))).toEqual([]);
  });
});
