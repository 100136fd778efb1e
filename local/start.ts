import { Option } from '@commander-js/extra-typings';
import { command, run, wholeNumber } from '../ops/command.ts';
import { stopSignal } from './stop-signal.ts';
import { tailLogs } from './tail-logs.ts';

const DEFAULT_PORT = 8080;

await run(
  command('npm start', 'Starts the shop on this machine, until Ctrl-C.')
    .addOption(
      new Option('--port <number>', 'the port of the shop, or the next free one; 0 for any')
        .env('PORT')
        .default(DEFAULT_PORT)
        .argParser(wholeNumber(0, 65_535)),
    )
    .action(async ({ port }) => {
      const signal = stopSignal();
      try {
        await runShop(port, signal);
        console.log('stopped');
      } catch (error) {
        if (!signal.aborted) throw error;
        console.log('stopped before the shop was ready');
      }
    }),
);

async function runShop(port: number, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const { startStack } = await import('./stack.ts');
  const stack = await startStack({ port, signal });
  try {
    console.log(`ready in ${((performance.now() - start) / 1000).toFixed(1)} s

  storefront  ${stack.front_door_url}
  admin       ${stack.admin_url} (${stack.operator.username}, password ${stack.operator.password})
  API         ${stack.front_door_url}/api/v1/products
  PayPal      ${stack.simulator_url} (simulator)
  AWS         ${stack.aws_endpoint_url} (MiniStack, ${stack.region})

Press Ctrl-C to stop. Webhook deliveries and settlements:`);
    const miniStackEnded = stack.ended.then(() => {
      if (!signal.aborted) throw new Error('MiniStack ended unexpectedly: see .local/ministack.log');
    });
    await Promise.race([tailLogs(stack, signal), miniStackEnded]);
  } finally {
    await stack.stop();
  }
}
