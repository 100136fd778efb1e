import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { parseControlBody } from './input.ts';

const reportingSchema = z.strictObject({
  delay_ms: z.exactOptional(z.int().check(z.minimum(0))),
  denied: z.exactOptional(z.boolean()),
  max_results: z.exactOptional(z.int().check(z.minimum(1))),
});

/** `/_sim/reporting`: settings of PayPal's responses. */
export function responseControl({ state }: Simulation): Hono<Env> {
  const app = new Hono<Env>().basePath('/_sim');

  app.put('/reporting', async (c) => {
    state.reporting = { ...state.reporting, ...(await parseControlBody(c, reportingSchema)) };
    return c.json(state.reporting);
  });

  return app;
}
