import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The names under which Chromium and Chrome are installed. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC_APPS = ['Chromium', 'Google Chrome'].map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);

/** What a browser without a screen, and without a word to its maker, is started with. */
export const CHROMIUM_FLAGS = [
  // Root, as in most containers, cannot use Chromium's sandbox; it is shown nothing but this shop's own pages.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What is needed to find or install a browser: a test gives its own. */
export interface Machine {
  /** Folders of programs, as in PATH. */
  readonly path: string;
  readonly isRoot: boolean;
  readonly isExecutable: (file: string) => Promise<boolean>;
  readonly run: (command: string, args: readonly string[]) => Promise<unknown>;
  readonly say: (line: string) => void;
}

const thisMachine: Machine = {
  path: process.env.PATH ?? '',
  isRoot: process.getuid?.() === 0,
  isExecutable: (file) =>
    access(file, constants.X_OK).then(
      () => true,
      () => false,
    ),
  run: (command, args) =>
    run(command, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 }),
  say: console.log,
};

/**
 * The program of a Chromium or Chrome: one that is installed, otherwise Debian's, which is then installed.
 * @throws Error with what to do when there is none and none can be installed.
 */
export async function findChromium(machine: Machine = thisMachine): Promise<string> {
  const installed = await lookFor(machine, NAMES);
  if (installed) return installed;
  const none = 'The browser tests need Chromium or Chrome, and there is none on the PATH';
  const apt = await lookFor(machine, ['apt-get']);
  if (!apt || !machine.isRoot) throw new Error(`${none}: install one (on Debian, as root: apt-get install chromium).`);
  machine.say('installing Debian’s chromium …');
  try {
    await machine.run(apt, ['update', '--quiet']);
    await machine.run(apt, ['install', '--quiet', '--yes', '--no-install-recommends', 'chromium']);
  } catch (error) {
    throw new Error(`${none}; apt-get install chromium failed.`, { cause: error });
  }
  const fresh = await lookFor(machine, NAMES);
  if (!fresh) throw new Error(`${none}, even after apt-get install chromium.`);
  return fresh;
}

async function lookFor({ path, isExecutable }: Machine, names: readonly string[]): Promise<string | undefined> {
  const candidates = path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  for (const file of [...candidates, ...(names === NAMES ? MAC_APPS : [])]) {
    if (await isExecutable(file)) return file;
  }
  return undefined;
}
