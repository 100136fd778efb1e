import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** From SIGTERM to SIGKILL. */
const STOP_TIMEOUT_MS = 3000;

export interface ProcessOptions {
  readonly env: NodeJS.ProcessEnv;

  /** File for its stdout and stderr. */
  readonly log: string;

  /** @default - the current directory */
  readonly cwd?: string;
}

/** The leader of a process group of its own. */
export interface RunningProcess {
  /** Its exit code; undefined when a signal ended it. */
  readonly ended: Promise<number | undefined>;

  /**
   * Ends the whole group: SIGTERM, then SIGKILL.
   * @param graceMs milliseconds between the two. @default 3000
   */
  stop(graceMs?: number): Promise<void>;
}

/** Its stdin stays open until this process ends, so that the child can detect that. */
export function startProcess(command: string, args: readonly string[], options: ProcessOptions): RunningProcess {
  const log = openSync(options.log, 'w');
  const child = spawn(command, args, {
    env: options.env,
    ...(options.cwd && { cwd: options.cwd }),
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);

  const ended = new Promise<number | undefined>((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`cannot start ${command}`, { cause: error })));
    child.on('exit', (code) => resolve(code ?? undefined));
  });
  ended.catch(() => {}); // No unhandled rejection when no caller awaits it.

  return {
    ended,
    async stop(graceMs = STOP_TIMEOUT_MS) {
      if (!child.pid) return;
      signalGroup(child.pid, 'SIGTERM');
      await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
      // Even if the leader has ended: its children may still run.
      signalGroup(child.pid, 'SIGKILL');
      await ended;
    },
  };
}

/**
 * Runs a command and waits for its end.
 * @throws Error with the end of its log when it fails; the signal's reason when it is aborted.
 */
export async function run(
  command: string,
  args: readonly string[],
  { signal, ...options }: ProcessOptions & { readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  const process = startProcess(command, args, options);
  const onAbort = () => void process.stop();
  signal.addEventListener('abort', onAbort, { once: true });
  const code = await process.ended;
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`${command} ${args[0]} failed; the end of ${options.log}:\n${tailOf(options.log)}`);
}

/**
 * Runs tasks in parallel. When one fails, the others are aborted, and have ended before this throws.
 * @throws the error of the task that failed first.
 */
export async function runConcurrently(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  await Promise.all(tasks.map((task) => task(either).catch((error) => failure.abort(error))));
  failure.signal.throwIfAborted();
}

/** The last 30 lines. */
export const tailOf = (log: string): string => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-30).join('\n');

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // The group has no process left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
