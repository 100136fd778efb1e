import type { HttpBindings } from '@hono/node-server';
import type { Certificates } from '../delivery/certificates.ts';
import type { Deliverer } from '../delivery/delivery.ts';
import type { Signer } from '../delivery/signing.ts';
import type { EventDraft } from './events.ts';
import type { Faults } from './faults.ts';
import type { State, WebhookEvent } from './state.ts';

/** What every part of a running simulator may use. */
export interface Simulation {
  /** Where it listens, such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The simulated clock: expiry, tokens, remembered requests and every date in an answer follow it. */
  readonly now: () => Date;
  readonly state: State;
  readonly certificates: Certificates;
  readonly signer: Signer;
  readonly deliverer: Deliverer;
  readonly faults: Faults;
  /** Aborts when the simulator stops. */
  readonly stopping: AbortSignal;
  /** Makes something happen: keeps the event and sends it to the webhooks that want it. */
  announce(event: EventDraft): WebhookEvent;
}

/** What the requests of the REST API carry along. */
export interface Env {
  Bindings: HttpBindings;
  Variables: {
    debugId: string;
    /** The answer is a fault's, so it is none of PayPal's to remember. */
    faulty?: boolean;
  };
}
