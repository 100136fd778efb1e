import { Hono } from 'hono';
import * as z from 'zod/mini';
import { parseMoney } from '../../src/shared/money.ts';
import type { Env, Simulation } from '../delivery/simulation.ts';
import { amountIssue } from '../state/amounts.ts';
import { captureResponse } from '../state/captures.ts';
import { issueError, notFound } from '../state/errors.ts';
import { minimalRefund, type RefundOptions, refundBody, refundCapture } from '../state/refunds.ts';
import { moneySchema } from '../state/schemas.ts';
import { fieldDetails } from './field-details.ts';
import { jsonBody, wantsRepresentation } from './json-body.ts';
import { mockResponse } from './mock-response.ts';

const text = (max: number) => z.optional(z.string().check(z.minLength(1), z.maxLength(max)));
const refundRequestSchema = z.object({
  amount: z.optional(moneySchema),
  custom_id: text(127),
  invoice_id: text(127),
  note_to_payer: text(255),
});

/** `/v2/payments`: get a capture, refund it, get a refund. */
export function paymentsApi(sim: Simulation): Hono<Env> {
  const app = new Hono<Env>().basePath('/v2/payments');

  app.get('/captures/:id', mockResponse('captures.get'), (c) => {
    const capture = sim.state.captures.get(c.req.param('id'));
    if (!capture) throw notFound('captures.get');
    return c.json(captureResponse(sim, capture));
  });

  app.post('/captures/:id/refund', mockResponse('captures.refund'), async (c) => {
    const options = parseRefundRequest(await jsonBody(c));
    const capture = sim.state.captures.get(c.req.param('id'));
    if (!capture) throw notFound('captures.refund');
    const refund = refundCapture(sim, capture, options);
    return c.json(wantsRepresentation(c) ? refundBody(sim, refund) : minimalRefund(sim, refund), 201);
  });

  app.get('/refunds/:id', mockResponse('refunds.get'), (c) => {
    const refund = sim.state.refunds.get(c.req.param('id'));
    if (!refund) throw notFound('refunds.get');
    return c.json(refundBody(sim, refund));
  });

  return app;
}

function parseRefundRequest(body: unknown): RefundOptions {
  const parsed = z.safeParse(refundRequestSchema, body);
  if (!parsed.success) throw issueError('captures.refund', fieldDetails(parsed.error, body));
  const { amount, note_to_payer, custom_id, invoice_id } = parsed.data;
  const malformed = amount && amountIssue(amount);
  // PayPal does not list MAX_VALUE_EXCEEDED for refunds; such an amount always exceeds the capture.
  const issue = malformed === 'MAX_VALUE_EXCEEDED' ? 'REFUND_AMOUNT_EXCEEDED' : malformed;
  if (issue) throw issueError('captures.refund', [{ issue, field: '/amount/value', value: amount?.value }]);
  return {
    amount: amount && parseMoney(amount),
    noteToPayer: note_to_payer,
    customId: custom_id,
    invoiceId: invoice_id,
  };
}
