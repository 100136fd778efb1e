import * as z from 'zod/mini';
import type { FailedSettlementRepository } from '../settlements/failed-settlement-repository.ts';
import { type RetryDeps, retrySettlement } from '../settlements/retry-settlement.ts';
import { Problem } from '../shared/http/problem.ts';
import { parseBody, parseQuery } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';
import { isPaymentId } from '../shared/ids.ts';
import { type AuditDeps, recordAction } from './audit.ts';
import { decodeCursor, encodeCursor, page } from './queries.ts';
import { retryRequest } from './requests.ts';
import { toFailedSettlementResponse } from './responses.ts';

export interface SettlementRoutesDeps extends AuditDeps, Omit<RetryDeps, 'failed'> {
  readonly failed: RetryDeps['failed'] & Pick<FailedSettlementRepository, 'list'>;
}

const settlementsQuery = z.strictObject({ status: z.optional(z.literal('failed')), ...page });
const cursorSchema = z.strictObject({ id: z.string().check(z.regex(/^pay_[0-9A-Z]{26}-[\w-]{1,60}$/)) });

/** Failed settlements: list, retry. */
export function settlementRoutes(api: Api, deps: SettlementRoutesDeps): void {
  api.get('/api/v1/admin/settlements', async ({ event }) => {
    const { cursor, limit } = parseQuery(settlementsQuery, event);
    const after = cursor === undefined ? undefined : decodeCursor(cursorSchema, cursor).id;
    const { failed, cursor: last } = await deps.failed.list(limit, after);
    const next_cursor = encodeCursor(last === undefined ? undefined : { id: last });
    return { status: 200, body: { settlements: failed.map(toFailedSettlementResponse), next_cursor } };
  });

  api.post('/api/v1/admin/settlements/:id/retry', async ({ event, caller, params: { id = '' } }) => {
    const { settlement, reason } = parseBody(retryRequest, event);
    const payment = isPaymentId(id) && (await deps.payments.get(id));
    if (!payment) throw new Problem('unknown-payment', `payment ${id} not found`);
    const { payment_id } = payment;
    const details = { settlement: settlement ?? 'all' };
    await recordAction(deps, { actor: caller, action: 'retry', target: payment_id, reason, details });
    const retried = await retrySettlement(deps, payment_id, settlement);
    const settlements = retried.outcome === 'retried' ? retried.settlements : [];
    return { status: 200, body: { payment_id, settlements } };
  });
}
