import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './paths.ts';
import { type RunningProcess, startProcess, tailOf } from './processes.ts';

/** The only region and account of the laptop's AWS. */
export const REGION = 'us-east-1';
/** MiniStack takes any key; this one is its root's. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** What makes a client of the AWS SDK talk to MiniStack. */
export interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof CREDENTIALS;
}

/** What MiniStack is started with. */
export interface MiniStackOptions {
  readonly port: number;

  /** A folder of this run. */
  readonly folder: string;

  readonly log: string;

  /** Whether IAM policies are enforced. */
  readonly auth: boolean;

  /** Whether a polite end keeps everything in the folder, for the next start. */
  readonly keepState: boolean;
}

/**
 * Starts MiniStack on a loopback port; it answers when this returns.
 * @throws Error with the end of its log when it does not come up within 20 s.
 */
export async function startMiniStack(options: MiniStackOptions, signal: AbortSignal): Promise<RunningProcess> {
  const running = startProcess(join(ROOT, '.venv/bin/python'), [join(ROOT, 'local/run_ministack.py')], {
    env: environmentOf(options),
    log: options.log,
  });
  try {
    await answers(`http://127.0.0.1:${options.port}/_ministack/health`, running, signal);
    return running;
  } catch (error) {
    await running.stop();
    throw new Error(`MiniStack did not start; the end of ${options.log}:\n${tailOf(options.log)}`, { cause: error });
  }
}

/** Nothing of the caller's environment: MiniStack hands its own on to the Lambdas, which on AWS have none of it either. */
const environmentOf = ({ port, folder, auth, keepState }: MiniStackOptions): NodeJS.ProcessEnv => ({
  // Lambdas run on the first `node` of the path.
  PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  HOME: folder,
  TMPDIR: folder,
  LANG: 'C.UTF-8',
  BIND_HOST: '127.0.0.1',
  GATEWAY_PORT: String(port),
  MINISTACK_REGION: REGION,
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  S3_DATA_DIR: join(folder, 's3'),
  STATE_DIR: join(folder, 'state'),
  ...(keepState && { S3_PERSIST: '1', PERSIST_STATE: '1' }),
  AUTH: String(auth),
  // These two would listen on ports of their own, on all interfaces.
  IOT_MTLS_ENABLED: '0',
  SFTP_ENABLED: '0',
  // Lambdas of a burst end when they have been idle for so long: each holds 63 MiB.
  LAMBDA_WARM_TTL_SECONDS: '60',
  LOG_LEVEL: 'WARNING',
});

async function answers(url: string, running: RunningProcess, signal: AbortSignal): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  running.ended.then(end, end);
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline && !over) {
    signal.throwIfAborted();
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(over ? 'it ended by itself' : 'it does not answer');
}

/**
 * A loopback port that nobody listens on. It is below the ports that systems give to whoever asks for any (Linux from 32768, IANA
 * from 49152): those could be given to another program before MiniStack listens, or while it is restarted.
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
