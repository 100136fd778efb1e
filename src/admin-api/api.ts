import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { accessTo, requireAccess } from '../access/admin-routes.ts';
import type { Caller } from '../access/caller.ts';
import type { idempotencyKeys } from '../shared/http/idempotency-key.ts';
import { type Api, createApi } from '../shared/http/router.ts';
import { type ApiKeyRoutesDeps, apiKeyRoutes } from './api-key-routes.ts';
import { auditRoutes } from './audit.ts';
import { type ConsistencyRoutesDeps, consistencyRoutes } from './consistency-routes.ts';
import { type EventRoutesDeps, eventRoutes } from './event-routes.ts';
import { type HealthRoutesDeps, healthRoutes } from './health-routes.ts';
import { type MetricsRoutesDeps, metricsRoutes } from './metrics-routes.ts';
import { type PaymentRoutesDeps, paymentRoutes } from './payment-routes.ts';
import { type SettingsRoutesDeps, settingsRoutes } from './settings-routes.ts';
import { type SettlementRoutesDeps, settlementRoutes } from './settlement-routes.ts';
import { type StatementRoutesDeps, statementRoutes } from './statement-routes.ts';
import { type StockRoutesDeps, stockRoutes } from './stock-routes.ts';

export type AdminDeps = PaymentRoutesDeps &
  EventRoutesDeps &
  SettlementRoutesDeps &
  ConsistencyRoutesDeps &
  HealthRoutesDeps &
  MetricsRoutesDeps &
  StatementRoutesDeps &
  StockRoutesDeps &
  SettingsRoutesDeps &
  ApiKeyRoutesDeps & {
    readonly once: ReturnType<typeof idempotencyKeys>;
    /** Returns the caller, or throws. */
    readonly authenticate: (event: APIGatewayProxyEventV2) => Promise<Caller>;
  };

/** Served by the function `sign-in`; any other method on these paths arrives here. */
const OTHER_FUNCTIONS_ROUTES = [
  ['POST', '/api/v1/admin/sign-in'],
  ['POST', '/api/v1/admin/sign-in/refresh'],
  ['POST', '/api/v1/admin/sign-out'],
] as const;

/** The admin API, described in docs/openapi.yaml, for the callers that src/access/admin-routes.ts names. */
export function adminApi(deps: AdminDeps): Api<Caller> {
  const api = createApi({
    once: deps.once,
    authorizerOf(route) {
      const access = accessTo(route);
      return async (event) => {
        const caller = await deps.authenticate(event);
        requireAccess(caller, access);
        return caller;
      };
    },
    otherFunctionsRoutes: OTHER_FUNCTIONS_ROUTES,
  });
  eventRoutes(api, deps);
  settlementRoutes(api, deps);
  paymentRoutes(api, deps);
  consistencyRoutes(api, deps);
  auditRoutes(api, deps);
  healthRoutes(api, deps);
  metricsRoutes(api, deps);
  statementRoutes(api, deps);
  stockRoutes(api, deps);
  apiKeyRoutes(api, deps);
  settingsRoutes(api, deps);
  return api;
}
