import { setTimeout as sleep } from 'node:timers/promises';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Stack } from '../local/stack.ts';
import { startLoopbackServer } from '../test/support/loopback-server.ts';
import { callJson } from '../test/support/stack/call-json.ts';
import { redirectWebhook } from '../test/support/stack/storm.ts';
import type { Design, Purchase } from './designs.ts';

/** Milliseconds of performance.now(). */
export interface Delivered {
  readonly began: number;
  readonly ended: number;
}

/** Gives PayPal's deliveries to one design at a time. */
export interface Relay {
  /** Resolves when the design has answered its next delivery of this type; other types are not delivered. */
  next(design: Design, eventType: string): Promise<Delivered>;
  /** Delivers everything. */
  all(design: Design): void;
  stop(): Promise<void>;
}

export async function startRelay(stack: Stack): Promise<Relay> {
  let target: { readonly design: Design; readonly eventType?: string } | undefined;
  let onDelivered: (delivered: Delivered) => void = () => {};
  const server = await startLoopbackServer(async ({ headers, body }) => {
    if (!target || (target.eventType && !body.includes(`"${target.eventType}"`))) return { status: 200, body: '{}' };
    const own = Object.entries(headers).filter(([name]) => name.startsWith('paypal-') || name === 'content-type');
    const began = performance.now();
    const response = await fetch(target.design.webhook, {
      method: 'POST',
      headers: Object.fromEntries(own) as Record<string, string>,
      body,
    });
    const text = await response.text();
    onDelivered({ began, ended: performance.now() });
    if (!response.ok) throw new Error(`${target.design.name} answered ${response.status}: ${text}`);
    return { status: response.status, body: text };
  });
  const webhook = await redirectWebhook(stack.simulator_url, `${server.url}/webhooks/paypal`);
  return {
    next(design, eventType) {
      target = { design, eventType };
      return new Promise((resolve) => {
        onDelivered = resolve;
      });
    },
    all(design) {
      target = { design };
    },
    async stop() {
      await webhook.restore();
      await server.close();
    },
  };
}

/** The buyer approves at PayPal. */
export const approve = ({ simulator_url: payPal }: Stack, { payPalOrderId }: Purchase): Promise<unknown> =>
  callJson(payPal, 'POST', `/_sim/orders/${payPalOrderId}/approve`, { funding: 'instant' });

/** Waits until no delivery is pending and no execution of the design has run for a moment. */
export async function quiet(stack: Stack, { stateMachineArn }: Design, signal: AbortSignal): Promise<void> {
  const stepFunctions = new SFNClient(stack.clientOptions);
  for (let readings = 0; readings < 3; ) {
    await sleep(200, undefined, { signal });
    const running = { stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 } as const;
    const { executions = [] } = await stepFunctions.send(new ListExecutionsCommand(running));
    const { delivery } = await callJson(stack.simulator_url, 'GET', '/_sim/state');
    readings = executions.length === 0 && delivery.pending === 0 ? readings + 1 : 0;
  }
  stepFunctions.destroy();
}
