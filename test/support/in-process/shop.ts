import { clearCaches } from '@aws-lambda-powertools/parameters';
import { vi } from 'vitest';
import { startSimulator } from '../../../simulator/server.ts';
import { httpEvent, invocation } from '../builders/invocation.ts';
import { ProcessCrashed } from '../in-memory/crashing-process.ts';
import { type ReceivedRequest, startLoopbackServer } from '../loopback-server.ts';
import { shopEnvironment } from './function-environment.ts';
import { watchOutsideCalls } from './outside-calls.ts';
import { queueInProcess } from './queue.ts';
import { stepFunctionsInProcess } from './step-functions.ts';

const FUNCTIONS = {
  storefront: () => import('../../../lambdas/storefront.ts'),
  'paypal-webhook': () => import('../../../lambdas/paypal-webhook.ts'),
  admin: () => import('../../../lambdas/admin.ts'),
  inventory: () => import('../../../lambdas/inventory.ts'),
  checkout: () => import('../../../lambdas/checkout.ts'),
  fulfillment: () => import('../../../lambdas/fulfillment.ts'),
  payments: () => import('../../../lambdas/payments.ts'),
  reconciliation: () => import('../../../lambdas/reconciliation.ts'),
  consistency: () => import('../../../lambdas/consistency.ts'),
  settlements: () => import('../../../lambdas/settlements.ts'),
};
type FunctionName = keyof typeof FUNCTIONS;

/** A fixed time, so that no result depends on the hour of the run. */
const START = Date.UTC(2026, 5, 1, 12);

/** What PayPal has posted to the shop. */
export type Delivery = Pick<ReceivedRequest, 'headers' | 'body'>;

/** What the shop's API has answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

/**
 * The shop's own functions, from handler to repository, in this process: over MiniStack's DynamoDB, with PayPal's simulator, and with
 * Step Functions by the interpreter of workflow-in-memory.ts. Nothing happens by itself, the clock stands unless it is put forward, and
 * each run of a function can die over any of its calls to the outside.
 */
export async function startShopInProcess() {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:payment-settlement';
  const stepFunctions = stepFunctionsInProcess(stateMachineArn, (resource, parameters) => {
    const folder = /^\$\{(\w+)Arn\}$/.exec(resource)?.[1]?.toLowerCase() as FunctionName;
    return run(folder, parameters) as Promise<object>;
  });
  const deadLetters = queueInProcess();
  const watch = watchOutsideCalls({ ...stepFunctions.standIns, ...deadLetters.standIns });
  const simulator = await startSimulator();

  let mailbox: Delivery[] = [];
  const door = await startLoopbackServer(async (delivery) => {
    mailbox.push(delivery);
    return { status: 200, body: '{}' };
  });
  await shopEnvironment({
    simulatorUrl: simulator.url,
    webhookUrl: `${door.url}/webhooks/paypal`,
    stateMachineArn,
  });

  /** Calls a function. @throws ProcessDied, and whatever the function does not answer. */
  async function run(name: FunctionName, event: unknown): Promise<unknown> {
    const { handler } = (await FUNCTIONS[name]()) as { handler: (event: never, context: unknown) => Promise<unknown> };
    try {
      return await watch.live(() => handler(event as never, invocation(name === 'reconciliation' ? 120 : 10)));
    } catch (error) {
      if (error instanceof ProcessCrashed) startCold();
      throw error;
    }
  }

  /** What a function keeps in memory from one run to the next is gone. */
  const startCold = () => {
    vi.resetModules();
    clearCaches();
  };

  const runHttp = async (name: FunctionName, event: ReturnType<typeof httpEvent>): Promise<ApiAnswer> => {
    const { statusCode = 0, body = '' } = (await run(name, event)) as { statusCode?: number; body?: string };
    return { status: statusCode, body: body && JSON.parse(body) };
  };

  /** Calls PayPal's simulator as buyers, banks and PayPal's own people do. */
  const payPal = async (method: string, path: string, body: object = {}): Promise<ApiAnswer['body']> => {
    const answer = await fetch(simulator.url + path, {
      method,
      ...(method !== 'GET' && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };

  return {
    watch,
    stepFunctions,
    deadLetters,
    payPal,
    run,

    /**
     * Resets everything except the tables: functions start cold, PayPal knows of nothing, and the clock is back at its start. Hours of
     * earlier stories would add up until PayPal's certificate, which is valid for 13 months, expires.
     */
    async forget(): Promise<void> {
      vi.setSystemTime(START);
      startCold();
      stepFunctions.clear();
      deadLetters.clear();
      mailbox = [];
      await payPal('POST', '/_sim/reset');
      await payPal('POST', '/_sim/tokens/revoke');
      await payPal('PUT', '/_sim/delivery', { hold: true });
    },

    /** A shopper's call. */
    shopper: (method: string, path: string, body?: object, headers: object = {}) =>
      runHttp('storefront', httpEvent(method, path, { headers, body: body ? JSON.stringify(body) : '' })),

    /** An operator's call. */
    operator: (method: string, path: string, body?: object) =>
      runHttp(
        'admin',
        httpEvent(method, path, {
          body: body ? JSON.stringify(body) : '',
          claims: { token_use: 'access', username: 'ada', 'cognito:groups': '[operators]' },
        }),
      ),

    /** What PayPal has had to tell since the last time, in order. */
    async newDeliveries(): Promise<Delivery[]> {
      await payPal('POST', '/_sim/delivery/flush');
      const come = mailbox;
      mailbox = [];
      return come;
    },

    /** PayPal posts something. */
    deliver: ({ headers, body }: Delivery) =>
      runHttp('paypal-webhook', httpEvent('POST', '/webhooks/paypal', { headers, body })),

    /** Lets time pass. */
    pass: (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000),

    async stop(): Promise<void> {
      watch.end();
      await simulator.stop();
      await door.close();
      vi.useRealTimers();
    },
  };
}
/** What `startShopInProcess` makes. */
export type ShopInProcess = Awaited<ReturnType<typeof startShopInProcess>>;
