import { JOB_NAMES } from '../../src/reconciliation/job.ts';
import { ProcessCrashed } from '../support/in-memory/crashing-process.ts';
import type { ApiResponse, Delivery, ShopInProcess } from '../support/in-process/shop.ts';
import { stockedProduct } from '../support/stack/aws.ts';

/** The conditions under which a scenario runs. */
export interface Conditions {
  /** Deliveries per event. With 2, every event is also delivered again at the end. */
  readonly copies: 1 | 2;
  readonly events: 'in sequence' | 'reversed';
  /** Reaction of a caller without a response: shoppers, PayPal, the workflow's retries, EventBridge. */
  readonly callers: 'retry' | 'give up';
}

/** A caller gave up: the rest of the scenario does not happen. */
class GaveUp extends Error {
  override readonly name = 'GaveUp';
}

/** "Up to 25 times over the course of 3 days": https://developer.paypal.com/api/rest/webhooks/rest/ */
const MAX_DELIVERY_ATTEMPTS = 25;
/**
 * Lambda retries an asynchronous event twice:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const MAX_ASYNC_ATTEMPTS = 3;

/** Drives one purchase: the shopper, the buyer, the bank, PayPal, operators and the scheduler. */
export interface Driver {
  /** Runs a scenario until its end, or until a caller gives up. */
  run(scenario: (driver: Driver) => Promise<void>): Promise<void>;
  /** Opens a checkout session and begins a payment. */
  checkOut(): Promise<void>;
  /** Approves at PayPal, as the buyer. */
  approve(options?: object): Promise<void>;
  /** Returns to the success page, which captures. A shopper who gives up has closed the window. */
  returnToShop(): Promise<void>;
  /** Polls the payment, as a page that waits for it. */
  poll(): Promise<void>;
  /** Returns by the cancel link. */
  cancel(): Promise<void>;
  /** Other shoppers reserve the remaining stock and leave. */
  sellOut(): Promise<void>;
  /** Completes or declines pending captures, as the bank. */
  resolvePending(resolution?: 'complete' | 'decline'): Promise<void>;
  /** Refunds as an operator, in full without an amount. */
  refund(value?: string): Promise<void>;
  /** Delivers pending events and runs the settlements that they start. */
  deliverPending(): Promise<void>;
  /** Runs everything that recovers: reconciliation jobs, further events, an operator's retry of failed settlements. */
  recover(): Promise<void>;
  /** Delivers every event again, newest first. @returns whether there was any */
  redeliverAll(): Promise<boolean>;
}

