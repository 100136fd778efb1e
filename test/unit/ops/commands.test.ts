import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };

/** Denies writing files, starting processes and threads, and connections: what begins to work fails. */
const SANDBOX = [
  '--permission',
  '--allow-fs-read=*',
  '--no-warnings',
  `--import=data:text/javascript,${encodeURIComponent(
    'import { Socket } from "node:net"; Socket.prototype.connect = () => { throw new Error("denied: connect"); };',
  )}`,
];

interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const node = (...args: readonly string[]): Promise<Result> =>
  new Promise((resolve) => {
    execFile(process.execPath, [...SANDBOX, ...args], (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      resolve({ status: typeof code === 'number' ? code : Number.NaN, stdout, stderr });
    });
  });

/** The file and its first arguments, by the script of package.json that runs it. */
const CALLS = new Map(
  Object.entries(packageJson.scripts).flatMap(([script, line]) => {
    const [, call] = /^(?:exec )?node (?:local\/bootstrap\.mjs )?(\S+\.ts.*)$/.exec(line) ?? [];
    return call ? [[script, call.split(' ')] as const] : [];
  }),
);

/** @param name `erase`, `operator add` */
const run = (name: string, ...args: readonly string[]): Promise<Result> => {
  const [script = '', ...subcommand] = name.split(' ');
  return node(...(CALLS.get(script) ?? []), ...subcommand, ...args);
};

