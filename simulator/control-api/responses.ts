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

const pathSchema = z.string().check(z.regex(/^[^.]+(\.[^.]+)*$/));
const shapesSchema = z.strictObject({
  rules: z.array(
    z
      .strictObject({
        match: z.enum(['events', 'envelopes', 'answers']),
        path: pathSchema,
        as: z.enum(['null', 'omit']),
        event_type: z.optional(z.string().check(z.minLength(1))),
        url: z.optional(z.string().check(z.startsWith('/'))),
      })
      .check(
        z.refine(({ match, event_type }) => !event_type || match !== 'answers', { path: ['event_type'] }),
        z.refine(({ match, url }) => !url || match === 'answers', { path: ['url'] }),
      ),
  ),
});

/** `/_sim/reporting`, `/_sim/event-list`, `/_sim/shapes`: settings of PayPal's responses. */
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

  app.put('/shapes', async (c) => {
    state.shapes = (await parseControlBody(c, shapesSchema)).rules;
    return c.json({ rules: state.shapes });
  });

  return app;
}
