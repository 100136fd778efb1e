import type { FindingRepository } from '../consistency/finding-repository.ts';
import { endOfDay } from '../ledger/days.ts';
import { ledgerCursorFrom } from '../ledger/ledger-cursor.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { REFUSED_COUNTER } from '../payments/record-refusal.ts';
import { PayPalUnauthorized } from '../paypal/errors.ts';
import type { Webhook } from '../paypal/notifications.ts';
import type { PayPalSecret } from '../paypal/secret.ts';
import { missingCredentials } from '../paypal/unset-credential.ts';
import type { EventRepository } from '../paypal-webhook/event-repository.ts';
import { missingEventTypes } from '../paypal-webhook/subscription.ts';
import { HELD_FIGURE } from '../reconciliation/held-stock.ts';
import type { FailedSettlementRepository } from '../settlements/failed-settlement-repository.ts';
import type { HourlyMetrics, HourlyMetricsRepository } from '../settlements/hourly-metrics-repository.ts';
import type { Run } from '../shared/run-repository.ts';
import type { Check, Observation } from './health.ts';

export interface HealthDeps {
  /** By name; each function returns the table's status as AWS reports it. */
  readonly tables: Readonly<Record<string, () => Promise<string>>>;
  /** By name; each function returns the queue's depth. */
  readonly queues: Readonly<Record<string, () => Promise<number>>>;
  readonly workflowStatus: () => Promise<string>;
  /** The functions of the workflow, each with its state as AWS reports it. */
  readonly services: () => Promise<Readonly<Record<string, string>>>;
  readonly secret: () => Promise<PayPalSecret>;
  readonly listWebhooks: () => Promise<readonly Webhook[]>;
  readonly events: Pick<EventRepository, 'page'>;
  readonly payments: Pick<PaymentRepository, 'open' | 'underReview'>;
  readonly findings: Pick<FindingRepository, 'open'>;
  readonly failed: Pick<FailedSettlementRepository, 'list'>;
  readonly hours: Pick<HourlyMetricsRepository, 'between'>;
  readonly runOf: (job: string) => Promise<Run | undefined>;
  /** Names of the scheduled jobs. */
  readonly jobs: readonly string[];
  /** False when the stage requires reserved concurrency, and the deployment did without. */
  readonly reservesConcurrency: () => boolean;
  readonly now: () => Date;
}

/** A payment is usually decided within half an hour. */
const MAX_OPEN_AGE_MS = 6 * 3_600_000;
/** A day is read when it has been over for three hours. */
const MAX_LEDGER_AGE_MS = 24 * 3_600_000;
/** The least frequent job runs every hour. */
const MAX_JOB_AGE_MS = 2 * 3_600_000;
/** Refused captures are counted over this time. */
const REFUSALS_MS = 24 * 3_600_000;
/** Findings and failed settlements are counted up to this number. */
const PAGE_SIZE = 100;

const ok = (detail: string): Observation => ({ status: 'ok', detail });
const attention = (detail: string): Observation => ({ status: 'attention', detail });
const failing = (detail: string): Observation => ({ status: 'failing', detail });
const activeOnly = (status: string): Observation => (status === 'ACTIVE' ? ok('active') : failing(`status ${status}`));

/**
 * One check for each dependency and each queue of work.
 * @param webhookUrls URLs of this shop that PayPal may deliver to
 */
