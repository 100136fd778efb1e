import { setTimeout as sleep } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { errorForStatus, issueError, operationOf, type PayPalError, statusOf } from '../state/errors.ts';
import type { Fault } from '../state/faults.ts';
import { captureRefusal } from '../state/orders.ts';

/** Applies a fault before the request is processed. */
export const injectFaults =
  (sim: Simulation): MiddlewareHandler<Env> =>
  async (c, next) => {
    const fault = sim.faults.take(c.req.method, c.req.path, false);
    const failed = fault && (await applyFault(c, fault, sim));
    return failed ?? next();
  };

/** Applies an `after` fault: the request is processed, its response is lost. */
export const dropResponses =
  (sim: Simulation): MiddlewareHandler<Env> =>
  async (c, next) => {
    await next();
    if (!c.res.ok || c.get('faulty')) return; // nothing was processed
    const fault = sim.faults.take(c.req.method, c.req.path, true);
    const failed = fault && (await applyFault(c, fault, sim));
    if (failed) c.res = failed;
  };

async function applyFault(c: Context<Env>, fault: Fault, sim: Simulation): Promise<Response | undefined> {
  if (fault.latency_ms) await sleep(fault.latency_ms, undefined, { signal: sim.stopping }).catch(() => {});
  if (!fault.timeout && !fault.reset && !fault.malformed && !fault.status && !fault.issue) return undefined;
  c.set('faulty', true);
  const { outgoing } = c.env;
  if (fault.timeout) await new Promise((resolve) => outgoing.once('close', resolve));
  if (fault.timeout || fault.reset) {
    outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  if (fault.malformed) return c.body('<html><body>Service unavailable', 200, { 'content-type': 'text/html' });
  if (fault.retry_after !== undefined) c.header('retry-after', String(fault.retry_after));
  throw errorOf(c.req.method, c.req.path, fault, sim.origin);
}

/** 403 and 404 have the details that PayPal lists for the operation. */
function errorOf(method: string, path: string, { status = 500, issue }: Fault, origin: string): PayPalError {
  const operation = operationOf(method, path);
  const detail = issue ?? DETAILS[status];
  if (!operation || !detail || !statusOf(operation, detail)) return errorForStatus(status);
  const [, , , , id = ''] = path.split('/');
  return operation === 'orders.capture'
    ? captureRefusal(origin, id, detail)
    : issueError(operation, [{ issue: detail }]);
}

const DETAILS: Readonly<Record<number, string>> = { 403: 'PERMISSION_DENIED', 404: 'INVALID_RESOURCE_ID' };
