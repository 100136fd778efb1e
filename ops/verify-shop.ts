import type { Route } from '../lib/constructs/http-api.ts';
import type { StageName } from '../lib/names.ts';
import { totalOf } from '../lib/reserved-concurrency.ts';
import { ROUTES } from '../lib/routes.ts';
import { API_SECURITY_HEADERS, SECURITY_HEADERS } from '../lib/security-headers.ts';
import type { Stage, Throttle } from '../lib/stages.ts';
import { ADMIN_ROUTES } from '../src/access/admin-routes.ts';
import type { Webhook } from '../src/paypal/notifications.ts';
import type { PayPalSecret } from '../src/paypal/secret.ts';
import { missingCredentials } from '../src/paypal/unset-credential.ts';
import { missingEventTypes } from '../src/paypal-webhook/subscription.ts';
import type { Execution, ExecutionClient } from '../src/settlements/execution-client.ts';
import { executionName } from '../src/shared/settlement.ts';
import type { TableRestore } from './restore-table.ts';
import { missingGrants, type RolePolicy } from './role-policies.ts';

/** What an HTTP request got. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A deployed stage, as AWS and PayPal describe it. Its functions throw what they cannot read. */
export interface DeployedStage {
  /** The shop's address, and the HTTP API's own. */
  readonly webUrl: string;
  readonly apiUrl: string;
  /** Of this working copy. */
  readonly version: string;
  /** What it has by the settings of its deployment. */
  readonly stage: Stage;
  /** Does not follow redirects. A request with a body has an idempotency key of its own. */
  readonly request: (method: string, url: string, body?: string) => Promise<Answer>;
  readonly rolePolicies: () => Promise<readonly RolePolicy[]>;
  /** `notifies`: whether an action is the stage's alarm topic. */
  readonly alarms: () => Promise<readonly { name: string; notifies: boolean; enabled: boolean }[]>;
  /** Endpoints of the alarm topic, and whether their owners have confirmed them. */
  readonly subscriptions: () => Promise<readonly { endpoint: string; confirmed: boolean }[]>;
  /** By route; `default` for all others. */
  readonly throttles: () => Promise<Readonly<Record<string, Throttle>>>;
  readonly tables: () => Promise<readonly { name: string; recoverable: boolean; protected: boolean }[]>;
  /** The account's quota that reserved concurrency lacks; undefined when it has it. */
  readonly missingQuota: () => Promise<number | undefined>;
  readonly secret: () => Promise<PayPalSecret>;
  readonly webhooks: () => Promise<readonly Webhook[]>;
  /** False when PayPal does not permit Transaction Search. */
  readonly mayReadLedger: () => Promise<boolean>;
  readonly executions: Pick<ExecutionClient, 'describe' | 'redrive'> & {
    /** Starts an execution that fails before its first step. */
    readonly startFailing: (name: string) => Promise<void>;
  };
  /** Only on request. */
  readonly restore?: TableRestore | undefined;
  /** A second, before it is asked again. */
  readonly pause: () => Promise<unknown>;
}

export interface Verdict {
  readonly check: CheckName;
  /** `skipped`: not possible on this stage, or at the moment. */
  readonly status: 'ok' | 'defect' | 'skipped';
  /** What was seen, or what is wrong. */
  readonly detail: string;
}

/** Throws what is wrong; returns what it found. */
type Check = (stage: DeployedStage) => Promise<string>;

class Defect extends Error {
  override readonly name = 'Defect';
}
/** Throws it when a check is not possible. */
class Skipped extends Error {}

function expectThat(condition: boolean, defect: string): asserts condition {
  if (!condition) throw new Defect(defect);
}

const PRODUCTS = '/api/v1/products';

/** By route, as `DeployedStage` has them. */
const throttlesOf = ({ throttle: rest, routeThrottles }: Stage): Readonly<Record<string, Throttle>> => ({
  default: rest,
  ...Object.fromEntries(
    Object.values<readonly Route[]>(ROUTES)
      .flat()
      .flatMap(({ route, throttle }) => (throttle ? [[route, routeThrottles[throttle]]] : [])),
  ),
});

