import { describe, expect, it } from 'vitest';
import { findChromium, type Machine } from '../../../local/chromium.ts';

/** A machine with these programs; `apt-get install` adds others. */
function machine({ programs = [] as string[], isRoot = true, aptInstalls = [] as string[] }) {
  const executables = new Set(programs);
  const commands: string[] = [];
  const double: Machine = {
    path: '/usr/local/bin:/usr/bin',
    isRoot,
    isExecutable: async (file) => executables.has(file),
    run: async (command, args) => {
      commands.push([command, ...args].join(' '));
      if (args.includes('install')) for (const file of aptInstalls) executables.add(file);
    },
    log: () => {},
  };
  return { ...double, commands };
}

describe('findChromium', () => {
  it.each([
    '/usr/bin/chromium',
    '/usr/local/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ])('finds the installed browser %s', async (browser) => {
    const installed = machine({ programs: [browser, '/usr/bin/apt-get'] });

    expect(await findChromium(installed)).toBe(browser);
    expect(installed.commands).toEqual([]);
  });

  it('installs chromium on Debian when run as root without a browser', async () => {
    const debian = machine({ programs: ['/usr/bin/apt-get'], aptInstalls: ['/usr/bin/chromium'] });

    expect(await findChromium(debian)).toBe('/usr/bin/chromium');
    expect(debian.commands).toEqual([
      '/usr/bin/apt-get update --quiet',
      '/usr/bin/apt-get install --quiet --yes --no-install-recommends chromium',
    ]);
  });

  it.each([
    ['the user is not root', machine({ programs: ['/usr/bin/apt-get'], isRoot: false })],
    ['there is no apt-get', machine({})],
    ['the package contains no browser', machine({ programs: ['/usr/bin/apt-get'] })],
  ])('throws with what is missing when %s', async (_, without) => {
    await expect(findChromium(without)).rejects.toThrow('browser tests need Chromium or Chrome');
  });

  it('throws with the reason when the installation fails', async () => {
    const offline: Machine = {
      ...machine({ programs: ['/usr/bin/apt-get'] }),
      run: () => Promise.reject(new Error('no network')),
    };

    await expect(findChromium(offline)).rejects.toThrow('apt-get install chromium failed');
  });
});
