import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { changeDispute, disputeBody, disputesOf, openDispute } from '../state/disputes.ts';
import { DISPUTE_STAGES, DISPUTE_STATUSES, type Dispute, OUTCOME_CODES } from '../state/state.ts';
import { amountSchema, ControlError, parseControlBody, requireCapture, stateConflict } from './input.ts';

const captureDisputeSchema = z.strictObject({ status: z._default(z.enum(['OPEN', 'RESOLVED']), 'OPEN') });
const transactionIdSchema = z.string().check(z.regex(/^[A-Za-z0-9-]{1,255}$/));
const openSchema = z.strictObject({
  capture_ids: z.array(transactionIdSchema).check(z.minLength(1), z.maxLength(1000)),
  amount: z.optional(amountSchema),
  omit: z.optional(z.array(z.string().check(z.minLength(1)))),
});
const updateSchema = z.strictObject({
  status: z.exactOptional(z.enum(DISPUTE_STATUSES).check(z.refine((status) => status !== 'RESOLVED'))),
  stage: z.exactOptional(z.enum(DISPUTE_STAGES)),
});
const resolveSchema = z.strictObject({
  outcome_code: z.enum(OUTCOME_CODES),
  amount_refunded: z.optional(amountSchema),
});

/** `/_sim/disputes` and `/_sim/captures/{id}/dispute`. No money moves: reverse the capture for that. */
export function disputeControl(sim: Simulation): Hono<Env> {
  const app = new Hono<Env>().basePath('/_sim');

  /** OPEN opens a dispute about the capture or updates the open one; RESOLVED closes it. */
  app.post('/captures/:id/dispute', async (c) => {
    const { status } = await parseControlBody(c, captureDisputeSchema);
    const { id } = requireCapture(sim, c.req.param('id'));
    const latest = disputesOf(sim.state, id).at(-1);
    const open = latest?.status === 'RESOLVED' ? undefined : latest;
    if (!open && status === 'RESOLVED') throw stateConflict('no open dispute to resolve', latest?.status);
    const dispute = open ?? openDispute(sim, { sellerTransactionIds: [id] });
    if (status === 'RESOLVED') changeDispute(sim, dispute, { status, outcome: { code: 'RESOLVED_SELLER_FAVOUR' } });
    else if (open) changeDispute(sim, dispute, {});
    return c.json({ dispute_id: dispute.id, status: dispute.status });
  });

  app.post('/disputes', async (c) => {
    const { capture_ids, amount, omit } = await parseControlBody(c, openSchema);
    return c.json(disputeBody(sim, openDispute(sim, { sellerTransactionIds: capture_ids, amount, omitted: omit })));
  });

  app.post('/disputes/:id/update', async (c) => change(c.req.param('id'), await parseControlBody(c, updateSchema)));

  app.post('/disputes/:id/resolve', async (c) => {
    const { outcome_code: code, amount_refunded: refunded } = await parseControlBody(c, resolveSchema);
    return change(c.req.param('id'), { status: 'RESOLVED', outcome: { code, refunded } });
  });

  function change(id: string, changes: Parameters<typeof changeDispute>[2]): Response {
    const dispute = requireDispute(sim, id);
    if (!changeDispute(sim, dispute, changes)) throw stateConflict('the dispute is resolved', dispute.status);
    return Response.json(disputeBody(sim, dispute));
  }

  return app;
}

function requireDispute({ state }: Simulation, id: string): Dispute {
  const dispute = state.disputes.get(id);
  if (!dispute) throw new ControlError(404, `dispute ${id} not found`);
  return dispute;
}
