import type { HttpBindings } from '@hono/node-server';
import type { StateContext } from '../state/context.ts';
import type { Faults } from '../state/faults.ts';
import type { Certificates } from './certificates.ts';
import type { Deliverer } from './deliverer.ts';
import type { Signer } from './signing.ts';

/** A running simulator, as its APIs and pages see it. */
export interface Simulation extends StateContext {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly certificates: Certificates;
  readonly signer: Signer;
  readonly deliverer: Deliverer;
  readonly faults: Faults;
  /** Aborts when the simulator stops. */
  readonly stopping: AbortSignal;
}

/** Hono's environment: the Node.js request and response, and the variables of one request. */
export interface Env {
  Bindings: HttpBindings;
  Variables: {
    debugId: string;
    /** Set when an injected fault produced the response: PayPal-Request-Id must not store it. */
    faulty?: boolean;
  };
}
