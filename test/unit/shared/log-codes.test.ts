import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const sources = globSync('{lambdas,src}/**/*.ts').map((file) => readFileSync(file, 'utf8'));
const calls = sources.flatMap((source) => [...source.matchAll(/\blogger\.(debug|info|warn|error)\(\s*([^,)]*)/g)]);
const rows = [...readFileSync('docs/logs.md', 'utf8').matchAll(/^\| `([A-Z_]+)` +\| ([A-Z]+) +\|/gm)];

it('every log call has a literal code', () => {
  expect(calls.length).toBeGreaterThan(5);
  expect(calls.map(([, , code]) => code).filter((code) => !/^'[A-Z]+(_[A-Z]+)+'$/.test(String(code)))).toEqual([]);
});

it('docs/logs.md lists exactly the logged codes, with their levels', () => {
  const logged = calls.map(([, level, code]) => `${code?.slice(1, -1)} ${level?.toUpperCase()}`);

  expect(rows.map(([, code, level]) => `${code} ${level}`).sort()).toEqual([...new Set(logged)].sort());
});
