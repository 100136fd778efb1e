import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Executable names of Chromium and Chrome. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC_APPS = ['Chromium', 'Google Chrome'].map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);

/** Headless, without background traffic to Google. */
export const CHROMIUM_FLAGS = [
  // Root, as in most containers, cannot use Chromium's sandbox. Only this shop's own pages are opened.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The system on which a browser is found or installed; tests pass a double. */
export interface Machine {
  /** The value of PATH. */
  readonly path: string;
  readonly isRoot: boolean;
  readonly isExecutable: (file: string) => Promise<boolean>;
  readonly run: (command: string, args: readonly string[]) => Promise<unknown>;
  readonly log: (line: string) => void;
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
  log: console.log,
};

/**
 * The path of an installed Chromium or Chrome. On Debian as root, installs one if there is none.
 * @throws Error with instructions when there is none and none can be installed.
 */
export async function findChromium(machine: Machine = thisMachine): Promise<string> {
  const installed = await findProgram(machine, BROWSERS);
  if (installed) return installed;
  const none = 'browser tests need Chromium or Chrome, and none was found on the PATH';
  const apt = await findProgram(machine, ['apt-get']);
  if (!apt || !machine.isRoot) throw new Error(`${none}: install one (on Debian, as root: apt-get install chromium)`);
  machine.log('installing chromium with apt-get …');
  try {
    await machine.run(apt, ['update', '--quiet']);
    await machine.run(apt, ['install', '--quiet', '--yes', '--no-install-recommends', 'chromium']);
  } catch (error) {
    throw new Error(`${none}; apt-get install chromium failed`, { cause: error });
  }
  const added = await findProgram(machine, BROWSERS);
  if (!added) throw new Error(`${none}, even after apt-get install chromium`);
  return added;
}

async function findProgram({ path, isExecutable }: Machine, names: readonly string[]): Promise<string | undefined> {
  const candidates = path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  for (const file of [...candidates, ...(names === BROWSERS ? MAC_APPS : [])]) {
    if (await isExecutable(file)) return file;
  }
  return undefined;
}
