import { Hono } from 'hono';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { disputeBody } from '../state/disputes.ts';
import { errorForStatus } from '../state/errors.ts';

/** `/v1/customer/disputes`: get a dispute. */
export function disputesApi(sim: Simulation): Hono<Env> {
  return new Hono<Env>().get('/v1/customer/disputes/:id', (c) => {
    const dispute = sim.state.disputes.get(c.req.param('id'));
    if (!dispute) throw errorForStatus(404);
    return c.json(disputeBody(sim, dispute));
  });
}
