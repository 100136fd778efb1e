import { setTimeout as sleep } from 'node:timers/promises';
import { startLoopbackServer } from '../loopback-server.ts';

/** Probability of each fault per delivery, from 0 to 1. */
export interface NetworkFaults {
  /** It arrives twice, concurrently. */
  readonly duplicated: number;
  /** PayPal gets a 200, and the delivery never arrives. */
  readonly lost: number;
  /** It arrives after later deliveries. */
  readonly reordered: number;
}

/** A network between PayPal and the shop that loses, duplicates and reorders deliveries. */
export interface UnreliableNetwork {
  /** The webhook URL for PayPal. */
  readonly url: string;
  /** Number of deliveries by fault. */
  readonly counts: Record<keyof NetworkFaults | 'sent', number>;
  /** Waits until no delivery is in flight. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

const LATER_MS = 2000;
/** A reordered delivery is retried until it is accepted. */
const MAX_ATTEMPTS = 20;

/** Starts an unreliable network in front of a webhook URL. `random` returns 0 to 1, exclusive. */
export async function startUnreliableNetwork(
  target: string,
  { duplicated, lost, reordered }: NetworkFaults,
  random: () => number,
): Promise<UnreliableNetwork> {
  const counts = { sent: 0, duplicated: 0, lost: 0, reordered: 0 };
  const inFlight = new Set<Promise<unknown>>();

  const forward = async (headers: Record<string, string>, body: string): Promise<{ status: number; body: string }> => {
    const response = await fetch(target, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };
  const forwardLater = async (headers: Record<string, string>, body: string): Promise<void> => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      await sleep(LATER_MS * (0.5 + random()));
      const response = await forward(headers, body).catch(() => undefined);
      if (response && response.status < 300) return;
    }
  };
  const accept = async (headers: Record<string, string>, body: string): Promise<{ status: number; body: string }> => {
    counts.sent += 1;
    const chance = random();
    if (chance < lost) {
      counts.lost += 1;
      return { status: 200, body: '{}' };
    }
    if (chance < lost + reordered) {
      counts.reordered += 1;
      const later = forwardLater(headers, body);
      inFlight.add(later);
      void later.finally(() => inFlight.delete(later));
      return { status: 200, body: '{}' };
    }
    if (chance < lost + reordered + duplicated) {
      counts.duplicated += 1;
      const [first, second] = await Promise.all([forward(headers, body), forward(headers, body)]);
      return first.status < 300 ? first : second;
    }
    return forward(headers, body);
  };

  const server = await startLoopbackServer(async ({ headers, body }) => {
    const own = Object.entries(headers).filter(([name]) => name.startsWith('paypal-') || name === 'content-type');
    return accept(Object.fromEntries(own) as Record<string, string>, body);
  });
  return {
    url: `${server.url}/webhooks/paypal`,
    counts,
    async quiet() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
    stop: server.close,
  };
}
