import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';
import { errorOf } from './errors.ts';
import type { Simulation } from './simulation.ts';

/** Trouble for the next calls of one kind, as `PUT /_sim/faults` takes it. */
export interface Fault {
  readonly method: string;
  /** A path; `*` stands for one segment. */
  readonly path: string;
  /** How many calls still get it. */
  readonly times: number;
  /** Answer PayPal's error for that status. */
  readonly status?: number | undefined;
  /** Seconds, for the `retry-after` header. */
  readonly retry_after?: number | undefined;
  /** Never answer. */
  readonly timeout?: boolean | undefined;
  /** Break the connection. */
  readonly reset?: boolean | undefined;
  /** Answer 200 with something that is not JSON. */
  readonly malformed?: boolean | undefined;
  /** Wait first; on its own, the call then works. */
  readonly latency_ms?: number | undefined;
  /** Do the work, then let the answer go wrong. */
  readonly after?: boolean | undefined;
}

/** The faults that are still to come. */
export interface Faults {
  list(): readonly Fault[];
  replace(faults: readonly Fault[]): void;
  /** Uses one fault up, if there is one for the call at this stage. */
  take(method: string, path: string, after: boolean): Fault | undefined;
}

/** A simulator's faults: none. */
export function createFaults(): Faults {
  let faults: readonly Fault[] = [];
  return {
    list: () => faults,
    replace: (given) => {
      faults = given;
    },
    take(method, path, after) {
      if (path.startsWith('/_sim/')) return undefined;
      const fault = faults.find(
        (one) => one.method === method && matches(one.path, path) && (one.after ?? false) === after,
      );
      if (!fault) return undefined;
      faults = faults
        .map((one) => (one === fault ? { ...one, times: one.times - 1 } : one))
        .filter(({ times }) => times > 0);
      return fault;
    },
  };
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

/** Before a call's work is done: lets it go wrong. */
export const failCalls =
  ({ faults, stopping }: Simulation): MiddlewareHandler<Env> =>
  async (c, next) => {
    const fault = faults.take(c.req.method, c.req.path, false);
    const failed = fault && (await suffer(c, fault, stopping));
    return failed ?? next();
  };

/** After a call's work is done: lets its answer be lost. */
export const loseAnswers =
  ({ faults, stopping }: Simulation): MiddlewareHandler<Env> =>
  async (c, next) => {
    await next();
    if (!c.res.ok || c.get('faulty')) return; // nothing was done
    const fault = faults.take(c.req.method, c.req.path, true);
    const failed = fault && (await suffer(c, fault, stopping));
    if (failed) c.res = failed;
  };

async function suffer(c: Context<Env>, fault: Fault, stopping: AbortSignal): Promise<Response | undefined> {
  if (fault.latency_ms) await sleep(fault.latency_ms, undefined, { signal: stopping }).catch(() => {});
  if (!fault.timeout && !fault.reset && !fault.malformed && !fault.status) return undefined;
  c.set('faulty', true);
  const { outgoing } = c.env;
  if (fault.timeout) await new Promise((resolve) => outgoing.once('close', resolve));
  if (fault.timeout || fault.reset) {
    outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  if (fault.malformed) return c.body('<html><body>Service unavailable', 200, { 'content-type': 'text/html' });
  if (fault.retry_after !== undefined) c.header('retry-after', String(fault.retry_after));
  throw errorOf(fault.status ?? 500);
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, index) => part === '*' || part === given[index]);
}
