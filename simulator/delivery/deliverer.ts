import { setTimeout as sleep } from 'node:timers/promises';
import type { Webhook, WebhookEvent } from '../state/state.ts';
import type { SignatureKind, Signer } from './signing.ts';
import { createTransmitter } from './transmit.ts';

/** Settings of `PUT /_sim/delivery`. */
interface DeliverySettings {
  /** Hold deliveries until a flush. */
  readonly hold: boolean;
  /** Delay before the first attempt. */
  readonly delay_ms: number;
  /** Number of simultaneous deliveries of each event; PayPal may deliver an event more than once. */
  readonly copies: number;
  /** Random order: a flush shuffles the held deliveries; otherwise each one is delayed by up to 250 ms more. */
  readonly shuffle: boolean;
  /** Discard deliveries. */
  readonly drop: boolean;
}

/** One attempt, as returned by `GET /_sim/deliveries`. */
interface DeliveryRecord {
  readonly event_id: string;
  readonly event_type: string;
  /** The event's order; a unique id for events without one. */
  readonly order_id: string;
  readonly webhook_id: string;
  readonly attempt: number;
  readonly transmission_id: string | null;
  /** Null without a response. */
  readonly http_status: number | null;
  /** The JSON body of the response. */
  readonly answer: unknown;
  /** Time of the attempt. */
  readonly at: string;
  readonly dropped: boolean;
}

