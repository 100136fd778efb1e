import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAudit } from '../../../scripts/audit-report.ts';

const advisory = {
  source: 1,
  title: 'Prototype pollution',
  url: 'https://github.com/advisories/GHSA-1',
  range: '<2.0.0',
};
const REPORT = {
  auditReportVersion: 2,
  vulnerabilities: {
    merge: { name: 'merge', severity: 'high', isDirect: false, via: [advisory], range: '<2.0.0' },
    parent: { name: 'parent', severity: 'critical', isDirect: true, via: ['merge'], range: '1.x' },
    mild: { name: 'mild', severity: 'moderate', via: [advisory], range: '*' },
  },
};
const DENIED = { message: '405 Method Not Allowed', error: { summary: '', detail: '' } };

describe('readAudit', () => {
  it('lists vulnerabilities of the level and above, with their advisories', () => {
    expect(readAudit(JSON.stringify(REPORT), 'high')).toEqual({
      outcome: 'audited',
      vulnerabilities: [
        {
          package: 'merge',
          severity: 'high',
          range: '<2.0.0',
          advisories: ['Prototype pollution (https://github.com/advisories/GHSA-1)'],
        },
        { package: 'parent', severity: 'critical', range: '1.x', advisories: [] },
      ],
    });
  });

  it('takes no failure for a clean report', () => {
    expect(readAudit(JSON.stringify(DENIED), 'low')).toEqual({
      outcome: 'unavailable',
      reason: '405 Method Not Allowed',
    });
    expect(readAudit('', 'low')).toMatchObject({ outcome: 'unavailable' });
  });
});

describe('npm run audit', () => {
  /** With an npm that prints this. */
  function run(printed: object, ...args: readonly string[]) {
    const folder = mkdtempSync(join(tmpdir(), 'settle-once-audit-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const script = `#!/bin/sh\n[ "$*" = "audit --json" ] && cat <<'END'\n${JSON.stringify(printed)}\nEND\nexit 1\n`;
    writeFileSync(join(folder, 'npm'), script, { mode: 0o755 });
    return spawnSync(process.execPath, ['scripts/audit.ts', ...args], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
  }

  it('exits with 1 and prints what it found', () => {
    const { status, stdout } = run(REPORT);

    expect(status).toBe(1);
    expect(stdout).toContain('high: merge <2.0.0\n  Prototype pollution (https://github.com/advisories/GHSA-1)\n');
    expect(stdout).toContain('2 vulnerable packages of severity high or above');
  });

  it('exits with 0 when there is nothing of the level', () => {
    const { mild } = REPORT.vulnerabilities;

    expect(run({ ...REPORT, vulnerabilities: { mild } }, '--json')).toMatchObject({
      status: 0,
      stdout: '{\n  "vulnerabilities": []\n}\n',
    });
  });

  it('exits with 1 and the reason when the registry cannot be asked', () => {
    expect(run(DENIED)).toMatchObject({ status: 1, stdout: '', stderr: 'cannot audit: 405 Method Not Allowed\n' });
  });
});
