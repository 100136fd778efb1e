import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { JOB_NAMES } from '../../../src/reconciliation/job.ts';
import { calls } from '../../support/api-document.ts';
import { resourcesOf, templatesOf } from './synth.ts';

/*
 * During an incident, operators copy from docs/runbook.md without checking: everything it names must exist.
 */

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
const logs = readFileSync(new URL('../../../docs/logs.md', import.meta.url), 'utf8');
const found = (pattern: RegExp) => [...runbook.matchAll(pattern)].map(([, ...groups]) => groups.map(String));

describe('docs/runbook.md', () => {
  it('calls only operations of the admin API', () => {
    const named = found(/\badmin (GET|POST) '?([^\s'`?]+)/g).map(
      ([method, path = '']) => `${method} /api/v1/admin/${path.replace(/[^/]*…[^/]*/g, '{id}')}`,
    );

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((call) => !(calls as readonly string[]).includes(call))).toEqual([]);
  });

  it('searches only logs of existing functions for documented codes', () => {
    const services = resourcesOf('prod', 'AWS::Lambda::Function').map(
      ([, { Properties }]) => Properties.Environment?.Variables?.POWERTOOLS_SERVICE_NAME,
    );
    const named = found(/\blogs ([a-z-]+) ([A-Z_]+)/g);

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(([service, code]) => !services.includes(service) || !logs.includes(`| \`${code}\``))).toEqual(
      [],
    );
  });

  it('runs only existing reconciliation jobs', () => {
    const named = found(/\brun reconciliation '\{"job":"([a-z-]+)"\}'/g).flat();

    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((job) => !(JOB_NAMES as readonly string[]).includes(job))).toEqual([]);
  });

  it('runs only scripts of package.json', () => {
    expect(found(/npm run ([a-z:-]+)/g).flatMap(([name = '']) => (name in packageJson.scripts ? [] : [name]))).toEqual(
      [],
    );
  });

  it('reads only outputs of the stacks', () => {
    const outputs = Object.entries(templatesOf('prod')).flatMap(([stack, template]) =>
      Object.keys(template.toJSON().Outputs ?? {}).map((output) => `${stack} ${output}`),
    );
    const named = found(/output (\w+ \w+)/g).flat();

    expect(named.filter((name) => !outputs.includes(name))).toEqual([]);
    // The API itself refuses requests that do not come through CloudFront.
    expect(named).toContain('web WebUrl');
  });

  it('names the pages of the admin console as its navigation does', () => {
    const shell = readFileSync(new URL('../../../web/admin/shell.tsx', import.meta.url), 'utf8');
    const pages = [...shell.matchAll(/\['\/[a-z]*', '([^']+)'/g)].map(([, title]) => title);
    const named = found(/Open\s+\*\*([^*]+)\*\* in the admin console/g).flat();

    expect(named).toHaveLength(found(/(\*\*[^*]+\*\*)/g).length);
    expect(named.filter((title) => !pages.includes(title))).toEqual([]);
    expect(named).toContain('Findings');
  });

  it('names both dashboards, no other, and their graphs by title', () => {
    const bodies = new Map(
      resourcesOf('prod', 'AWS::CloudWatch::Dashboard').map(([, { Properties }]) => [
        Properties.DashboardName.replace('settle-once-prod-', ''),
        JSON.stringify(Properties.DashboardBody),
      ]),
    );
    const named = found(/“([^”]+)” on\s+the\s+dashboard\s+`settle-once-<stage>-(\w+)`/g);

    expect(named).toHaveLength(found(/(`settle-once-<stage>-\w+`)(?! of EventBridge)/g).length);
    expect([...new Set(named.map(([, dashboard]) => dashboard))].sort()).toEqual(['engineers', 'shop']);
    expect(named.filter(([title, dashboard = '']) => !bodies.get(dashboard)?.includes(String(title)))).toEqual([]);
  });
});
