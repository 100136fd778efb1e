import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a process may take to end when it is asked to, before it is made to. */
const GRACE_MS = 3000;

/** What a process is started with. */
export interface ProcessOptions {
  readonly env: NodeJS.ProcessEnv;

  /** The file that takes what it says. */
  readonly log: string;

  /** @default - the current directory */
  readonly cwd?: string;
}

/** A process, started in a process group of its own, with all that it starts itself. */
export interface RunningProcess {
  /** Its exit code, or undefined when a signal ended it. */
  readonly ended: Promise<number | undefined>;

  /**
   * Ends it and its children: politely, then by force.
   * @param graceMs @default 3000
   */
  stop(graceMs?: number): Promise<void>;
}

/** Starts a process whose standard input stays open as long as this process lives. */
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
  ended.catch(() => {}); // Whoever waits for the end is told; nobody has to wait.

  return {
    ended,
    async stop(graceMs = GRACE_MS) {
      if (!child.pid) return;
      signalGroup(child.pid, 'SIGTERM');
      await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
      // Also when the leader has ended: its children may not have.
      signalGroup(child.pid, 'SIGKILL');
      await ended;
    },
  };
}

/**
 * Runs a command to its end.
 * @throws Error with the end of its log when it fails, or when the signal aborts it.
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
 * Does several things at once. When one fails, the others are aborted, and have ended by the time this throws.
 * @throws whatever the first one that failed threw.
 */
export async function together(
  signal: AbortSignal,
  works: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  await Promise.all(works.map((work) => work(either).catch((error) => failure.abort(error))));
  failure.signal.throwIfAborted();
}

/** The last lines of a log. */
export const tailOf = (log: string): string => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-30).join('\n');

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // Nobody of the group is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
