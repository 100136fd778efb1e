import { Problem } from '../shared/http/problem.ts';
import type { Caller, Scope } from './caller.ts';
import { ROLES, type Role } from './role.ts';

/** Who may call a route: operators with the role or one above it, and API keys with the scope. */
export interface Access {
  readonly role: Role;
  /** @default - no API key */
  readonly scope?: Scope;
}

/** All routes of the admin API. Buyers' data in their responses takes more: see `mayReadBuyers`. */
export const ADMIN_ROUTES = {
  'GET /api/v1/admin/webhook-events': { role: 'viewer', scope: 'events:read' },
  'GET /api/v1/admin/webhook-events/:id': { role: 'viewer', scope: 'events:read' },
  'POST /api/v1/admin/webhook-events/:id/replay': { role: 'operator', scope: 'payments:write' },
  'POST /api/v1/admin/webhook-events/replay': { role: 'operator', scope: 'payments:write' },
  'GET /api/v1/admin/settlements': { role: 'viewer', scope: 'events:read' },
  'POST /api/v1/admin/settlements/retry': { role: 'operator', scope: 'payments:write' },
  'POST /api/v1/admin/settlements/:id/retry': { role: 'operator', scope: 'payments:write' },
  'GET /api/v1/admin/payments/:id': { role: 'viewer', scope: 'orders:read' },
  'POST /api/v1/admin/payments/:id/refund': { role: 'operator', scope: 'payments:write' },
  'POST /api/v1/admin/payments/:id/accept': { role: 'operator', scope: 'payments:write' },
  'POST /api/v1/admin/orders/:id/ship': { role: 'operator', scope: 'orders:write' },
  'POST /api/v1/admin/stock/release-held': { role: 'operator', scope: 'products:write' },
  'GET /api/v1/admin/consistency': { role: 'viewer', scope: 'events:read' },
  'POST /api/v1/admin/consistency/run': { role: 'operator', scope: 'payments:write' },
  'POST /api/v1/admin/consistency/findings/:id/repair': { role: 'operator', scope: 'payments:write' },
  'GET /api/v1/admin/health': { role: 'viewer', scope: 'events:read' },
  'GET /api/v1/admin/metrics': { role: 'viewer', scope: 'events:read' },
  'GET /api/v1/admin/statements': { role: 'viewer', scope: 'orders:read' },
  'GET /api/v1/admin/statements.csv': { role: 'viewer', scope: 'orders:read' },
  'GET /api/v1/admin/settings': { role: 'viewer' },
  'GET /api/v1/admin/audit': { role: 'viewer' },
  'GET /api/v1/admin/api-keys': { role: 'admin' },
  'POST /api/v1/admin/api-keys': { role: 'admin' },
  'DELETE /api/v1/admin/api-keys/:id': { role: 'admin' },
} as const satisfies Record<string, Access>;

/** @throws Error for a route that the table does not name: it is undecided who may call it. */
export function accessTo(route: string): Access {
  const access = Object.entries<Access>(ADMIN_ROUTES).find(([name]) => name === route)?.[1];
  if (!access) throw new Error(`route ${route} is missing in src/access/admin-routes.ts`);
  return access;
}

/** @throws Problem `role-required` or `scope-required` */
export function requireAccess(caller: Caller, { role, scope }: Access): void {
  if ('role' in caller) {
    if (ROLES.indexOf(caller.role) < ROLES.indexOf(role))
      throw new Problem('role-required', `requires the role ${role}`, { role });
  } else if (!scope) throw new Problem('role-required', `requires an operator with the role ${role}`, { role });
  else if (!caller.scopes.includes(scope))
    throw new Problem('scope-required', `requires an API key with the scope ${scope}`, { scope });
}