export function healthChecks(deps: HealthDeps, webhookUrls: readonly string[]): Check[] {
  const { now } = deps;
  const ago = (at: string) => formatAge(now().getTime() - Date.parse(at));
  const isOlderThan = (at: string, ms: number) => now().getTime() - Date.parse(at) > ms;
  // One request serves two checks: PayPal's credentials and the registered webhook.
  let request: Promise<readonly Webhook[]> | undefined;
  const webhooks = () => {
    request ??= deps.listWebhooks();
    return request;
  };

  return [
    ...Object.entries(deps.tables).map(([name, status]) => ({
      name: `table ${name}`,
      run: async () => activeOnly(await status()),
    })),
    ...Object.entries(deps.queues).map(([name, depthOf]) => ({
      name: `queue ${name}`,
      run: async () => {
        const depth = await depthOf();
        return depth === 0 ? ok('empty') : attention(`${depth} waiting`);
      },
    })),
    {
      name: 'workflow',
      run: async () => activeOnly(await deps.workflowStatus()),
    },
    {
      name: 'workflow services',
      run: async () => {
        const services = Object.entries(await deps.services());
        const inactive = services
          .filter(([, status]) => status !== 'Active')
          .map(([name, status]) => `${name}: ${status}`);
        if (services.length === 0) return failing('no function in the workflow definition');
        return inactive.length === 0 ? ok(`all ${services.length} functions active`) : failing(inactive.join(', '));
      },
    },
    {
      name: 'reserved concurrency',
      run: async () =>
        deps.reservesConcurrency()
          ? ok('as the stage requires')
          : attention('off: slow requests of shoppers can delay webhooks; request a higher quota and deploy again'),
    },
    {
      name: 'PayPal secret',
      run: async () => {
        const missing = missingCredentials(await deps.secret());
        return missing.length === 0 ? ok('configured') : failing(`missing: ${missing.join(', ')}`);
      },
    },
    {
      name: 'PayPal token',
      run: async () => {
        try {
          await webhooks();
          return ok('credentials accepted');
        } catch (error) {
          if (error instanceof PayPalUnauthorized) return failing('credentials rejected');
          throw error;
        }
      },
    },
    {
      name: 'PayPal webhook',
      run: async () => {
        const [{ webhook_id }, registrations] = await Promise.all([deps.secret(), webhooks()]);
        const registered = registrations.find(({ id }) => id === webhook_id);
        if (!registered) return failing('webhook_id is not registered at PayPal');
        const { url } = registered;
        if (!webhookUrls.includes(url)) return failing(`registered for ${url}, expected ${webhookUrls.join(' or ')}`);
        const missing = missingEventTypes(registered);
        return missing.length === 0 ? ok(`registered for ${url}`) : failing(`not subscribed to ${missing.join(', ')}`);
      },
    },
    {
      name: 'last good event',
      run: async () => {
        const { events } = await deps.events.page({ status: 'accepted' }, 1);
        return ok(events[0] ? `${ago(events[0].received_at)} ago` : 'none in 90 days');
      },
    },
    {
      name: 'captures',
      run: async () => captures(await deps.hours.between(new Date(now().getTime() - REFUSALS_MS), now())),
    },
    {
      name: 'open payments',
      run: async () => {
        const { count, oldest } = await deps.payments.open();
        if (!oldest) return ok('none');
        const detail = `${count} open, oldest created ${ago(oldest.created_at)} ago: ${oldest.payment_id}`;
        return isOlderThan(oldest.created_at, MAX_OPEN_AGE_MS) ? attention(detail) : ok(detail);
      },
    },
    {
      name: 'payments under review',
      run: async () => {
        const ids = await deps.payments.underReview();
        return ids.length === 0 ? ok('none') : attention(`${ids.length} to review, first: ${ids[0]}`);
      },
    },
    {
      name: 'stock held without payment',
      run: async () => {
        const held = Object.entries((await deps.runOf('reservations'))?.figures ?? {}).flatMap(([name, quantity]) =>
          name.startsWith(HELD_FIGURE) ? [{ sku: name.slice(HELD_FIGURE.length), quantity }] : [],
        );
        if (held.length === 0) return ok('none');
        const items = held.map(({ sku, quantity }) => `${quantity} of ${sku}`);
        return { ...attention(`unpaid sessions hold ${items.join(', ')}`), held };
      },
    },
    {
      name: 'findings',
      run: async () => {
        const { findings, cursor } = await deps.findings.open(undefined, PAGE_SIZE);
        return findings.length === 0 && !cursor
          ? ok('none')
          : attention(`${findings.length}${cursor ? ' or more' : ''} open`);
      },
    },
    {
      name: 'failed settlements',
      run: async () => {
        const { failed, cursor } = await deps.failed.list(PAGE_SIZE);
        return failed.length === 0 ? ok('none') : attention(`${failed.length}${cursor ? ' or more' : ''} to retry`);
      },
    },
    {
      name: 'ledger',
      run: async () => {
        const run = await deps.runOf('ledger');
        if (!run?.cursor) return ok('not read yet');
        const { next, not_permitted } = ledgerCursorFrom(run.cursor, now());
        if (not_permitted) return attention('not permitted at PayPal, see deploying.md#transaction-search');
        const detail = `read up to the start of ${next}`;
        return isOlderThan(endOfDay(next).toISOString(), MAX_LEDGER_AGE_MS) ? attention(detail) : ok(detail);
      },
    },
    ...deps.jobs.map((job) => ({
      name: `job ${job}`,
      run: async () => {
        const finished = (await deps.runOf(job))?.finished_at;
        if (!finished) return attention('not run yet');
        const detail = `completed ${ago(finished)} ago`;
        return isOlderThan(finished, MAX_JOB_AGE_MS) ? attention(detail) : ok(detail);
      },
    })),
  ];
}

/**
 * Whether PayPal refuses captures for reasons that an operator must resolve. Failing while the latest attempts were
 * refused and no payment was captured since; ok again after an hour with captures alone.
 */
function captures(hours: readonly HourlyMetrics[]): Observation {
  const refused = new Map<string, number>();
  let last = '';
  for (const { hour, counters } of hours)
    for (const [name, count] of Object.entries(counters)) {
      if (!name.startsWith(REFUSED_COUNTER)) continue;
      const issue = name.slice(REFUSED_COUNTER.length);
      refused.set(issue, (refused.get(issue) ?? 0) + count);
      last = hour;
    }
  if (refused.size === 0) return ok('none refused because of the merchant in 24 h');
  const detail = `refused in 24 h: ${[...refused].map(([issue, count]) => `${issue} (${count})`).join(', ')}`;
  const captured = hours.filter(({ counters }) => CAPTURED_COUNTERS.some((name) => name in counters));
  if (captured.some(({ hour }) => hour > last)) return ok(`${detail}; captures succeed again`);
  return captured.some(({ hour }) => hour === last)
    ? attention(`${detail}; some succeed`)
    : failing(`${detail}; none succeeded since`);
}

const CAPTURED_COUNTERS = ['settled.captured', 'settled.captured_late'];

/** In the largest fitting unit. */
function formatAge(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60 / 24)} days`;
}
