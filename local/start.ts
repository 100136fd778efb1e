import { startStack } from './stack.ts';
import { tailLogs } from './tail-logs.ts';

const DEFAULT_PORT = 8080;

const stop = new AbortController();
let asked = false;
const onAsked = () => {
  asked = true;
  stop.abort();
};
// Ctrl-C reaches this process twice: from the terminal, and handed on by npm. The second changes nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onAsked);
// The starter is gone without a word.
process.on('disconnect', onAsked);

try {
  await main(portFrom(process.env.PORT));
} catch (error) {
  if (asked) console.log('stopped before it was ready');
  else {
    // Whoever starts a shop wants the reason, not where in this code it came up.
    for (let reason: unknown = error; reason instanceof Error; reason = reason.cause) console.error(reason.message);
    process.exitCode = 1;
  }
}
// The channel to the starter would keep this process alive.
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

Ctrl-C ends it. Webhooks and settlements as they come:`);
    const miniStackEnded = stack.ended.then(() => {
      if (!asked) throw new Error('MiniStack ended by itself: see .local/ministack.log');
    });
    await Promise.race([tailLogs(stack, stop.signal), miniStackEnded]);
  } finally {
    stop.abort();
    await stack.stop();
  }
}

function portFrom(text = String(DEFAULT_PORT)): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError(`PORT is no port: ${text}`);
  return port;
}
