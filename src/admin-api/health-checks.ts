import type { FindingRepository } from '../consistency/finding-repository.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { PayPalUnauthorized } from '../paypal/errors.ts';
import type { Webhook } from '../paypal/notifications.ts';
import type { PayPalSecret } from '../paypal/secret.ts';
import type { EventRepository } from '../paypal-webhook/event-repository.ts';
import { missingEventTypes } from '../paypal-webhook/subscription.ts';
import type { FailedSettlementRepository } from '../settlements/failed-settlement-repository.ts';
import type { Run } from '../shared/run-repository.ts';
import type { Check, Observation } from './health.ts';

/** Everything that is looked at. */
export interface HealthDeps {
  /** Tables by what the shop calls them; each function tells the table's status in AWS's words. */
  readonly tables: Readonly<Record<string, () => Promise<string>>>;
  /** Queues by what the shop calls them; each function tells how much waits there. */
  readonly queues: Readonly<Record<string, () => Promise<number>>>;
  /** The workflow's status in AWS's words. */
  readonly workflowStatus: () => Promise<string>;
  /** The functions that the workflow calls, each with its status in AWS's words. */
  readonly services: () => Promise<Readonly<Record<string, string>>>;
  readonly secret: () => Promise<PayPalSecret>;
  readonly listWebhooks: () => Promise<readonly Webhook[]>;
  readonly events: Pick<EventRepository, 'page'>;
  readonly payments: Pick<PaymentRepository, 'open' | 'underReview'>;
  readonly findings: Pick<FindingRepository, 'open'>;
  readonly failed: Pick<FailedSettlementRepository, 'list'>;
  readonly runOf: (job: string) => Promise<Run | undefined>;
  /** What the shop does by the clock, by the names of its runs. */
  readonly jobs: readonly string[];
  readonly now: () => Date;
}

/** A payment is begun, paid or given up within half an hour; a job runs every quarter of an hour at least. */
const MAX_OPEN_AGE_MS = 6 * 3_600_000;
const MAX_JOB_AGE_MS = 2 * 3_600_000;
/** More are not counted here. */
const PAGE_SIZE = 100;

const ok = (detail: string): Observation => ({ status: 'ok', detail });
const attention = (detail: string): Observation => ({ status: 'attention', detail });
const failing = (detail: string): Observation => ({ status: 'failing', detail });
/** By AWS's word for how something of it is. */
const activeOnly = (status: string): Observation => (status === 'ACTIVE' ? ok('answers') : failing(`is ${status}`));

/**
 * Everything that the shop needs, and everything that waits for somebody: one line each.
 * @param webhookUrls where PayPal may send events to reach this shop
 */
export function healthChecks(deps: HealthDeps, webhookUrls: readonly string[]): Check[] {
  const { now } = deps;
  const ago = (at: string) => formatAge(now().getTime() - Date.parse(at));
  const isOlderThan = (at: string, ms: number) => now().getTime() - Date.parse(at) > ms;
  // One request tells of both: whether PayPal takes the credentials, and what it knows of the webhook.
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
          .map(([name, status]) => `${name} is ${status}`);
        if (services.length === 0) return failing('the workflow calls nobody');
        return inactive.length === 0 ? ok(`all ${services.length} can be called`) : failing(inactive.join(', '));
      },
    },
    {
      name: 'PayPal secret',
      run: async () => {
        const { client_id, client_secret, webhook_id } = await deps.secret();
        const missing = Object.entries({ client_id, client_secret, webhook_id }).filter(
          ([, value]) => value === '' || value === 'to-fill-in',
        );
        return missing.length === 0
          ? ok('filled in')
          : failing(`to be filled in: ${missing.map(([name]) => name).join(', ')}`);
      },
    },
    {
      name: 'PayPal token',
      run: async () => {
        try {
          await webhooks();
          return ok('PayPal takes the credentials');
        } catch (error) {
          if (error instanceof PayPalUnauthorized) return failing('PayPal does not take the credentials');
          throw error;
        }
      },
    },
    {
      name: 'PayPal webhook',
      run: async () => {
        const [{ webhook_id }, known] = await Promise.all([deps.secret(), webhooks()]);
        const registered = known.find(({ id }) => id === webhook_id);
        if (!registered) return failing('PayPal knows no webhook of that id');
        const { url } = registered;
        if (!webhookUrls.includes(url)) return failing(`PayPal sends to ${url}, not to ${webhookUrls.join(' or ')}`);
        const missing = missingEventTypes(registered);
        return missing.length === 0 ? ok(`PayPal sends to ${url}`) : failing(`not subscribed to ${missing.join(', ')}`);
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
      name: 'open payments',
      run: async () => {
        const { count, oldest } = await deps.payments.open();
        if (!oldest) return ok('none');
        const detail = `${count}, the oldest begun ${ago(oldest.created_at)} ago: ${oldest.payment_id}`;
        return isOlderThan(oldest.created_at, MAX_OPEN_AGE_MS) ? attention(detail) : ok(detail);
      },
    },
    {
      name: 'payments under review',
      run: async () => {
        const ids = await deps.payments.underReview();
        return ids.length === 0 ? ok('none') : attention(`${ids.length} to be decided, first ${ids[0]}`);
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
        return failed.length === 0
          ? ok('none')
          : attention(`${failed.length}${cursor ? ' or more' : ''} to be retried`);
      },
    },
    ...deps.jobs.map((job) => ({
      name: `job ${job}`,
      run: async () => {
        const finished = (await deps.runOf(job))?.finished_at;
        if (!finished) return attention('has not run yet');
        const detail = `last done ${ago(finished)} ago`;
        return isOlderThan(finished, MAX_JOB_AGE_MS) ? attention(detail) : ok(detail);
      },
    })),
  ];
}

/** A time in the largest unit that it has some of. */
function formatAge(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60 / 24)} days`;
}