/** Creates the driver of one purchase, of a new product with the given stock. */
export async function createDriver(
  shop: ShopInProcess,
  { copies, events, callers }: Conditions,
  stock: number,
): Promise<Driver> {
  const givesUp = callers === 'give up';
  const sku = await stockedProduct(stock);
  const delivered: Delivery[] = [];
  let paymentId = '';
  let orderId = '';
  let requests = 0;
  let lastResolution: 'complete' | 'decline' = 'complete';

  /** Repeats a request until it gets a response, or gives up. */
  const request = async (send: () => Promise<ApiResponse>): Promise<ApiResponse> => {
    for (;;) {
      const response = await unlessCrashed(send());
      if (response) return response;
      if (givesUp) throw new GaveUp();
      // Releases the idempotency key of the crashed request.
      shop.advance(15);
    }
  };

  /** A shopper's request with a new idempotency key, as the storefront sends it. */
  const shopperRequest = (path: string, body?: object): Promise<ApiResponse> => {
    const key = `crash-test-request-${++requests}`;
    return request(() => shop.shopper('POST', path, body, { 'idempotency-key': key }));
  };

  const openSession = () => shopperRequest('/api/v1/checkout-sessions', { items: [{ sku, quantity: 1 }] });

  /** Delivers an event until it is accepted, then runs the settlements that it started. */
  const deliver = async (delivery: Delivery): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const response = await unlessCrashed(shop.deliver(delivery));
      if (response && response.status < 300) break;
      if (response && response.status < 500) throw new Error(`${response.status} ${JSON.stringify(response.body)}`);
      if (givesUp) break;
      if (attempt === MAX_DELIVERY_ATTEMPTS) throw new Error(`not delivered after ${MAX_DELIVERY_ATTEMPTS} attempts`);
      // The second attempt may come while the first one still holds the idempotency key.
      shop.advance(attempt === 1 ? 1 : 15);
    }
    await runSettlements();
  };

  /** Runs all executions until none is running. */
  const runSettlements = async (): Promise<void> => {
    for (;;) {
      const running = shop.stepFunctions.executions().filter(({ status }) => status === 'RUNNING');
      if (running.length === 0) return;
      for (const execution of running) {
        const event = await shop.stepFunctions.runTask(execution, { retry: !givesUp });
        if (!event) continue;
        if (event.detail.status === 'FAILED') shop.deadLetters.send(JSON.stringify(event));
        for (let attempt = 0; attempt < (givesUp ? 1 : MAX_ASYNC_ATTEMPTS); attempt++)
          if (await unlessCrashed(shop.invoke('settlements', event).then(() => true))) break;
      }
    }
  };

  const deliverPending = async (): Promise<void> => {
    for (;;) {
      const deliveries = await shop.takeDeliveries();
      if (deliveries.length === 0) return;
      delivered.push(...deliveries);
      for (const delivery of events === 'reversed' ? deliveries.toReversed() : deliveries)
        for (let copy = 0; copy < copies; copy++) await deliver(delivery);
    }
  };

  const retrySettlement = (id: string) =>
    shop.operator('POST', `/api/v1/admin/settlements/${id}/retry`, { reason: 'retry' }).then(expectSuccess);

  const resolvePending = async (resolution = lastResolution): Promise<void> => {
    lastResolution = resolution;
    const { captures } = await shop.payPal('GET', '/_sim/state');
    for (const [id, { status }] of Object.entries<{ status: string }>(captures))
      if (status === 'PENDING') await shop.payPal('POST', `/_sim/captures/${id}/${resolution}`);
  };

  const driver: Driver = {
    deliverPending,
    resolvePending,

    run: (scenario) => unlessGivenUp(scenario(driver)),

    async recover() {
      for (const job of JOB_NAMES) await unlessCrashed(shop.invoke('reconciliation', { job }));
      await runSettlements();
      await resolvePending();
      await deliverPending();
      for (const { execution, status } of shop.stepFunctions.executions())
        if (status === 'FAILED') await unlessCrashed(retrySettlement(execution.name.split('-')[0] ?? ''));
      await runSettlements();
    },

    async checkOut() {
      const { checkout_session_id } = expectSuccess(await openSession());
      const payment = expectSuccess(await shopperRequest('/api/v1/payments', { checkout_session_id }));
      paymentId = payment.payment_id;
      orderId = payment.paypal_order_id;
    },

    async approve(options = {}) {
      await shop.payPal('POST', `/_sim/orders/${orderId}/approve`, options);
    },

    async returnToShop() {
      await unlessGivenUp(shopperRequest(`/api/v1/payments/${paymentId}/capture`).then(expectSuccess));
      await runSettlements();
    },

    async poll() {
      expectSuccess(await shop.poll(paymentId));
    },

    async cancel() {
      await unlessGivenUp(
        shopperRequest(`/api/v1/payments/${paymentId}/cancel`, { token: orderId }).then(expectSuccess),
      );
      await runSettlements();
    },

    async sellOut() {
      for (;;) {
        const { status } = await openSession().catch(() => ({ status: 0 }));
        if (status !== 201) return;
      }
    },

    async refund(value) {
      const body = { reason: 'damaged', ...(value && { amount: { currency_code: 'EUR', value } }) };
      await unlessGivenUp(
        request(() => shop.operator('POST', `/api/v1/admin/payments/${paymentId}/refund`, body)).then((response) => {
          // After an earlier crash there may be nothing to refund.
          if (response.status !== 409) expectSuccess(response);
        }),
      );
      await runSettlements();
    },

    async redeliverAll() {
      for (const delivery of copies > 1 ? delivered.toReversed() : []) await deliver(delivery);
      return copies > 1 && delivered.length > 0;
    },
  };
  return driver;
}

function expectSuccess({ status, body }: ApiResponse): ApiResponse['body'] {
  if (status < 300) return body;
  throw new Error(`${status} ${JSON.stringify(body)}`);
}

/** Ignores GaveUp: the scenario continues without this action. */
const unlessGivenUp = (action: Promise<unknown>): Promise<void> =>
  action.then(
    () => undefined,
    (error) => {
      if (!(error instanceof GaveUp)) throw error;
    },
  );

/** @returns undefined when the process crashed */
async function unlessCrashed<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ProcessCrashed) return undefined;
    throw error;
  }
}