const DEPLOYMENT = ['--stage', '--stack-file'];
/** The options of each command, in addition to --help and --version. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  start: ['--port'],
  test: ['--quick'],
  check: ['--quick'],
  'first-deployment': [],
  'test:moto': [],
  audit: ['--level', '--json'],
  'lint:cfn': [],
  'lint:commits': [],
  build: [],
  'api-types': [],
  screenshots: [],
  costs: [],
  deploy: [
    '--stage',
    '--domain',
    '--certificate',
    '--context',
    '--rotate-origin-secret',
    '--yes',
    '--dry-run',
    '--json',
  ],
  verify: [...DEPLOYMENT, '--restore', '--yes', '--json'],
  storm: ['--json'],
  crash: ['--scenario'],
  'payment-load': [],
  'check-api': ['--examples', '--seed', '--path'],
  bench: ['--quick', '--json'],
  'bench:bundles': ['--runs', '--json'],
  erase: [...DEPLOYMENT, '--order', '--email', '--event', '--dry-run', '--yes', '--json'],
  payment: [...DEPLOYMENT, '--json'],
  'api-key': DEPLOYMENT,
  'api-key create': [...DEPLOYMENT, '--scopes', '--refund-limit', '--json'],
  'api-key list': [...DEPLOYMENT, '--json'],
  'api-key revoke': [...DEPLOYMENT, '--dry-run', '--yes'],
  operator: DEPLOYMENT,
  'operator list': [...DEPLOYMENT, '--json'],
  'operator add': [...DEPLOYMENT, '--role', '--dry-run', '--json'],
  'operator reset': [...DEPLOYMENT, '--dry-run', '--yes', '--json'],
  'operator role': [...DEPLOYMENT, '--dry-run', '--yes'],
  'operator remove': [...DEPLOYMENT, '--dry-run', '--yes'],
  paypal: DEPLOYMENT,
  'paypal credentials': [...DEPLOYMENT, '--dry-run', '--yes', '--json'],
  'paypal register': [...DEPLOYMENT, '--dry-run', '--yes', '--json'],
  'paypal status': [...DEPLOYMENT, '--json'],
  'paypal events': [...DEPLOYMENT, '--hours', '--json'],
  'paypal resend': [...DEPLOYMENT, '--dry-run'],
};

/** Without which another error is reported first. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  deploy: ['--stage', 'prod'],
};

const ORDER = 'ord_01JZ8Q4W3V5Y7X9R2T6N8M0KBC';

describe('the sandbox of these tests', () => {
  it.each([
    ['files to write', 'require("node:fs").writeFileSync("denied.txt", "")'],
    ['processes', 'require("node:child_process").spawn("true")'],
    ['connections', 'require("node:http").get("http://127.0.0.1:1")'],
  ])('denies %s', async (_, script) => {
    const { status, stderr } = await node('-e', script);

    expect(status).toBe(1);
    expect(stderr).toMatch(/ERR_ACCESS_DENIED|denied: connect/);
  });
});

describe('commands of package.json', () => {
  it('are the scripts that run code of this project', () => {
    const scripts = Object.entries(packageJson.scripts).flatMap(([name, line]) => (line.includes('.ts') ? [name] : []));

    expect([...CALLS.keys()]).toEqual(scripts);
    expect(Object.keys(OPTIONS).filter((name) => !name.includes(' '))).toEqual(expect.arrayContaining(scripts));
  });

  it.concurrent.each(Object.keys(OPTIONS))('%s --help prints its options and does nothing else', async (name) => {
    const { status, stdout, stderr } = await run(name, '--help');

    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^usage: npm /);
    expect(stdout).toContain('exit codes: 0 done, 1 failed or not found, 2 wrong usage');
    const options = [...stdout.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option);
    expect(options.sort()).toEqual([...(OPTIONS[name] ?? []), '--help', '--version'].sort());
  });

  it.concurrent.each([...CALLS.keys()])('%s rejects an unknown option and does nothing else', async (name) => {
    const { status, stdout, stderr } = await run(name, ...(REQUIRED[name] ?? []), '--no-such-option');

    expect(stdout).toBe('');
    expect(stderr).toMatch(/^usage: npm .*\nerror: unknown option '--no-such-option'\n$/);
    expect(status).toBe(2);
  });

  it.concurrent.each([
    ['check', ['integration'], 'integration'],
    ['storm', ['10', '1', 'more'], 'more'],
    ['erase', ['ord_1'], "'ord_1' is invalid for argument 'order-id'. Expected ord_ and the 26 characters of a ULID."],
    ['erase', [], 'expected exactly one of <order-id>, --order, --email and --event'],
    [
      'erase',
      ['--order', ORDER, '--event', 'WH-1'],
      'expected exactly one of <order-id>, --order, --email and --event',
    ],
    [
      'erase',
      [ORDER, '--email', 'ada@mail.example'],
      'expected exactly one of <order-id>, --order, --email and --event',
    ],
    ['erase', ['--email', 'ada'], "argument 'ada' is invalid. Expected an email address."],
    ['payment', [ORDER], `'${ORDER}' is invalid for argument 'payment-id'. Expected pay_`],
    ['operator add', ['Ada Byron'], "'Ada Byron' is invalid for argument 'name'. Expected 1 to 128 letters"],
    ['paypal events', ['--hours', '1080'], "'1080' is invalid. Expected a whole number from 1 to 1079."],
    ['deploy', ['--stage', 'prod', '--domain', 'shop.example'], '--domain and --certificate require each other'],
    ['deploy', ['--stage', 'prod', '-c', 'alarmEmail'], "'alarmEmail' is invalid. Expected KEY=VALUE."],
  ] as const)('%s rejects the arguments %j', async (name, args, reason) => {
    const { status, stdout, stderr } = await run(name, ...args);

    expect(stdout).toBe('');
    expect(stderr).toMatch(/^usage: npm /);
    expect(stderr).toContain(reason);
    expect(status).toBe(2);
  });

  it('are in docs/commands.md with their options', () => {
    const rows = readFileSync('docs/commands.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `npm '));
    const rowOf = (name: string) =>
      rows.find((row) => new RegExp(`^\\| \`npm (run )?${name.replace(' ', ' -- ')}[ \`]`).test(row)) ?? '';
    // Those that select the deployment are described once, above the tables.
    const undocumented = Object.entries(OPTIONS).flatMap(([name, options]) =>
      options
        .filter((option) => !DEPLOYMENT.includes(option) || name === 'deploy')
        .flatMap((option) => (rowOf(name).includes(`\`${option}`) ? [] : [`${name} ${option}`])),
    );

    expect([...CALLS.keys()].filter((name) => rowOf(name) === '')).toEqual([]);
    expect(undocumented).toEqual([]);
  });
});
