import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { resourcesOf } from '../lib/synth.ts';

const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md')];
const textOf = (page: string) => readFileSync(page, 'utf8');
/** What a pattern's first group finds on all pages, with the page that has it. */
const found = (pattern: RegExp) =>
  PAGES.flatMap((page) => [...textOf(page).matchAll(pattern)].map(([, what = '']) => ({ page, what })));

/** How a heading stands in a link: https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string) =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('what the pages of the project name', () => {
  it('each link within the project leads somewhere, down to the section', () => {
    const links = found(/\]\((?!https?:)([^)\s]+)\)/g).map(({ page, what }) => {
      const [path = '', anchor] = what.split('#');
      return { page, what, file: path === '' ? page : normalize(join(dirname(page), path)), anchor };
    });

    expect(links.length).toBeGreaterThan(40);
    const dead = links.filter(
      ({ file, anchor }) => !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor)),
    );
    expect(dead.map(({ page, what }) => `${page}: ${what}`)).toEqual([]);
  });

  it('each command is one of package.json', () => {
    const commands = found(/npm run ([\w-]+)/g);

    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter(({ what }) => !(what in packageJson.scripts))).toEqual([]);
  });

  it('each command of package.json is told of somewhere', () => {
    const told = found(/npm (?:run )?([\w-]+)/g).map(({ what }) => what);

    expect(Object.keys(packageJson.scripts).filter((name) => !told.includes(name))).toEqual([]);
  });

  it('each alarm is one of the shop’s', () => {
    const alarms = resourcesOf('prod', 'AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
      Properties.AlarmName.replace('settle-once-prod-', ''),
    );
    const named = found(/\balarms? (`[a-z-]+`(?:, `[a-z-]+`)*)/g).flatMap(({ page, what }) =>
      what.split(', ').map((one) => ({ page, what: one.slice(1, -1) })),
    );

    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ what }) => !alarms.includes(what))).toEqual([]);
  });

  it('each file of the sources is there', () => {
    const files = found(
      /`((?:bin|docs|lambdas|lib|local|ops|scripts|simulator|src|statemachines|test|web)\/[\w./-]+\.\w+)`/g,
    );

    expect(files.length).toBeGreaterThan(10);
    expect(files.filter(({ what }) => !existsSync(what))).toEqual([]);
  });
});

it('no handler is longer than CONTRIBUTING.md says', () => {
  const [, most] = /`lambdas\/\*\.ts`.*≤ (\d+) lines/.exec(textOf('CONTRIBUTING.md')) ?? [];
  const long = globSync('lambdas/*.ts', { exclude: ['lambdas/wiring.ts'] }).filter(
    (file) => textOf(file).split('\n').length - 1 > Number(most),
  );

  expect(long).toEqual([]);
});
