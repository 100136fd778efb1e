import type { idempotencyKeys } from '../shared/http/idempotency-key.ts';
import { type Api, createApi } from '../shared/http/router.ts';
import { auditRoutes } from './audit.ts';
import { type ConsistencyRoutesDeps, consistencyRoutes } from './consistency-routes.ts';
import { type EventRoutesDeps, eventRoutes } from './event-routes.ts';
import { type HealthRoutesDeps, healthRoutes } from './health-routes.ts';
import { type MetricsRoutesDeps, metricsRoutes } from './metrics-routes.ts';
import { operatorOf } from './operator.ts';
import { type PaymentRoutesDeps, paymentRoutes } from './payment-routes.ts';
import { type SettlementRoutesDeps, settlementRoutes } from './settlement-routes.ts';
import { type StatementRoutesDeps, statementRoutes } from './statement-routes.ts';

export type AdminDeps = PaymentRoutesDeps &
  EventRoutesDeps &
  SettlementRoutesDeps &
  ConsistencyRoutesDeps &
  HealthRoutesDeps &
  MetricsRoutesDeps &
  StatementRoutesDeps & { readonly once: ReturnType<typeof idempotencyKeys> };

/** Served by the function `sign-in`; any other method on these paths arrives here. */
const OTHER_FUNCTIONS_ROUTES = [
  ['POST', '/api/v1/admin/sign-in'],
  ['POST', '/api/v1/admin/sign-in/refresh'],
] as const;

/** The admin API, described in docs/openapi.yaml. Every route requires an operator. */
export function adminApi(deps: AdminDeps): Api {
  const api = createApi({ once: deps.once, authorize: operatorOf, otherFunctionsRoutes: OTHER_FUNCTIONS_ROUTES });
  eventRoutes(api, deps);
  settlementRoutes(api, deps);
  paymentRoutes(api, deps);
  consistencyRoutes(api, deps);
  auditRoutes(api, deps);
  healthRoutes(api, deps);
  metricsRoutes(api, deps);
  statementRoutes(api, deps);
  return api;
}
