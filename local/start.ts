import { startStack } from './stack.ts';
import { tailLogs } from './tail-logs.ts';

const DEFAULT_PORT = 8080;

const stop = new AbortController();
let isStopping = false;
const onStop = () => {
  isStopping = true;
  stop.abort();
};
// Ctrl-C arrives twice: from the terminal, and forwarded by npm. The second has no effect.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onStop);
// bootstrap.mjs was killed.
process.on('disconnect', onStop);

try {
  await main(portFrom(process.env.PORT));
} catch (error) {
  if (isStopping) console.log('stopped before the shop was ready');
  else {
    // The messages without stack traces.
    for (let reason: unknown = error; reason instanceof Error; reason = reason.cause) console.error(reason.message);
    process.exitCode = 1;
  }
}
// The channel to bootstrap.mjs would keep this process alive.
if (process.connected) process.disconnect();

async function main(port: number): Promise<void> {
  const start = performance.now();
  const stack = await startStack({ port, signal: stop.signal });
  try {
    console.log(`ready in ${((performance.now() - start) / 1000).toFixed(1)} s

  storefront  ${stack.front_door_url}
  admin       ${stack.admin_url} (${stack.operator.username}, password ${stack.operator.password})
  API         ${stack.front_door_url}/api/v1/products
  PayPal      ${stack.simulator_url} (simulator)
  AWS         ${stack.aws_endpoint_url} (MiniStack, ${stack.region})

Press Ctrl-C to stop. Webhook deliveries and settlements:`);
    const miniStackEnded = stack.ended.then(() => {
      if (!isStopping) throw new Error('MiniStack ended unexpectedly: see .local/ministack.log');
    });
    await Promise.race([tailLogs(stack, stop.signal), miniStackEnded]);
  } finally {
    stop.abort();
    await stack.stop();
  }
}

function portFrom(text = String(DEFAULT_PORT)): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError(`invalid PORT "${text}": expected 0–65535`);
  return port;
}
