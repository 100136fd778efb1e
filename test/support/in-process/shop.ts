import { clearCaches } from '@aws-lambda-powertools/parameters';
import { inject, vi } from 'vitest';
import { startSimulator } from '../../../simulator/server.ts';
import { sessionRepository } from '../../../src/access/session-repository.ts';
import { httpEvent, invocation } from '../builders/invocation.ts';
import { accessClaims, signedToken } from '../builders/operator-tokens.ts';
import { ProcessCrashed } from '../in-memory/crashing-process.ts';
import { type ReceivedRequest, startLoopbackServer } from '../loopback-server.ts';
import { dynamo } from '../stack/aws.ts';
import { shopEnvironment } from './function-environment.ts';
import { watchOutsideCalls } from './outside-calls.ts';
import { queueInProcess } from './queue.ts';
import { stepFunctionsInProcess } from './step-functions.ts';

const FUNCTIONS = {
  storefront: () => import('../../../lambdas/storefront.ts'),
  'payment-status': () => import('../../../lambdas/payment-status.ts'),
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
export type FunctionName = keyof typeof FUNCTIONS;

/** Fixed, so that no result depends on the time of the run. */
const START = Date.UTC(2026, 5, 1, 12);

/** A webhook delivery of the simulator. */
export type Delivery = Pick<ReceivedRequest, 'headers' | 'body'>;

export interface ApiResponse {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

/**
 * The shop's functions, from handler to repository, in this process: with MiniStack's DynamoDB, the PayPal simulator,
 * and Step Functions as interpreted by in-memory/workflow.ts. Nothing runs on its own, time stands still until it is
 * advanced, and an invocation can crash at any of its external calls.
 */
export async function startShopInProcess() {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:payment-settlement';
  const stepFunctions = stepFunctionsInProcess(stateMachineArn, (resource, parameters) => {
    const name = /^\$\{(\w+)Arn\}$/.exec(resource)?.[1]?.toLowerCase() as FunctionName;
    return invoke(name, parameters) as Promise<object>;
  });
  const deadLetters = queueInProcess();
  const watch = watchOutsideCalls({ ...stepFunctions.standIns, ...deadLetters.standIns });
  const simulator = await startSimulator();

  let received: Delivery[] = [];
  const invocations: FunctionName[] = [];
  const receiver = await startLoopbackServer(async (delivery) => {
    received.push(delivery);
    return { status: 200, body: '{}' };
  });
  await shopEnvironment({
    simulatorUrl: simulator.url,
    webhookUrl: `${receiver.url}/webhooks/paypal`,
    stateMachineArn,
  });

  /** Invokes a function. @throws ProcessCrashed, and every error that the function throws */
  async function invoke(name: FunctionName, event: unknown): Promise<unknown> {
    invocations.push(name);
    const { handler } = (await FUNCTIONS[name]()) as { handler: (event: never, context: unknown) => Promise<unknown> };
    try {
      return await watch.run(() => handler(event as never, invocation(name === 'reconciliation' ? 120 : 10)));
    } catch (error) {
      if (error instanceof ProcessCrashed) startCold();
      throw error;
    }
  }

  /** Clears what functions keep in memory between invocations. */
  const startCold = () => {
    vi.resetModules();
    clearCaches();
  };

  const invokeHttp = async (name: FunctionName, event: ReturnType<typeof httpEvent>): Promise<ApiResponse> => {
    const { statusCode = 0, body = '' } = (await invoke(name, event)) as { statusCode?: number; body?: string };
    return { status: statusCode, body: body && JSON.parse(body) };
  };

  /** Calls the simulator's control API: actions of buyers, banks and PayPal. */
  const payPal = async (method: string, path: string, body: object = {}): Promise<ApiResponse['body']> => {
    const response = await fetch(simulator.url + path, {
      method,
      ...(method !== 'GET' && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };

  return {
    watch,
    stepFunctions,
    deadLetters,
    payPal,
    invoke,

    /** Every invocation so far. */
    invocations: invocations as readonly FunctionName[],

    /**
     * Resets everything except the tables: functions start cold, the simulator is empty, and time is back at START.
     * Otherwise the hours of many scenarios would add up until the simulator's certificate expires after 13 months.
     */
    async reset(): Promise<void> {
      vi.setSystemTime(START);
      startCold();
      stepFunctions.clear();
      deadLetters.clear();
      received = [];
      await payPal('POST', '/_sim/reset');
      await payPal('POST', '/_sim/tokens/revoke');
      await payPal('PUT', '/_sim/delivery', { hold: true });
    },

    /** A request to the storefront API. */
    shopper: (method: string, path: string, body?: object, headers: object = {}) =>
      invokeHttp('storefront', httpEvent(method, path, { headers, body: body ? JSON.stringify(body) : '' })),

    /** A poll of the page that waits for the payment. */
    poll: (id: string) =>
      invokeHttp('payment-status', { ...httpEvent('GET', `/api/v1/payments/${id}`), pathParameters: { id } }),

    /** A request to the admin API. */
    async operator(method: string, path: string, body?: object): Promise<ApiResponse> {
      const headers = { authorization: `Bearer ${signedToken(accessClaims())}` };
      // Here, as scenarios empty the tables.
      const session = { username: 'ada', sessionId: 'session-of-ada' };
      await sessionRepository(dynamo, inject('aws').tables.access).open(session, 0, new Date(Date.now() + 900_000));
      return invokeHttp('admin', httpEvent(method, path, { headers, body: body ? JSON.stringify(body) : '' }));
    },

    /** Removes and returns the deliveries since the last call, in sequence. */
    async takeDeliveries(): Promise<Delivery[]> {
      await payPal('POST', '/_sim/delivery/flush');
      const deliveries = received;
      received = [];
      return deliveries;
    },

    /** Posts a delivery to the webhook function. */
    deliver: ({ headers, body }: Delivery) =>
      invokeHttp('paypal-webhook', httpEvent('POST', '/webhooks/paypal', { headers, body })),

    /** Advances the time. */
    advance: (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000),

    async stop(): Promise<void> {
      watch.stop();
      await simulator.stop();
      await receiver.close();
      vi.useRealTimers();
    },
  };
}
export type ShopInProcess = Awaited<ReturnType<typeof startShopInProcess>>;
