import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulatorEnvironment } from '../local/deploy.ts';
import { ROOT } from '../local/paths.ts';
import { run as runProcess } from '../local/processes.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { stopSignal } from '../local/stop-signal.ts';
import { command, FAILED, JSON_OUTPUT, run } from '../ops/command.ts';
import { startAwsProxies } from './aws-proxies.ts';
import { countPurchase } from './count-purchase.ts';
import { type Design, type Outputs, referenceDesign, shopDesign } from './designs.ts';
import { type Measured, tables } from './report.ts';
import { sellUnderFaults } from './sell-under-faults.ts';
import { timePurchases } from './time-purchases.ts';

const PAGE = join(ROOT, 'docs/benchmarks.md');
const STATE_DIR = join(ROOT, '.local/bench');

/** The references of references/app.ts, and their handlers that are steps of a paid purchase. */
const REFERENCES = {
  naive: ['inventory', 'checkout', 'fulfillment'],
  booking: ['reserveStock', 'createOrder', 'collectPayment', 'confirmOrder', 'completeCheckout', 'notifyBuyer'],
};

interface Size {
  /** That are timed, of each design. */
  readonly purchases: number;
  /** For sale under faults. */
  readonly pieces: number;
}
const FULL: Size = { purchases: 25, pieces: 40 };
const QUICK: Size = { purchases: 5, pieces: 10 };

async function deployReferences(stack: Stack, folder: string, signal: AbortSignal): Promise<Record<string, Outputs>> {
  const outputs = join(folder, 'outputs.json');
  const app = ['--app', 'node bench/references/app.ts', '--output', join(folder, 'cdk.out')];
  const options = ['--require-approval', 'never', '--method', 'direct', '--outputs-file', outputs];
  await runProcess('cdk', ['deploy', '--all', ...app, ...options, '--context', `payPalUrl=${stack.simulator_url}`], {
    env: emulatorEnvironment({ endpoint: stack.aws_endpoint_url, folder }),
    cwd: ROOT,
    log: join(STATE_DIR, 'cdk-deploy-references.log'),
    signal,
  });
  return JSON.parse(await readFile(outputs, 'utf8'));
}

async function measure(
  stack: Stack,
  designs: readonly Design[],
  { purchases, pieces }: Size,
  { signal, log }: Progress,
): Promise<Measured[]> {
  log(`${purchases} purchases of each design, in turn`);
  const times = await timePurchases(stack, designs, { purchases, signal });
  const measured: Measured[] = [];
  for (const [i, design] of designs.entries()) {
    log(`${design.name}: what a purchase uses, and ${pieces} pieces sold under faults`);
    const proxies = await startAwsProxies(stack.clientOptions, design.functions);
    try {
      measured.push({
        name: design.name,
        behindCloudFront: design.behindCloudFront,
        times: times[i] ?? { webhook: [], order: [] },
        counts: await countPurchase(stack, design, proxies, signal),
        storm: await sellUnderFaults(stack, design, proxies, { pieces, signal }),
      });
    } finally {
      await proxies.stop();
    }
  }
  return measured;
}

/** Replaces the tables of docs/benchmarks.md. */
async function writePage(texts: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const written = page.replace(
    /(<!-- begin (\w+) -->\n)[\s\S]*?(\n<!-- end -->)/g,
    (_, begin, name, end) => `${begin}\n${texts[name]}\n${end}`,
  );
  await writeFile(PAGE, written);
  // Aligns the tables.
  const options = { cwd: ROOT, env: process.env, log: join(STATE_DIR, 'biome.log'), signal };
  await runProcess('biome', ['format', '--write', PAGE], options);
}

interface Progress {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

async function compare(size: Size, progress: Progress, quiet: boolean): Promise<Measured[]> {
  const { signal, log } = progress;
  const folder = await mkdtemp(join(tmpdir(), 'settle-once-bench-'));
  try {
    const stack = await startStack({ stateDir: STATE_DIR, signal, quiet });
    try {
      log('deploying the references');
      const outputs = await deployReferences(stack, folder, signal);
      const references = Object.entries(REFERENCES).map(([name, steps]) =>
        referenceDesign(name, steps, outputs[`bench-${name}`] ?? {}, stack),
      );
      return await measure(stack, [await shopDesign(stack), ...references], size, progress);
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

await run(
  command('npm run bench', 'Compares the shop with two references on one emulator, and writes docs/benchmarks.md.')
    .option('--quick', 'a few purchases in three minutes, and the page is not written')
    .addOption(JSON_OUTPUT)
    .action(async ({ quick = false, json = false }) => {
      const signal = stopSignal();
      try {
        const log = json ? console.error : console.log;
        const measured = await compare(quick ? QUICK : FULL, { signal, log }, json);
        const { needs, losses } = tables(measured);
        console.log(json ? JSON.stringify(measured) : `\n${needs}\n\n${losses}`);
        if (!quick) await writePage({ needs, losses }, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
        console.error('stopped');
        process.exitCode = FAILED;
      }
    }),
);
