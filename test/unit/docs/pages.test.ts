import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TABLE_NAMES } from '../../../lib/names.ts';
import packageJson from '../../../package.json' with { type: 'json' };

const PAGES = [...globSync('*.md'), ...globSync('{docs,.github}/**/*.md')];
const textOf = (page: string) => readFileSync(page, 'utf8');
/** Every match of the pattern's first group, with its page. */
const found = (pattern: RegExp) =>
  PAGES.flatMap((page) => [...textOf(page).matchAll(pattern)].map(([, match = '']) => ({ page, match })));

/**
 * The anchor of a heading:
 * https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string) =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('documentation', () => {
  it('links to existing files and sections only', () => {
    const links = found(/\]\((?!https?:)([^)\s]+)\)/g).map(({ page, match }) => {
      const [path = '', anchor] = match.split('#');
      return { page, match, file: path === '' ? page : normalize(join(dirname(page), path)), anchor };
    });

    expect(links.length).toBeGreaterThan(40);
    const dead = links.filter(
      ({ file, anchor }) => !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor)),
    );
    expect(dead.map(({ page, match }) => `${page}: ${match}`)).toEqual([]);
  });

  it('names scripts of package.json only', () => {
    const commands = found(/npm run ([\w-]+(?::\w+)?)/g);

    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter(({ match }) => !(match in packageJson.scripts))).toEqual([]);
  });

  it('mentions every script of package.json', () => {
    const mentioned = found(/npm (?:run )?([\w-]+(?::\w+)?)/g).map(({ match }) => match);

    expect(Object.keys(packageJson.scripts).filter((name) => !mentioned.includes(name))).toEqual([]);
  });

  it('names existing source files only', () => {
    const files = found(
      /`((?:bin|docs|lambdas|lib|local|ops|scripts|simulator|src|statemachines|test|web)\/[\w./-]+\.\w+)`/g,
    );

    expect(files.length).toBeGreaterThan(10);
    expect(files.filter(({ match }) => !existsSync(match))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  it('states the maximum length of entries, which all of them keep', () => {
    const [, limit] = /`lambdas\/\*\.ts`.*≤ (\d+) lines/.exec(textOf('CONTRIBUTING.md')) ?? [];
    const tooLong = globSync('lambdas/*.ts', { exclude: ['lambdas/wiring.ts'] }).filter(
      (file) => textOf(file).split('\n').length - 1 > Number(limit),
    );

    expect(tooLong).toEqual([]);
  });

  it('maps each frequent change to one existing file and its test', () => {
    const [, section = ''] = textOf('CONTRIBUTING.md').split('## Where do I change …\n');
    const rows = (section.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2)
      .map((line) => line.split('|').slice(2, -1));
    const paths = rows.flatMap((cells) => cells.map((cell) => /^ `([\w./-]+)` +$/.exec(cell)?.[1] ?? cell));

    expect(rows.length).toBeGreaterThanOrEqual(10);
    expect(paths).toHaveLength(rows.length * 2);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('docs/personal-data.md', () => {
  it('says of each table which personal data it has', () => {
    const rows = [...textOf('docs/personal-data.md').matchAll(/^\| `([a-z-]+)` /gm)].map(([, table]) => table);

    expect(rows.toSorted()).toEqual([...TABLE_NAMES].toSorted());
  });
});

describe('CHANGELOG.md', () => {
  it('has a section for unreleased changes and for the version of package.json', () => {
    const sections = [...textOf('CHANGELOG.md').matchAll(/^## \[(.+?)\]( - \d{4}-\d{2}-\d{2})?$/gm)];

    expect(sections.map(([, version]) => version)).toEqual(expect.arrayContaining(['Unreleased', packageJson.version]));
    expect(sections.filter(([, version, date]) => version !== 'Unreleased' && !date)).toEqual([]);
  });
});
