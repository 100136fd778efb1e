import * as z from 'zod/mini';
import type { Caller } from '../access/caller.ts';
import type { FailedSettlementRepository } from '../settlements/failed-settlement-repository.ts';
import { type RetryFailedDeps, retryFailedSettlements } from '../settlements/retry-failed-settlements.ts';
import { retrySettlement } from '../settlements/retry-settlement.ts';
import { Problem } from '../shared/http/problem.ts';
import { parseBody, parseQuery } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';
import { isPaymentId } from '../shared/ids.ts';
import { type AuditDeps, recordAction } from './audit.ts';
import { decodeCursor, encodeCursor, page } from './queries.ts';
import { retryAllRequest, retryRequest } from './requests.ts';
import { toFailedSettlementResponse } from './responses.ts';

export interface SettlementRoutesDeps extends AuditDeps, RetryFailedDeps {
  readonly failed: RetryFailedDeps['failed'] & Pick<FailedSettlementRepository, 'count'>;
}

/** Retrying this many takes a few seconds. */
const BATCH_SIZE = 50;
const MAX_COUNT = 1000;

const settlementsQuery = z.strictObject({ status: z.optional(z.literal('failed')), ...page });
const cursorSchema = z.strictObject({ id: z.string().check(z.regex(/^pay_[0-9A-Z]{26}-[\w-]{1,60}$/)) });

const decodeAfter = (cursor: string | undefined) =>
  cursor === undefined ? undefined : decodeCursor(cursorSchema, cursor).id;
const encodeAfter = (last: string | undefined) => encodeCursor(last === undefined ? undefined : { id: last });

/** Failed settlements: list, retry one or all. */
export function settlementRoutes(api: Api<Caller>, deps: SettlementRoutesDeps): void {
  api.get('/api/v1/admin/settlements', async ({ event }) => {
    const { cursor, limit } = parseQuery(settlementsQuery, event);
    const { failed, cursor: last } = await deps.failed.list(limit, decodeAfter(cursor));
    const body = { settlements: failed.map(toFailedSettlementResponse), next_cursor: encodeAfter(last) };
    return { status: 200, body };
  });

  api.post('/api/v1/admin/settlements/retry', async ({ event, caller }) => {
    const { dry_run = false, reason, limit = BATCH_SIZE, cursor } = parseBody(retryAllRequest, event);
    if (dry_run) return { status: 200, body: { dry_run, ...(await deps.failed.count(MAX_COUNT)) } };
    const after = decodeAfter(cursor);
    const details = { limit, ...(after !== undefined && { after }) };
    await recordAction(deps, { actor: caller.id, action: 'retry', target: 'settlements', reason, details });
    const { cursor: last, ...result } = await retryFailedSettlements(deps, limit, after);
    return { status: 200, body: { dry_run, ...result, next_cursor: encodeAfter(last) } };
  });

  api.post('/api/v1/admin/settlements/:id/retry', async ({ event, caller, params: { id = '' } }) => {
    const { settlement, reason } = parseBody(retryRequest, event);
    const payment = isPaymentId(id) && (await deps.payments.get(id));
    if (!payment) throw new Problem('unknown-payment', `payment ${id} not found`);
    const { payment_id } = payment;
    const details = { settlement: settlement ?? 'all' };
    await recordAction(deps, { actor: caller.id, action: 'retry', target: payment_id, reason, details });
    const retried = await retrySettlement(deps, payment_id, settlement);
    const settlements = retried.outcome === 'retried' ? retried.settlements : [];
    return { status: 200, body: { payment_id, settlements } };
  });
}
