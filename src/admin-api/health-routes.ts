import * as z from 'zod/mini';
import { parseQuery } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';
import { health } from './health.ts';
import { type HealthDeps, healthChecks } from './health-checks.ts';

export interface HealthRoutesDeps {
  readonly health: HealthDeps;
  readonly storefrontOrigin: string;
  readonly version: string;
  readonly now: () => Date;
}

/** Deep health check; 503 when a dependency fails. */
export function healthRoutes(api: Api, deps: HealthRoutesDeps): void {
  api.get('/api/v1/admin/health', async ({ event }) => {
    parseQuery(z.strictObject({}), event);
    // PayPal may deliver through CloudFront or directly to the HTTP API.
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
