import { setTimeout as sleep } from 'node:timers/promises';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Stack } from './stack.ts';

/** An element of the simulator's `GET /_sim/deliveries`. */
interface Delivery {
  readonly event_id: string;
  readonly event_type: string;
  readonly attempt: number;
  readonly http_status: number | null;
  readonly dropped: boolean;
}

/** Prints a line per webhook delivery and per finished settlement until the signal aborts. */
export async function tailLogs(stack: Stack, signal: AbortSignal): Promise<void> {
  const sfn = new SFNClient(stack.clientOptions);
  const printed = new Set<string>();
  let delivered = 0;
  const poll = async () => {
    const response = await fetch(`${stack.simulator_url}/_sim/deliveries`, { signal });
    const { deliveries } = (await response.json()) as { deliveries: readonly Delivery[] };
    // A reset of the simulator deletes its deliveries.
    if (deliveries.length < delivered) delivered = 0;
    for (const { event_type, event_id, attempt, http_status, dropped } of deliveries.slice(delivered)) {
      const retry = attempt > 1 ? `, attempt ${attempt}` : '';
      line('webhook', `${event_type} ${event_id} → ${dropped ? 'dropped' : (http_status ?? 'no response')}${retry}`);
    }
    delivered = deliveries.length;

    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: stack.state_machine_arn, maxResults: 50 }),
    );
    for (const { executionArn = '', name, status, startDate, stopDate } of executions.toReversed()) {
      if (status === 'RUNNING' || printed.has(executionArn)) continue;
      printed.add(executionArn);
      const duration = startDate && stopDate ? ` (${stopDate.getTime() - startDate.getTime()} ms)` : '';
      line('settlement', `${name} ${status}${duration}`);
    }
  };
  while (!signal.aborted) {
    // A failed poll loses nothing: the next one reads the whole lists again.
    await poll().catch(() => {});
    await sleep(1000, undefined, { signal }).catch(() => {});
  }
  sfn.destroy();
}

const line = (kind: string, text: string) =>
  console.log(`${new Date().toISOString().slice(11, 19)}  ${kind.padEnd(10)}  ${text}`);