const print = (throttle: Throttle | undefined): string =>
  throttle ? `${throttle.rateLimit} a second, burst ${throttle.burstLimit}` : 'none';

const lacking = (answer: Answer, expected: Readonly<Record<string, string>>) =>
  Object.entries(expected).flatMap(([name, value]) =>
    answer.headers[name] === value ? [] : [`${name}: ${answer.headers[name] ?? 'missing'}`],
  );

/** Cancelled at once, which releases its stock; the order at PayPal is left, and expires. */
async function beginPayment({ webUrl, request }: DeployedStage) {
  const json = async (method: string, path: string, body?: object) => {
    const { status, body: text } = await request(method, webUrl + path, body && JSON.stringify(body));
    expectThat(status >= 200 && status < 300, `${method} ${path} answers ${status}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
  const { products } = await json('GET', PRODUCTS);
  const sku = products.find(({ available }: { available: number }) => available > 0)?.sku;
  if (!sku) throw new Skipped('no product is in stock');
  const { checkout_session_id } = await json('POST', '/api/v1/checkout-sessions', { items: [{ sku, quantity: 1 }] });
  const payment = await json('POST', '/api/v1/payments', { checkout_session_id });
  await json('POST', `/api/v1/payments/${payment.payment_id}/cancel`, { token: payment.paypal_order_id });
  return payment;
}

const MAX_PAUSES = 60;

/** The execution when it has ended after so many redrives. Step Functions' descriptions are eventually consistent. */
async function endOf({ executions, pause }: DeployedStage, name: string, redrives: number): Promise<Execution> {
  for (let pauses = 0; pauses < MAX_PAUSES; pauses++) {
    const found = await executions.describe(name);
    if (found && found.status !== 'RUNNING' && found.redrives === redrives) return found;
    await pause();
  }
  throw new Defect(`${name} has not ended within a minute, after ${redrives} redrives`);
}

/** What only a deployed stage can show, in the order of the report. */
const CHECKS = {
  async pages({ webUrl, request }) {
    const answer = await request('GET', `${webUrl}/`);
    expectThat(
      answer.status === 200,
      `GET ${webUrl}/ answers ${answer.status}: deploy again, which publishes the pages`,
    );
    const missing = lacking(answer, SECURITY_HEADERS);
    expectThat(missing.length === 0, `wrong security headers of the pages: ${missing.join(', ')}`);
    return 'served with their security headers';
  },

  async 'HTTPS only'({ webUrl, request }) {
    const { status, headers } = await request('GET', `${webUrl.replace('https:', 'http:')}/`);
    expectThat(status === 301 && headers.location?.startsWith('https://') === true, `plain HTTP answers ${status}`);
    return 'plain HTTP is redirected';
  },

  async 'API through CloudFront'({ webUrl, version, request }) {
    const answer = await request('GET', `${webUrl}/api/v1/health`);
    expectThat(answer.status === 200, `GET /api/v1/health answers ${answer.status}`);
    const deployed = JSON.parse(answer.body).version;
    expectThat(deployed === version, `version ${deployed} is deployed, and this is ${version}: deploy again`);
    const missing = lacking(answer, API_SECURITY_HEADERS);
    expectThat(missing.length === 0, `wrong security headers of the API: ${missing.join(', ')}`);
    expectThat(!/Hit/.test(answer.headers['x-cache'] ?? ''), 'CloudFront answers from its cache');
    return `version ${deployed}, not cached`;
  },

  async 'origin check'({ apiUrl, stage, request }) {
    const { status } = await request('GET', apiUrl + PRODUCTS);
    if (!stage.originCheck) return `off: the HTTP API answers ${status} without CloudFront`;
    expectThat(status === 403, `${apiUrl} answers ${status} without CloudFront, expected 403`);
    return 'the HTTP API refuses requests that did not come through CloudFront';
  },

  async 'admin routes'({ webUrl, request }) {
    const open: string[] = [];
    for (const route of Object.keys(ADMIN_ROUTES)) {
      const [method = '', path = ''] = route.split(' ');
      // If a route had no check of its callers, this body would still be refused, and nothing done.
      const body = method === 'GET' ? undefined : 'no JSON';
      const { status } = await request(method, webUrl + path.replace(':id', 'verify'), body);
      if (status !== 401) open.push(`${route} answers ${status}`);
    }
    expectThat(open.length === 0, `without a token: ${open.join(', ')}`);
    return `all ${Object.keys(ADMIN_ROUTES).length} refuse a request without a token`;
  },

  async 'unsigned webhook'({ webUrl, request }) {
    const { status } = await request('POST', `${webUrl}/webhooks/paypal`, '{"id":"WH-VERIFY","event_type":"VERIFY"}');
    expectThat(status === 400, `an unsigned event gets ${status}, expected 400`);
    return 'refused';
  },

  async throttles({ stage, throttles }) {
    const expected = throttlesOf(stage);
    const found = await throttles();
    const wrong = [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap((route) =>
      print(found[route]) === print(expected[route])
        ? []
        : [`${route}: ${print(found[route])}, expected ${print(expected[route])}`],
    );
    expectThat(wrong.length === 0, wrong.join('; '));
    return `${print(stage.throttle)}; ${Object.keys(found).length - 1} routes with their own`;
  },

  async grants({ rolePolicies }) {
    const policies = await rolePolicies();
    expectThat(policies.length > 0, 'there are no roles');
    const missing = policies.flatMap((policy) => missingGrants(policy).map((action) => `${action} of ${policy.role}`));
    expectThat(missing.length === 0, `lost since the deployment, which IAM must get back: ${missing.join(', ')}`);
    return `${policies.length} roles have what the template grants`;
  },

  async alarms({ alarms }) {
    const found = await alarms();
    expectThat(found.length > 0, 'there are no alarms');
    const silent = found.filter(({ notifies, enabled }) => !notifies || !enabled).map(({ name }) => name);
    expectThat(silent.length === 0, `notify no one: ${silent.join(', ')}`);
    return `${found.length} notify the alarm topic`;
  },

  async 'alarm subscription'({ subscriptions, stage }) {
    const found = await subscriptions();
    expectThat(
      found.length > 0,
      stage.alarms.email
        ? 'the alarm topic has no subscription: deploy again'
        : 'no one is notified: deploy with --context alarmEmail=…',
    );
    const pending = found.filter(({ confirmed }) => !confirmed).map(({ endpoint }) => endpoint);
    expectThat(pending.length === 0, `not confirmed: ${pending.join(', ')}; follow the link in AWS's first message`);
    return `${found.length} confirmed`;
  },

  async tables({ tables, stage }) {
    const found = await tables();
    expectThat(found.length > 0, 'there are no tables');
    const lost = found.filter(({ recoverable }) => !recoverable).map(({ name }) => name);
    expectThat(lost.length === 0, `without point-in-time recovery: ${lost.join(', ')}`);
    const open = stage.isProtected ? found.filter((table) => !table.protected).map(({ name }) => name) : [];
    expectThat(open.length === 0, `not protected against deletion: ${open.join(', ')}: deploy again`);
    return `${found.length} with point-in-time recovery${stage.isProtected ? ', protected against deletion' : ''}`;
  },

  async 'concurrency quota'({ missingQuota, stage }) {
    if (totalOf(stage.reservedConcurrency) === 0) return 'the stage reserves none';
    const needed = await missingQuota();
    expectThat(needed === undefined, `too small: request ${needed} concurrent invocations (docs/deploying.md)`);
    return 'as the stage requires';
  },

  async 'PayPal secret'({ secret }) {
    const missing = missingCredentials(await secret());
    expectThat(missing.length === 0, `missing: ${missing.join(', ')}: npm run paypal`);
    return 'complete';
  },

  async 'PayPal webhook'({ secret, webhooks, webUrl }) {
    const [{ webhook_id }, registered] = await Promise.all([secret(), webhooks()]);
    const ours = registered.find(({ id }) => id === webhook_id);
    expectThat(ours !== undefined, 'the stored webhook id is not registered: npm run paypal -- register');
    const expected = `${webUrl}/webhooks/paypal`;
    expectThat(ours.url === expected, `registered for ${ours.url}, expected ${expected}: npm run paypal -- register`);
    const missing = missingEventTypes(ours);
    expectThat(missing.length === 0, `not subscribed to ${missing.join(', ')}: npm run paypal -- register`);
    return 'registered for this shop and all its events';
  },

  async 'a payment begins'(deployed) {
    const { approve_url, paypal_order_id } = await beginPayment(deployed);
    const { hostname } = new URL(approve_url);
    const expected = new URL(deployed.stage.payPal.baseUrl).hostname.replace('api-m.', 'www.');
    expectThat(hostname === expected, `the buyer would approve at ${hostname}, expected ${expected}`);
    return `order ${paypal_order_id} created at PayPal, and left`;
  },

  async redrive(deployed) {
    const { redrive, startFailing } = deployed.executions;
    // The payment exists, and has no such settlement: the shop records no failure, and deletes the dead letters.
    const { payment_id } = await beginPayment(deployed).catch(() => {
      throw new Skipped('no payment begins');
    });
    const name = executionName(payment_id, 'verify');
    await startFailing(name);
    const failed = await endOf(deployed, name, 0);
    expectThat(failed.status === 'FAILED', `${name} is ${failed.status}, expected FAILED`);
    expectThat(await redrive(failed.arn), `Step Functions does not redrive ${name}`);
    const again = await endOf(deployed, name, 1);
    expectThat(again.status === 'FAILED', `${name} is ${again.status} after its redrive, expected FAILED`);
    return `${name} failed on purpose, and ran again`;
  },

  async 'Transaction Search'({ mayReadLedger }) {
    expectThat(await mayReadLedger(), 'not permitted: docs/deploying.md#transaction-search');
    return 'permitted';
  },

  async restore({ restore }) {
    if (!restore) throw new Skipped('on request: --restore <table>');
    const { original, restored } = await restore.run();
    const wrong = [...new Set([...Object.keys(original), ...Object.keys(restored)])].filter(
      (name) => `${original[name]}` !== `${restored[name]}`,
    );
    expectThat(wrong.length === 0, `other keys in the copy than in the original: ${wrong.join(', ')}`);
    return `${restore.copy} had the same keys and indexes, and is deleted`;
  },
} satisfies Readonly<Record<string, Check>>;

export type CheckName = keyof typeof CHECKS;
export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];

/** Checks that do not run on a stage. */
const NOT_ON: Readonly<Record<StageName, readonly CheckName[]>> = {
  // It has neither TLS nor a subscription, and MiniStack neither throttles, point-in-time recovery nor redrives.
  local: ['HTTPS only', 'throttles', 'alarm subscription', 'tables', 'redrive'],
  sandbox: [],
  // The failed execution sets off alarms.
  prod: ['redrive'],
};

/** Runs every check, also after one that failed. An error while reading is a defect: the stage cannot be verified. */
export async function* verifyShop(deployed: DeployedStage): AsyncGenerator<Verdict> {
  for (const check of CHECK_NAMES) {
    try {
      if (NOT_ON[deployed.stage.name].includes(check)) throw new Skipped('not on this stage');
      yield { check, status: 'ok', detail: await CHECKS[check](deployed) };
    } catch (error) {
      if (error instanceof Skipped) yield { check, status: 'skipped', detail: error.message };
      else yield { check, status: 'defect', detail: error instanceof Defect ? error.message : `${error}` };
    }
  }
}
