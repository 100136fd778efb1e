import * as z from 'zod/mini';
import type { Api } from '../shared/http/api.ts';
import { parseQuery } from '../shared/http/http.ts';
import type { AuditRepository } from './audit-repository.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { inOrder, page, period } from './queries.ts';

const named = z.optional(z.string().check(z.minLength(1), z.maxLength(128)));
const auditQuery = z.strictObject({ who: named, target: named, ...period, ...page });
const place = z.strictObject({ id: z.string().check(z.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)) });

/** Who did what. */
export function auditRoutes(api: Api, { audit }: { readonly audit: Pick<AuditRepository, 'list'> }): void {
  api.get('/api/v1/admin/audit', async ({ event }) => {
    const { cursor, target, ...query } = parseQuery(auditQuery, event);
    inOrder(query);
    const { entries, last } = await audit.list({
      ...query,
      ...(target !== undefined && { targets: [target] }),
      ...(cursor !== undefined && { after: placeOf(place, cursor).id }),
    });
    return { status: 200, body: { entries, next_cursor: cursorOf(last ? { id: last } : undefined) } };
  });
}
