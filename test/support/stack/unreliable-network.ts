import { setTimeout as sleep } from 'node:timers/promises';
import { startLoopbackServer } from '../latch.ts';

/** How likely it is that a delivery meets each trouble, from 0 to 1. */
export interface NetworkTroubles {
  /** It comes twice, at once. */
  readonly duplicated: number;
  /** PayPal is told that it was taken, and it never comes. */
  readonly lost: number;
  /** It comes later than those that were sent after it. */
  readonly reordered: number;
}

/** A network between PayPal and the shop that does not bring everything as it was sent. */
export interface BadNetwork {
  /** Where PayPal sends to. */
  readonly url: string;
  /** What became of the deliveries. */
  readonly counts: Record<keyof NetworkTroubles | 'sent', number>;
  /** Waits until nothing is on its way any more. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

const LATER_MS = 2000;
/** A delivery that was taken from PayPal is brought until it is accepted. */
const TRIES = 20;

/** Starts one before a webhook's URL. `random` answers from 0 up to 1. */
export async function startBadNetwork(
  target: string,
  { duplicated, lost, reordered }: NetworkTroubles,
  random: () => number,
): Promise<BadNetwork> {
  const counts = { sent: 0, duplicated: 0, lost: 0, reordered: 0 };
  const onTheWay = new Set<Promise<unknown>>();

  const bring = async (headers: Record<string, string>, body: string): Promise<{ status: number; body: string }> => {
    const answer = await fetch(target, { method: 'POST', headers, body });
    return { status: answer.status, body: await answer.text() };
  };
  const bringLater = async (headers: Record<string, string>, body: string): Promise<void> => {
    for (let tries = 0; tries < TRIES; tries++) {
      await sleep(LATER_MS * (0.5 + random()));
      const answer = await bring(headers, body).catch(() => undefined);
      if (answer && answer.status < 300) return;
    }
  };
  const take = async (headers: Record<string, string>, body: string): Promise<{ status: number; body: string }> => {
    counts.sent += 1;
    const chance = random();
    if (chance < lost) {
      counts.lost += 1;
      return { status: 200, body: '{}' };
    }
    if (chance < lost + reordered) {
      counts.reordered += 1;
      const later = bringLater(headers, body);
      onTheWay.add(later);
      void later.finally(() => onTheWay.delete(later));
      return { status: 200, body: '{}' };
    }
    if (chance < lost + reordered + duplicated) {
      counts.duplicated += 1;
      const [first, second] = await Promise.all([bring(headers, body), bring(headers, body)]);
      return first.status < 300 ? first : second;
    }
    return bring(headers, body);
  };

  const door = await startLoopbackServer(async ({ headers, body }) => {
    const own = Object.entries(headers).filter(([name]) => name.startsWith('paypal-') || name === 'content-type');
    return take(Object.fromEntries(own) as Record<string, string>, body);
  });
  return {
    url: `${door.url}/webhooks/paypal`,
    counts,
    async quiet() {
      while (onTheWay.size > 0) await Promise.all(onTheWay);
    },
    stop: door.close,
  };
}
