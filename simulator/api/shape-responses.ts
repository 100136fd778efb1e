import type { MiddlewareHandler } from 'hono';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { matchesPath } from '../state/faults.ts';
import { reshaped } from '../state/shape.ts';

/** Omits or nulls members of JSON responses under the rules of `PUT /_sim/shapes`; errors included, tokens not. */
export const shapeResponses =
  ({ state }: Simulation): MiddlewareHandler<Env> =>
  async (c, next) => {
    await next();
    const { path } = c.req;
    if (!/^\/v[12]\/(?!oauth2\/)/.test(path)) return;
    const rules = state.shapes.filter(({ match, url }) => match === 'answers' && (!url || matchesPath(url, path)));
    if (rules.length === 0 || !c.res.headers.get('content-type')?.startsWith('application/json')) return;
    const body = rules.reduce(
      (shaped: unknown, rule) => reshaped(shaped, rule.path.split('.'), rule.as),
      await c.res.clone().json(),
    );
    c.res = new Response(JSON.stringify(body), { status: c.res.status, headers: c.res.headers });
  };
