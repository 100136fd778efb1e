/*
 * What runs before anything is installed, so: plain JavaScript, Node 20, nothing but Node's own modules.
 * It makes node_modules what package-lock.json says, then hands over to a script on the project's own Node:
 *   node local/bootstrap.mjs local/start.ts [arguments]
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules', '.bin');
const [script, ...args] = process.argv.slice(2);

if (!script) {
  console.error('usage: node local/bootstrap.mjs <script> [arguments]');
  process.exit(2);
}
if (!isInstalled()) install();
handOver();

/** Whether npm has installed the very versions of package-lock.json. Packages for other machines may be missing. */
function isInstalled() {
  const wanted = packagesOf(join(ROOT, 'package-lock.json'));
  const present = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || (present[path] ? present[path].version === version : optional),
  );
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function install() {
  const start = performance.now();
  process.stdout.write('installing npm packages …\n');
  // Under npm, the very npm that runs us.
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { status, error } = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    console.error(`npm ci failed: ${error ? error.message : `exit code ${status}`}`);
    process.exit(1);
  }
  process.stdout.write(`npm packages installed (${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
}

function handOver() {
  const child = spawn(join(BIN, 'node'), [script, ...args], {
    cwd: ROOT,
    env: { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH}` },
    // The channel carries nothing: it closes when this process ends, even by kill -9, and so tells the script to end too.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event) endWithNpm(child);
  child.on('error', (error) => {
    console.error(`cannot start ${script}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** npm may run us in a shell, and that hands no signal on: when one of the two is gone, nobody is left who could end us. */
function endWithNpm(child) {
  const inShell = fileOf(process.ppid, 'cmdline').includes('bootstrap.mjs');
  // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const parentOf = (pid) => fileOf(pid, 'stat').split(') ').at(-1)?.split(' ')[1];
  const ancestors = () => `${process.ppid} ${inShell && parentOf(process.ppid)}`;
  const atStart = ancestors();
  setInterval(() => {
    if (ancestors() !== atStart) child.kill('SIGTERM');
  }, 500).unref();
}

/** What Linux tells of a process; nothing elsewhere, where only the parent is watched. */
function fileOf(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
