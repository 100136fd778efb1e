import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EMULATOR_CREDENTIALS } from '../ops/emulator-client.ts';
import { ROOT } from './paths.ts';
import { type RunningProcess, startProcess, tailOf } from './processes.ts';

export const REGION = 'us-east-1';

export interface MiniStackOptions {
  readonly port: number;

  /** Temporary folder of this run. */
  readonly folder: string;

  readonly log: string;

  /** Whether IAM policies are enforced. */
  readonly auth: boolean;

  /**
   * Where to append the calls that IAM policies allow: principal, action and resource a line.
   * @default - they are not recorded
   */
  readonly allowedCalls?: string;

  /** Whether SIGTERM saves the state to the folder, for the next start. */
  readonly keepState: boolean;
}

/**
 * Starts MiniStack on a loopback port and waits until it is healthy.
 * @throws Error with the end of its log when it is not healthy within 20 s.
 */
export async function startMiniStack(options: MiniStackOptions, signal: AbortSignal): Promise<RunningProcess> {
  const running = startProcess(join(ROOT, '.venv/bin/python'), [join(ROOT, 'local/run_ministack.py')], {
    env: environmentOf(options),
    log: options.log,
  });
  try {
    await waitUntilHealthy(`http://127.0.0.1:${options.port}/_ministack/health`, running, signal);
    return running;
  } catch (error) {
    await running.stop();
    throw new Error(`MiniStack did not start; the end of ${options.log}:\n${tailOf(options.log)}`, { cause: error });
  }
}

/** Excludes the caller's environment: MiniStack passes its own to the functions, which on AWS would not have it. */
const environmentOf = ({ port, folder, auth, allowedCalls, keepState }: MiniStackOptions): NodeJS.ProcessEnv => ({
  // Functions run on the first `node` on the PATH.
  PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  HOME: folder,
  TMPDIR: folder,
  LANG: 'C.UTF-8',
  BIND_HOST: '127.0.0.1',
  GATEWAY_PORT: String(port),
  MINISTACK_REGION: REGION,
  AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
  S3_DATA_DIR: join(folder, 's3'),
  STATE_DIR: join(folder, 'state'),
  ...(keepState && { S3_PERSIST: '1', PERSIST_STATE: '1' }),
  AUTH: String(auth),
  ...(auth && allowedCalls && { ALLOWED_CALLS: allowedCalls }),
  // Both would listen on additional ports, on all interfaces.
  IOT_MTLS_ENABLED: '0',
  SFTP_ENABLED: '0',
  // Ends idle function processes after a burst: each takes 63 MiB.
  LAMBDA_WARM_TTL_SECONDS: '60',
  LOG_LEVEL: 'WARNING',
});

export async function waitUntilHealthy(url: string, running: RunningProcess, signal?: AbortSignal): Promise<void> {
  let hasEnded = false;
  const onEnd = () => {
    hasEnded = true;
  };
  running.ended.then(onEnd, onEnd);
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline && !hasEnded) {
    signal?.throwIfAborted();
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new Error(hasEnded ? 'the process ended' : 'not healthy within 20 s');
}

/**
 * A loopback port that is not in use. It is below the ephemeral range (Linux from 32768, IANA from 49152), or another
 * program could get it before MiniStack listens, or during a restart.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
