import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../../lib/routes.ts';

const page = readFileSync('docs/threat-model.md', 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

/** The cells of each row, without heads. */
const rowsOf = (section: string) =>
  [...(sections.get(section) ?? '').matchAll(/\n\|(?: ?-+ ?\|)+\n((?:\|.*\n?)+)/g)].flatMap(([, body = '']) =>
    body
      .trim()
      .split('\n')
      .map((row) => row.slice(1, -1).split('|')),
  );

describe('docs/threat-model.md', () => {
  it('has assets, actors, entry points, guards and what is accepted', () => {
    expect([...sections.keys()]).toEqual(['Assets', 'Actors', 'Entry points', 'Guards', 'Accepted']);
    for (const section of ['Assets', 'Actors', 'Entry points']) expect(rowsOf(section).length).toBeGreaterThan(5);
  });

  it('names an existing test for each guard', () => {
    const guards = rowsOf('Guards').map(([threat = '', , tests = '']) => ({
      threat: threat.trim(),
      tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    }));
    const isTest = (file: string) => /^test\/.+\.test\.ts$/.test(file) && existsSync(file);

    expect(guards.length).toBeGreaterThan(30);
    expect(guards.filter(({ tests }) => tests.length === 0 || !tests.every(isTest))).toEqual([]);
  });

  it('has an entry point for each function that the API routes to', () => {
    const functions = rowsOf('Entry points').map(([, name = '']) => name.trim());

    expect(Object.keys(ROUTES).filter((name) => !functions.includes(`\`${name}\``))).toEqual([]);
  });
});
