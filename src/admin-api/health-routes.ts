import * as z from 'zod/mini';
import type { Api } from '../shared/http/api.ts';
import { parseQuery } from '../shared/http/http.ts';
import { health } from './health.ts';
import { type HealthDeps, healthChecks } from './health-checks.ts';

/** What this route works with. */
export interface HealthRoutesDeps {
  readonly health: HealthDeps;
  readonly storefrontOrigin: string;
  readonly version: string;
  readonly now: () => Date;
}

/** Whether everything that the shop needs works. */
export function healthRoutes(api: Api, deps: HealthRoutesDeps): void {
  api.get('/api/v1/admin/health', async ({ event }) => {
    parseQuery(z.strictObject({}), event);
    // PayPal may reach the shop by its front door, or by the HTTP API itself.
    const origins = [deps.storefrontOrigin, `https://${event.requestContext.domainName}`];
    const { status, checks } = await health(
      healthChecks(
        deps.health,
        origins.map((origin) => `${origin}/webhooks/paypal`),
      ),
    );
    return {
      status: status === 'failing' ? 503 : 200,
      body: { status, version: deps.version, at: deps.now().toISOString(), checks },
    };
  });
}
