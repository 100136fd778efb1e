import { setTimeout as sleep } from 'node:timers/promises';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Stack } from './stack.ts';

/** A delivery as the simulator's `GET /_sim/deliveries` lists it. */
interface Delivery {
  readonly event_id: string;
  readonly event_type: string;
  readonly attempt: number;
  readonly http_status: number | null;
}

/** Prints one line per webhook delivery and one per settlement that is over, until the signal aborts. */
export async function tailLogs(stack: Stack, signal: AbortSignal): Promise<void> {
  const sfn = new SFNClient(stack.clientOptions);
  const settled = new Set<string>();
  let delivered = 0;
  const look = async () => {
    const answer = await fetch(`${stack.simulator_url}/_sim/deliveries`, { signal });
    const { deliveries } = (await answer.json()) as { deliveries: readonly Delivery[] };
    // The simulator forgets its deliveries when it is reset.
    if (deliveries.length < delivered) delivered = 0;
    for (const { event_type, event_id, attempt, http_status } of deliveries.slice(delivered)) {
      const again = attempt > 1 ? `, attempt ${attempt}` : '';
      line('webhook', `${event_type} ${event_id} → ${http_status ?? 'no answer'}${again}`);
    }
    delivered = deliveries.length;

    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: stack.state_machine_arn, maxResults: 50 }),
    );
    for (const { executionArn = '', name, status, startDate, stopDate } of executions.toReversed()) {
      if (status === 'RUNNING' || settled.has(executionArn)) continue;
      settled.add(executionArn);
      const took = startDate && stopDate ? ` (${stopDate.getTime() - startDate.getTime()} ms)` : '';
      line('settlement', `${name} ${status}${took}`);
    }
  };
  while (!signal.aborted) {
    // A look that fails is made up for by the next one: both lists only grow.
    await look().catch(() => {});
    await sleep(1000, undefined, { signal }).catch(() => {});
  }
  sfn.destroy();
}

const line = (what: string, text: string) =>
  console.log(`${new Date().toISOString().slice(11, 19)}  ${what.padEnd(10)}  ${text}`);
