import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { JOB_NAMES } from '../../../src/reconciliation/job.ts';
import { calls } from '../../support/api-document.ts';
import { resourcesOf, templatesOf } from './synth.ts';

/*
 * Whoever follows docs/runbook.md is tired, and tries what stands there: all of it exists.
 */

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
const logs = readFileSync(new URL('../../../docs/logs.md', import.meta.url), 'utf8');
const found = (pattern: RegExp) => [...runbook.matchAll(pattern)].map(([, ...parts]) => parts.map(String));

it('each call of the operators’ API is one of the document', () => {
  const named = found(/\badmin (GET|POST) '?([^\s'`?]+)/g).map(
    ([method, path = '']) => `${method} /api/v1/admin/${path.replace(/[^/]*…[^/]*/g, '{id}')}`,
  );

  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((call) => !(calls as readonly string[]).includes(call))).toEqual([]);
});

it('each log is some function’s, and each code is one that functions log', () => {
  const folders = resourcesOf('prod', 'AWS::Lambda::Function').map(
    ([, { Properties }]) => Properties.Environment?.Variables?.POWERTOOLS_SERVICE_NAME,
  );
  const named = found(/\blogs ([a-z-]+) ([A-Z_]+)/g);

  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(([folder, code]) => !folders.includes(folder) || !logs.includes(`| \`${code}\``))).toEqual([]);
});

it('each job that is run by hand is one', () => {
  const named = found(/\brun reconciliation '\{"job":"([a-z-]+)"\}'/g).flat();

  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((job) => !(JOB_NAMES as readonly string[]).includes(job))).toEqual([]);
});

it('each command is one of package.json', () => {
  expect(found(/npm run ([a-z-]+)/g).flatMap(([name = '']) => (name in packageJson.scripts ? [] : [name]))).toEqual([]);
});

it('each output that is asked for is one of the stacks’', () => {
  const { service } = templatesOf('prod');
  const named = found(/output service (\w+)/g).flat();

  expect(named.filter((name) => !(name in service.toJSON().Outputs))).toEqual([]);
  expect(named).toContain('ApiUrl');
});

it('each of the operators’ pages is called what it is called there', () => {
  const shell = readFileSync(new URL('../../../web/admin/shell.tsx', import.meta.url), 'utf8');
  const pages = [...shell.matchAll(/\['\/[a-z]*', '([^']+)'/g)].map(([, words]) => words);
  const named = found(/“([^”]+)” on the operators' pages/g).flat();

  expect(named).toHaveLength(found(/(?<!a click )(on) the operators' pages/g).length);
  expect(named.filter((words) => !pages.includes(words))).toEqual([]);
  expect(named).toContain('Findings');
});

it('each dashboard is one of the two', () => {
  expect([...new Set(found(/settle-once-<stage>-(shop|engineers|\w+)`/g).flat())].sort()).toEqual([
    'engineers',
    'shop',
  ]);
});
