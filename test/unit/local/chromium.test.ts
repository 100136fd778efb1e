import { expect, it } from 'vitest';
import { findChromium, type Machine } from '../../../local/chromium.ts';

/** A machine with these programs; apt-get brings what it is said to. */
function machine({ programs = [] as string[], isRoot = true, aptBrings = [] as string[] }) {
  const present = new Set(programs);
  const ran: string[] = [];
  const parts: Machine = {
    path: '/usr/local/bin:/usr/bin',
    isRoot,
    isExecutable: async (file) => present.has(file),
    run: async (command, args) => {
      ran.push([command, ...args].join(' '));
      if (args.includes('install')) for (const file of aptBrings) present.add(file);
    },
    say: () => {},
  };
  return { ...parts, ran };
}

it.each([
  '/usr/bin/chromium',
  '/usr/local/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
])('the browser tests take a browser that is installed: %s', async (browser) => {
  const one = machine({ programs: [browser, '/usr/bin/apt-get'] });

  expect(await findChromium(one)).toBe(browser);
  expect(one.ran).toEqual([]);
});

it('on a fresh Debian, root gets Debian’s', async () => {
  const fresh = machine({ programs: ['/usr/bin/apt-get'], aptBrings: ['/usr/bin/chromium'] });

  expect(await findChromium(fresh)).toBe('/usr/bin/chromium');
  expect(fresh.ran).toEqual([
    '/usr/bin/apt-get update --quiet',
    '/usr/bin/apt-get install --quiet --yes --no-install-recommends chromium',
  ]);
});

it.each([
  ['nobody may install one', machine({ programs: ['/usr/bin/apt-get'], isRoot: false })],
  ['there is no apt-get', machine({})],
  ['the package holds no browser', machine({ programs: ['/usr/bin/apt-get'] })],
])('it is said what is missing when %s', async (_, poor) => {
  await expect(findChromium(poor)).rejects.toThrow('The browser tests need Chromium or Chrome');
});

it('it is said why the installation failed', async () => {
  const offline: Machine = {
    ...machine({ programs: ['/usr/bin/apt-get'] }),
    run: () => Promise.reject(new Error('no network')),
  };

  await expect(findChromium(offline)).rejects.toThrow('apt-get install chromium failed');
});
