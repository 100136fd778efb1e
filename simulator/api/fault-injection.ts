import { setTimeout as sleep } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { errorForStatus } from '../state/errors.ts';
import type { Fault } from '../state/faults.ts';

/** Applies a fault before the request is processed. */
export const injectFaults =
  ({ faults, stopping }: Simulation): MiddlewareHandler<Env> =>
  async (c, next) => {
    const fault = faults.take(c.req.method, c.req.path, false);
    const failed = fault && (await applyFault(c, fault, stopping));
    return failed ?? next();
  };

/** Applies an `after` fault: the request is processed, its response is lost. */
export const dropResponses =
  ({ faults, stopping }: Simulation): MiddlewareHandler<Env> =>
  async (c, next) => {
    await next();
    if (!c.res.ok || c.get('faulty')) return; // nothing was processed
    const fault = faults.take(c.req.method, c.req.path, true);
    const failed = fault && (await applyFault(c, fault, stopping));
    if (failed) c.res = failed;
  };

async function applyFault(c: Context<Env>, fault: Fault, stopping: AbortSignal): Promise<Response | undefined> {
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
  throw errorForStatus(fault.status ?? 500);
}
