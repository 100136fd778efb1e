/*
 * Runs before anything is installed: plain JavaScript, Node 20, built-in modules only.
 * Installs what package-lock.json lists, then runs a script on the Node version in node_modules:
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
runScript();

/** Whether the versions of package-lock.json are installed. Optional packages of other platforms may be missing. */
function isInstalled() {
  const locked = packagesOf(join(ROOT, 'package-lock.json'));
  const installed = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'));
  return Object.entries(locked).every(
    ([path, { version, optional }]) =>
      path === '' || (installed[path] ? installed[path].version === version : optional),
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
  // Under npm: the same npm.
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

function runScript() {
  const child = spawn(join(BIN, 'node'), [script, ...args], {
    cwd: ROOT,
    env: { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH}` },
    // No messages: the channel closes when this process ends, even by kill -9, upon which the script stops too.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event) stopWithNpm(child);
  child.on('error', (error) => {
    console.error(`cannot start ${script}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** npm may start this process through a shell, which does not forward signals: stop when either of them is gone. */
function stopWithNpm(child) {
  const inShell = procFile(process.ppid, 'cmdline').includes('bootstrap.mjs');
  // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const parentOf = (pid) => procFile(pid, 'stat').split(') ').at(-1)?.split(' ')[1];
  const ancestors = () => `${process.ppid} ${inShell && parentOf(process.ppid)}`;
  const atStart = ancestors();
  setInterval(() => {
    if (ancestors() !== atStart) child.kill('SIGTERM');
  }, 500).unref();
}

/** A file of Linux's /proc; empty on other systems, where only the parent is watched. */
function procFile(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
