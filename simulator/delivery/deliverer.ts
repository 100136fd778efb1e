import { setTimeout as sleep } from 'node:timers/promises';
import type { Webhook, WebhookEvent } from '../state/state.ts';
import type { SignatureKind, Signer } from './signing.ts';
import { createTransmitter } from './transmit.ts';

/** What `PUT /_sim/delivery` sets. */
interface DeliverySettings {
  /** Keep deliveries back until a flush. */
  readonly hold: boolean;
  /** Wait before the first attempt. */
  readonly delay_ms: number;
  /** Send each delivery so many times at once, as PayPal may send an event twice. */
  readonly copies: number;
  /** Send in random order: a flush shuffles what is held; else each delivery waits up to 250 ms more. */
  readonly shuffle: boolean;
  /** Lose deliveries for good. */
  readonly drop: boolean;
}

/** One attempt, as `GET /_sim/deliveries` shows it. */
interface DeliveryRecord {
  readonly event_id: string;
  readonly event_type: string;
  /** The order that the event is about, or an id of its own. */
  readonly order_id: string;
  readonly webhook_id: string;
  readonly attempt: number;
  readonly transmission_id: string | null;
  /** Null when there was no answer. */
  readonly http_status: number | null;
  /** The JSON that came back. */
  readonly answer: unknown;
  /** When it was sent. */
  readonly at: string;
  readonly dropped: boolean;
}

/** How to send an event other than by the rules. */
interface SendOptions {
  readonly signature: SignatureKind;
  /** Try again until it is taken. */
  readonly retry: boolean;
  /** In place of the webhook's own. */
  readonly url?: string | undefined;
  /** Set or replace headers; an empty text removes one. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

interface Delivery extends SendOptions {
  readonly event: WebhookEvent;
  readonly webhookId: string;
  attempt: number;
}

/** Brings events to webhooks. */
export interface Deliverer {
  settings(): DeliverySettings;
  configure(change: Partial<DeliverySettings>): void;
  records(): readonly DeliveryRecord[];
  heldCount(): number;
  /** Deliveries that are held, under way or waiting for their next attempt. */
  pendingCount(): number;
  /** Sends an event by the rules: settings, order, retries. Does not wait. */
  send(event: WebhookEvent, webhook: Webhook): void;
  /** Sends an event at once, whatever is held or dropped, and waits for the first answers, one for each copy. */
  sendNow(event: WebhookEvent, webhookId: string, options: SendOptions): Promise<DeliveryRecord[]>;
  /** Whether a delivery of the event to the webhook is held, under way or waiting for its next attempt. */
  isPending(eventId: string, webhookId: string): boolean;
  /** Sends all that is held and waits until each first attempt is answered. Returns how many deliveries that were. */
  flush(): Promise<number>;
  /** Forgets records, settings, and whatever is not delivered. */
  reset(): void;
  /** Ends everything that is under way. */
  stop(): Promise<void>;
}

/** "Up to 25 times over the course of 3 days": https://developer.paypal.com/api/rest/webhooks/rest/ */
const MAX_ATTEMPTS = 25;
const SHUFFLE_MS = 250;
const DEFAULT_OPTIONS: SendOptions = { signature: 'good', retry: true };
const DEFAULT_SETTINGS: DeliverySettings = { hold: false, delay_ms: 0, copies: 1, shuffle: false, drop: false };

/** Makes the deliverer; `retryDelayMs` is the pause after the given attempt. */
export function createDeliverer(given: {
  readonly signer: Signer;
  readonly webhooks: ReadonlyMap<string, Webhook>;
  readonly now: () => Date;
  readonly retryDelayMs: (attempt: number) => number;
}): Deliverer {
  const { signer, webhooks, now, retryDelayMs } = given;
  const { post } = createTransmitter();
  const tails = new Map<string, Promise<unknown>>();
  const pending = new Set<Delivery>();
  let records: DeliveryRecord[] = [];
  let held: Delivery[] = [];
  let settings = DEFAULT_SETTINGS;
  let life = new AbortController();

  const newDelivery = (event: WebhookEvent, webhookId: string, options: SendOptions): Delivery => ({
    ...options,
    event,
    webhookId,
    attempt: 1,
  });

  /** Waits, unless everything is forgotten meanwhile: then nothing follows. */
  function after(delayMs: number, then: () => void): void {
    if (delayMs === 0) then();
    else sleep(delayMs, undefined, { signal: life.signal }).then(then, () => {});
  }

  function dispatch(delivery: Delivery): void {
    if (settings.drop) {
      record(delivery, { at: now(), transmission_id: null, http_status: null, answer: null, dropped: true });
      pending.delete(delivery);
    } else if (settings.hold) held.push(delivery);
    else void enqueue(delivery);
  }

  /** Deliveries of one order wait for one another's answers (not for retries), those of other orders do not. */
  function enqueue(delivery: Delivery): Promise<DeliveryRecord[]> {
    const key = delivery.event.orderId;
    const copies = delivery.attempt === 1 ? settings.copies : 1;
    const all = [delivery, ...Array.from({ length: copies - 1 }, () => ({ ...delivery }))];
    for (const copy of all) pending.add(copy);
    const turn = (tails.get(key) ?? Promise.resolve()).then(async () => {
      const attempts = await Promise.all(all.map(attempt));
      return attempts.flatMap((made) => made ?? []);
    });
    tails.set(key, turn);
    void turn.then(() => tails.get(key) === turn && tails.delete(key));
    return turn;
  }

  async function attempt(delivery: Delivery): Promise<DeliveryRecord | undefined> {
    const { event, webhookId, signature, headers } = delivery;
    const { signal } = life;
    const url = delivery.url ?? webhooks.get(webhookId)?.url;
    if (url === undefined || !pending.has(delivery)) {
      pending.delete(delivery);
      return undefined;
    }
    const at = now();
    const all = { ...signer.headers(signature, webhookId, event.body, at), ...headers };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    const { httpStatus, answer } = await post(url, sent, event.body, signal);
    if (signal.aborted) return undefined;

    const transmission_id = all['paypal-transmission-id'] ?? null;
    const made = record(delivery, { at, transmission_id, http_status: httpStatus, answer, dropped: false });
    const taken = httpStatus !== null && httpStatus >= 200 && httpStatus < 300;
    if (taken || !delivery.retry || delivery.attempt >= MAX_ATTEMPTS) pending.delete(delivery);
    else {
      const pause = retryDelayMs(delivery.attempt);
      delivery.attempt += 1;
      after(pause, () => dispatch(delivery));
    }
    return made;
  }

  type Outcome = Pick<DeliveryRecord, 'transmission_id' | 'http_status' | 'answer' | 'dropped'> & { at: Date };

  function record({ event, webhookId, attempt }: Delivery, { at, ...outcome }: Outcome): DeliveryRecord {
    const made = {
      event_id: event.id,
      event_type: event.type,
      order_id: event.orderId,
      webhook_id: webhookId,
      attempt,
      ...outcome,
      at: at.toISOString(),
    };
    records.push(made);
    return made;
  }

  function discardAll(): void {
    life.abort();
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
      after(settings.delay_ms + jitter, () => dispatch(delivery));
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
      life = new AbortController();
    },

    async stop() {
      discardAll(); // and live no more: what is announced from now on goes nowhere
      await Promise.all(tails.values());
    },
  };
}

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    const [a, b] = [mixed[last], mixed[other]];
    if (a !== undefined && b !== undefined) [mixed[last], mixed[other]] = [b, a];
  }
  return mixed;
}
