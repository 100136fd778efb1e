import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { NEXT_LINKS } from '../state/state.ts';
import { parseControlBody } from './input.ts';

const reportingSchema = z.strictObject({
  delay_ms: z.exactOptional(z.int().check(z.minimum(0))),
  denied: z.exactOptional(z.boolean()),
  max_results: z.exactOptional(z.int().check(z.minimum(1))),
});

const eventListSchema = z.strictObject({
  next: z.exactOptional(z.enum(NEXT_LINKS)),
  page: z.exactOptional(z.nullable(z.int().check(z.minimum(1)))),
});

/** `/_sim/reporting`, `/_sim/event-list`: settings of PayPal's responses. */
export function responseControl({ state }: Simulation): Hono<Env> {
  const app = new Hono<Env>().basePath('/_sim');

  app.put('/reporting', async (c) => {
    state.reporting = { ...state.reporting, ...(await parseControlBody(c, reportingSchema)) };
    return c.json(state.reporting);
  });

  app.put('/event-list', async (c) => {
    state.eventList = { ...state.eventList, ...(await parseControlBody(c, eventListSchema)) };
    return c.json(state.eventList);
  });

  return app;
}
