import * as z from 'zod/mini';
import type { HourlyMetricsRepository } from '../settlements/hourly-metrics-repository.ts';
import { invalidRequest } from '../shared/http/problem.ts';
import { parseQuery } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';
import type { Run } from '../shared/run-repository.ts';
import { checkPeriod, period } from './queries.ts';
import { shopMetrics } from './shop-metrics.ts';

export interface MetricsRoutesDeps {
  readonly hours: Pick<HourlyMetricsRepository, 'between'>;
  readonly runOf: (job: string) => Promise<Run | undefined>;
  readonly now: () => Date;
}

const HOUR_MS = 3_600_000;
const MAX_PERIOD_MS = 31 * 24 * HOUR_MS;

export function metricsRoutes(api: Api, { hours, runOf, now }: MetricsRoutesDeps): void {
  api.get('/api/v1/admin/metrics', async ({ event }) => {
    const query = parseQuery(z.strictObject(period), event);
    const to = query.to ? new Date(query.to) : now();
    const from = query.from ? new Date(query.from) : new Date(to.getTime() - 23 * HOUR_MS);
    checkPeriod({ from: from.toISOString(), to: to.toISOString() });
    if (to.getTime() - from.getTime() > MAX_PERIOD_MS)
      throw invalidRequest([{ field: 'from', detail: 'must be at most 31 days before to' }]);
    const [counted, lastCheck] = await Promise.all([hours.between(from, to), runOf('consistency')]);
    return { status: 200, body: shopMetrics(counted, from, to, lastCheck) };
  });
}
