import * as z from 'zod/mini';
import type { Caller } from '../access/caller.ts';
import { parseQuery } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';
import type { AuditRepository } from './audit-repository.ts';
import { checkPeriod, decodeCursor, encodeCursor, page, period } from './queries.ts';

export interface AuditDeps {
  readonly audit: Pick<AuditRepository, 'write'>;
  readonly ulid: () => string;
  readonly now: () => Date;
}

export interface OperatorAction {
  readonly actor: string;
  /** Such as `refund`. */
  readonly action: string;
  /** The id of the object of the action. */
  readonly target: string;
  readonly reason: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Appends to the audit log before the action runs: an action that cannot be recorded is not taken. */
export const recordAction = (
  { audit, ulid, now }: AuditDeps,
  { actor, action, target, reason, details = {} }: OperatorAction,
): Promise<void> =>
  audit.write({ id: ulid(), at: now().toISOString(), who: actor, what: action, target, why: reason, details });

/** Once per response with a buyer's data; not shown in the timeline of a payment. */
export const READ_BUYER = 'read-buyer';

/** Appends before the data is returned. @param target the payment, or the webhook event */
export const recordBuyerRead = (deps: AuditDeps, caller: Caller, target: string): Promise<void> =>
  recordAction(deps, { actor: caller.id, action: READ_BUYER, target, reason: 'read' });

const named = z.optional(z.string().check(z.minLength(1), z.maxLength(128)));
const auditQuery = z.strictObject({ who: named, target: named, ...period, ...page });
const cursorSchema = z.strictObject({ id: z.string().check(z.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)) });

export function auditRoutes(api: Api, { audit }: { readonly audit: Pick<AuditRepository, 'list'> }): void {
  api.get('/api/v1/admin/audit', async ({ event }) => {
    const { cursor, target, ...query } = parseQuery(auditQuery, event);
    checkPeriod(query);
    const { entries, last } = await audit.list({
      ...query,
      ...(target !== undefined && { targets: [target] }),
      ...(cursor !== undefined && { after: decodeCursor(cursorSchema, cursor).id }),
    });
    return { status: 200, body: { entries, next_cursor: encodeCursor(last ? { id: last } : undefined) } };
  });
}