interface SendOptions {
  readonly signature: SignatureKind;
  /** Retry until a 2xx response. */
  readonly retry: boolean;
  /** Overrides the webhook's URL. */
  readonly url?: string | undefined;
  /** Added or replaced headers; an empty value removes a header. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

interface Delivery extends SendOptions {
  readonly event: WebhookEvent;
  readonly webhookId: string;
  attempt: number;
}

/** Delivers events to webhooks. */
export interface Deliverer {
  settings(): DeliverySettings;
  configure(change: Partial<DeliverySettings>): void;
  records(): readonly DeliveryRecord[];
  heldCount(): number;
  /** Number of deliveries that are held, in flight or scheduled for a retry. */
  pendingCount(): number;
  /** Schedules a delivery under the current settings, with per-order sequence and retries. Returns immediately. */
  send(event: WebhookEvent, webhook: Webhook): void;
  /**
   * Sends an event immediately, even while deliveries are held or dropped. Resolves with the first attempt of each
   * copy.
   */
  sendNow(event: WebhookEvent, webhookId: string, options: SendOptions): Promise<DeliveryRecord[]>;
  /** Whether a delivery of the event to the webhook is held, in flight or scheduled for a retry. */
  isPending(eventId: string, webhookId: string): boolean;
  /** Sends all held deliveries and waits for their first attempts. @returns the number of deliveries */
  flush(): Promise<number>;
  /** Clears records, settings and pending deliveries. */
  reset(): void;
  /** Cancels deliveries and retries; later events are not delivered. */
  stop(): Promise<void>;
}

/** "Up to 25 times over the course of 3 days": https://developer.paypal.com/api/rest/webhooks/rest/ */
const MAX_ATTEMPTS = 25;
const SHUFFLE_MS = 250;
const DEFAULT_OPTIONS: SendOptions = { signature: 'good', retry: true };
const DEFAULT_SETTINGS: DeliverySettings = { hold: false, delay_ms: 0, copies: 1, shuffle: false, drop: false };

export function createDeliverer(deps: {
  readonly signer: Signer;
  readonly webhooks: ReadonlyMap<string, Webhook>;
  readonly now: () => Date;
  /** Delay after the given attempt. */
  readonly retryDelayMs: (attempt: number) => number;
}): Deliverer {
  const { signer, webhooks, now, retryDelayMs } = deps;
  const { post } = createTransmitter();
  const tails = new Map<string, Promise<unknown>>();
  const pending = new Set<Delivery>();
  let records: DeliveryRecord[] = [];
  let held: Delivery[] = [];
  let settings = DEFAULT_SETTINGS;
  /** Until the next reset. */
  let lifetime = new AbortController();

  const newDelivery = (event: WebhookEvent, webhookId: string, options: SendOptions): Delivery => ({
    ...options,
    event,
    webhookId,
    attempt: 1,
  });

  /** Runs a callback after a delay, unless a reset or stop comes first. */
  function schedule(delayMs: number, callback: () => void): void {
    if (delayMs === 0) callback();
    else sleep(delayMs, undefined, { signal: lifetime.signal }).then(callback, () => {});
  }

  function dispatch(delivery: Delivery): void {
    if (settings.drop) {
      record(delivery, { at: now(), transmission_id: null, http_status: null, answer: null, dropped: true });
      pending.delete(delivery);
    } else if (settings.hold) held.push(delivery);
    else void enqueue(delivery);
  }

  /**
   * Deliveries of one order are sequential: each waits for the response to the previous one, but not for its retries.
   */
  function enqueue(delivery: Delivery): Promise<DeliveryRecord[]> {
    const key = delivery.event.orderId;
    const copies = delivery.attempt === 1 ? settings.copies : 1;
    const all = [delivery, ...Array.from({ length: copies - 1 }, () => ({ ...delivery }))];
    for (const copy of all) pending.add(copy);
    const turn = (tails.get(key) ?? Promise.resolve()).then(async () => {
      const attempts = await Promise.all(all.map(attempt));
      return attempts.flatMap((recorded) => recorded ?? []);
    });
    tails.set(key, turn);
    void turn.then(() => tails.get(key) === turn && tails.delete(key));
    return turn;
  }

  async function attempt(delivery: Delivery): Promise<DeliveryRecord | undefined> {
    const { event, webhookId, signature, headers } = delivery;
    const { signal } = lifetime;
    const url = delivery.url ?? webhooks.get(webhookId)?.url;
    if (url === undefined || !pending.has(delivery)) {
      pending.delete(delivery);
      return undefined;
    }
    const at = now();
    const all = { ...signer.headers(signature, webhookId, event.body, at), ...headers };
    const sentHeaders = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    const { httpStatus, answer } = await post(url, sentHeaders, event.body, signal);
    if (signal.aborted) return undefined;

    const transmission_id = all['paypal-transmission-id'] ?? null;
    const recorded = record(delivery, { at, transmission_id, http_status: httpStatus, answer, dropped: false });
    const delivered = httpStatus !== null && httpStatus >= 200 && httpStatus < 300;
    if (delivered || !delivery.retry || delivery.attempt >= MAX_ATTEMPTS) pending.delete(delivery);
    else {
      const delayMs = retryDelayMs(delivery.attempt);
      delivery.attempt += 1;
      schedule(delayMs, () => dispatch(delivery));
    }
    return recorded;
  }

  type Outcome = Pick<DeliveryRecord, 'transmission_id' | 'http_status' | 'answer' | 'dropped'> & { at: Date };

  function record({ event, webhookId, attempt }: Delivery, { at, ...outcome }: Outcome): DeliveryRecord {
    const recorded = {
      event_id: event.id,
      event_type: event.type,
      order_id: event.orderId,
      webhook_id: webhookId,
      attempt,
      ...outcome,
      at: at.toISOString(),
    };
    records.push(recorded);
    return recorded;
  }

  function discardAll(): void {
    lifetime.abort();
    pending.clear();
    records = [];
    held = [];
    settings = DEFAULT_SETTINGS;
  }

  return {
    settings: () => settings,
    configure: (change) => {
      settings = { ...settings, ...change };
    },
    records: () => records,
    heldCount: () => held.length,
    pendingCount: () => pending.size,

    send(event, webhook) {
      const delivery = newDelivery(event, webhook.id, DEFAULT_OPTIONS);
      pending.add(delivery);
      const jitter = settings.shuffle && !settings.hold ? Math.random() * SHUFFLE_MS : 0;
      schedule(settings.delay_ms + jitter, () => dispatch(delivery));
    },

    sendNow: (event, webhookId, options) => enqueue(newDelivery(event, webhookId, options)),

    isPending: (eventId, webhookId) =>
      [...pending].some((delivery) => delivery.event.id === eventId && delivery.webhookId === webhookId),

    async flush() {
      const deliveries = settings.shuffle ? shuffled(held) : held;
      held = [];
      await Promise.all(deliveries.map(enqueue));
      return deliveries.length;
    },

    reset() {
      discardAll();
      lifetime = new AbortController();
    },

    async stop() {
      discardAll(); // keeps the aborted lifetime, so that later events are not delivered
      await Promise.all(tails.values());
    },
  };
}

/** Fisher–Yates shuffle. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    const [a, b] = [result[last], result[other]];
    if (a !== undefined && b !== undefined) [result[last], result[other]] = [b, a];
  }
  return result;
}
