import type { EventDraft } from './events.ts';
import type { State, WebhookEvent } from './state.ts';

/** The part of a running simulator that state changes depend on. */
export interface StateContext {
  /** The simulator's own origin, such as `http://127.0.0.1:40123`: every link in a response begins with it. */
  readonly origin: string;
  /** The simulated time: expiry, tokens, stored request ids and every date in a response follow it. */
  readonly now: () => Date;
  readonly state: State;
  /** Stores an event and sends it to every subscribed webhook. */
  announce(event: EventDraft): WebhookEvent;
}
