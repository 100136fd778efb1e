import { createHash } from 'node:crypto';
import { encodeTime } from 'ulid';
import * as z from 'zod/mini';
import type { Caller } from '../access/caller.ts';
import { crockfordOf } from '../shared/crockford.ts';
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

/** A response with a buyer's data; not shown in the timeline of a payment. */
export const READ_BUYER = 'read-buyer';

/** Pages read what they show every few seconds. */
const READS_MS = 15 * 60_000;

/**
 * Appends before the data is returned; one entry for all reads of a caller and target in a quarter of an hour.
 * @param target the payment, or the webhook event
 */
export function recordBuyerRead({ audit, now }: AuditDeps, { id: who }: Caller, target: string): Promise<void> {
  const from = Math.floor(now().getTime() / READS_MS) * READS_MS;
  const id = `${encodeTime(from)}${ulidEnding(`${who} ${target} ${from}`)}`;
  // The same entry for each of the reads: another one with this id would be refused.
  return audit.write({ id, at: new Date(from).toISOString(), who, what: READ_BUYER, target, why: 'read', details: {} });
}

/** The last 16 characters of a ULID, the same for the same text. */
const ulidEnding = (text: string): string => crockfordOf(createHash('sha256').update(text).digest().subarray(0, 16));

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
