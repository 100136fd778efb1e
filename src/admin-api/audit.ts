import * as z from 'zod/mini';
import type { Api } from '../shared/http/api.ts';
import { parseQuery } from '../shared/http/http.ts';
import type { AuditRepository } from './audit-repository.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { checkPeriod, page, period } from './queries.ts';

/** Where it is written down what operators do. */
export interface AuditDeps {
  readonly audit: Pick<AuditRepository, 'write'>;
  readonly ulid: () => string;
  readonly now: () => Date;
}

/** Something that an operator is about to do. */
export interface OperatorAction {
  readonly actor: string;
  /** What is wished, such as `refund`. */
  readonly action: string;
  /** The id of what it is done to. */
  readonly target: string;
  readonly reason: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes down who does what, and why; called before the deed, so that no deed goes without. */
export const recordAction = (
  { audit, ulid, now }: AuditDeps,
  { actor, action, target, reason, details = {} }: OperatorAction,
): Promise<void> =>
  audit.write({ id: ulid(), at: now().toISOString(), who: actor, what: action, target, why: reason, details });

const named = z.optional(z.string().check(z.minLength(1), z.maxLength(128)));
const auditQuery = z.strictObject({ who: named, target: named, ...period, ...page });
const cursorSchema = z.strictObject({ id: z.string().check(z.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)) });

/** Who did what. */
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
