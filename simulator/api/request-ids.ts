import type { Context, MiddlewareHandler } from 'hono';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { issueError } from '../state/errors.ts';
import type { StoredRequest } from '../state/state.ts';

const HOUR = 60 * 60 * 1000;
/** "The server stores keys for 6 hours": PayPal's OpenAPI of the Orders API. */
const ORDERS_RETENTION_MS = 6 * HOUR;
/** "The server stores keys for 45 days": PayPal's OpenAPI of the Payments API. */
const PAYMENTS_RETENTION_MS = 45 * 24 * HOUR;
const MAX_LENGTH = 108;

const HEADER = 'PayPal-Request-Id';

/**
 * Honours PayPal-Request-Id: the same id on the same path returns the stored response with 200. Only successes are
 * stored, so a declined card or a failure can be retried with the same id. While the first request runs, a second one
 * gets 409 PREVIOUS_REQUEST_IN_PROGRESS; PayPal documents only that it "might fail":
 * https://developer.paypal.com/reference/guidelines/idempotency
 */
export const storeResponses =
  (sim: Simulation): MiddlewareHandler<Env> =>
  async (c, next) => {
    const id = c.req.header(HEADER);
    if (c.req.method !== 'POST' || !id) return next();
    const orders = c.req.path.startsWith('/v2/checkout/');
    if (orders && id.length > MAX_LENGTH) {
      throw issueError('orders.create', [{ issue: 'INVALID_STRING_LENGTH', field: HEADER, value: id }]);
    }

    const { requests } = sim.state;
    const key = `${c.req.path} ${id}`;
    const stored = requests.get(key);
    if (stored && !isExpired(stored, sim.now(), orders ? ORDERS_RETENTION_MS : PAYMENTS_RETENTION_MS))
      return replay(c, stored);

    requests.set(key, { state: 'running' });
    await next();
    if (c.res.ok && !c.get('faulty')) {
      requests.set(key, { state: 'done', at: sim.now(), body: await c.res.clone().text() });
    } else requests.delete(key);
    return undefined;
  };

const isExpired = (stored: StoredRequest, now: Date, retentionMs: number): boolean =>
  stored.state === 'done' && now.getTime() - stored.at.getTime() > retentionMs;

function replay(c: Context, stored: StoredRequest): Response {
  if (stored.state === 'running') throw issueError('captures.refund', [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }]);
  return c.body(stored.body, 200, { 'content-type': 'application/json' });
}
