import { JOB_NAMES } from '../../src/reconciliation/job.ts';
import { ProcessCrashed } from '../support/in-memory/crashing-process.ts';
import type { ApiAnswer, Delivery, ShopInProcess } from '../support/in-process/shop.ts';
import { stockedProduct } from '../support/stack/aws.ts';

/** How a purchase's surroundings behave. */
export interface Circumstances {
  /** How often each event comes: if more than once, also again at the end of it all. */
  readonly copies: 1 | 2;
  readonly events: 'as they happened' | 'swapped';
  /** What those do whose call got no answer: shoppers, PayPal, the workflow's retries, EventBridge. */
  readonly callers: 'try again' | 'give up';
}

/** Somebody had enough, and what would have followed does not. */
class GaveUp extends Error {
  override readonly name = 'GaveUp';
}

/** How long PayPal tries: "up to 25 times over the course of 3 days". https://developer.paypal.com/api/rest/webhooks/rest/ */
const DELIVERIES = 25;
/** Lambda tries an asynchronous event again twice: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const ASYNC_TRIES = 3;

/** One purchase, and all who have a hand in it. */
export interface Driver {
  tell(story: (world: Driver) => Promise<void>): Promise<void>;
  /** The shopper takes a piece to the till, and is sent to PayPal. */
  goToPayPal(): Promise<void>;
  /** The buyer clicks at PayPal. */
  approve(options?: object): Promise<void>;
  /** The buyer comes back, and the page captures; whoever gives up has closed the window. */
  returnToShop(): Promise<void>;
  /** The buyer comes back by the cancel link. */
  cancel(): Promise<void>;
  /** Others take all that is left to the till, and go away. */
  othersTakeTheRest(): Promise<void>;
  /** The bank pays what is pending, or does not. */
  bank(verdict?: 'complete' | 'decline'): Promise<void>;
  /** An operator gives money back, all of it if no amount is said. */
  refund(value?: string): Promise<void>;
  /** Delivers what PayPal has had to tell since the last time, and what comes of it. */
  hear(): Promise<void>;
  /** All that mends what was left: the shop's own jobs, PayPal's further news, an operator's click on what failed. */
  heal(): Promise<void>;
  /** Old events come once more, the last one first. @returns whether any did. */
  hearAgain(): Promise<boolean>;
}

/** Begins a purchase of one of so many pieces. */
export async function createDriver(
  shop: ShopInProcess,
  { copies, events, callers }: Circumstances,
  pieces: number,
): Promise<Driver> {
  const impatient = callers === 'give up';
  const sku = await stockedProduct(pieces);
  const heard: Delivery[] = [];
  let paymentId = '';
  let orderId = '';
  let wishes = 0;
  let saidLast: 'complete' | 'decline' = 'complete';

  /** Asks until there is an answer, or gives up. */
  const ask = async (work: () => Promise<ApiAnswer>): Promise<ApiAnswer> => {
    for (;;) {
      const answer = await survivor(work());
      if (answer) return answer;
      if (impatient) throw new GaveUp();
      // By then the key of the request that died is free again.
      shop.pass(15);
    }
  };

  /** A shopper's wish, under a key of its own as the storefront sends it. */
  const wish = (path: string, body?: object): Promise<ApiAnswer> => {
    const key = `wish-${++wishes}`;
    return ask(() => shop.shopper('POST', path, body, { 'idempotency-key': key }));
  };

  const openSession = () => wish('/api/v1/checkout-sessions', { items: [{ sku, quantity: 1 }] });

  /** PayPal posts an event until it is taken; then the workflow does what there is to do. */
  const deliver = async (delivery: Delivery): Promise<void> => {
    for (let tries = 1; ; tries++) {
      const answer = await survivor(shop.deliver(delivery));
      if (answer && answer.status < 300) break;
      if (answer && answer.status < 500) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      if (impatient) break;
      if (tries === DELIVERIES) throw new Error('PayPal has given up');
      // The second try may come while the first one's key is still held.
      shop.pass(tries === 1 ? 1 : 15);
    }
    await work();
  };

  /** Lets the workflow run until nothing moves any more. */
  const work = async (): Promise<void> => {
    for (;;) {
      const running = shop.stepFunctions.runs().filter(({ status }) => status === 'RUNNING');
      if (running.length === 0) return;
      for (const run of running) {
        const end = await shop.stepFunctions.work(run, impatient);
        if (!end) continue;
        if (end.detail.status === 'FAILED') shop.deadLetters.send(JSON.stringify(end));
        for (let tries = 0; tries < (impatient ? 1 : ASYNC_TRIES); tries++)
          if (await survivor(shop.run('settlements', end).then(() => true))) break;
      }
    }
  };

  /** Delivers what PayPal has had to tell since the last time, and what comes of it. */
  const hear = async (): Promise<void> => {
    for (;;) {
      const news = await shop.newDeliveries();
      if (news.length === 0) return;
      heard.push(...news);
      for (const delivery of events === 'swapped' ? news.toReversed() : news)
        for (let copy = 0; copy < copies; copy++) await deliver(delivery);
    }
  };

  const retry = (id: string) =>
    shop.operator('POST', `/api/v1/admin/settlements/${id}/retry`, { reason: 'it is mended' }).then(agreed);

  /** The bank pays what is pending, or does not. */
  const bank = async (verdict = saidLast): Promise<void> => {
    saidLast = verdict;
    const { captures } = await shop.payPal('GET', '/_sim/state');
    for (const [id, { status }] of Object.entries<{ status: string }>(captures))
      if (status === 'PENDING') await shop.payPal('POST', `/_sim/captures/${id}/${verdict}`);
  };

  const world: Driver = {
    hear,
    bank,

    tell: (story: (world: Driver) => Promise<void>): Promise<void> => leave(story(world)),

    async heal(): Promise<void> {
      for (const job of JOB_NAMES) await survivor(shop.run('reconciliation', { job }));
      await work();
      await bank();
      await hear();
      for (const { execution, status } of shop.stepFunctions.runs())
        if (status === 'FAILED') await survivor(retry(execution.name.split('-')[0] ?? ''));
      await work();
    },

    async goToPayPal(): Promise<void> {
      const { checkout_session_id } = agreed(await openSession());
      const payment = agreed(await wish('/api/v1/payments', { checkout_session_id }));
      paymentId = payment.payment_id;
      orderId = payment.paypal_order_id;
    },

    async approve(options = {}): Promise<void> {
      await shop.payPal('POST', `/_sim/orders/${orderId}/approve`, options);
    },

    async returnToShop(): Promise<void> {
      await leave(wish(`/api/v1/payments/${paymentId}/capture`).then(agreed));
      await work();
    },

    async cancel(): Promise<void> {
      await leave(wish(`/api/v1/payments/${paymentId}/cancel`, { token: orderId }).then(agreed));
      await work();
    },

    async othersTakeTheRest(): Promise<void> {
      for (;;) {
        const { status } = await openSession().catch(() => ({ status: 0 }));
        if (status !== 201) return;
      }
    },

    async refund(value?: string): Promise<void> {
      const body = { reason: 'a scratch', ...(value && { amount: { currency_code: 'EUR', value } }) };
      await leave(
        ask(() => shop.operator('POST', `/api/v1/admin/payments/${paymentId}/refund`, body)).then((answer) => {
          // Where something died before, there may be nothing to give back.
          if (answer.status !== 409) agreed(answer);
        }),
      );
      await work();
    },

    async hearAgain(): Promise<boolean> {
      for (const delivery of copies > 1 ? heard.toReversed() : []) await deliver(delivery);
      return copies > 1 && heard.length > 0;
    },
  };
  return world;
}

function agreed({ status, body }: ApiAnswer): ApiAnswer['body'] {
  if (status < 300) return body;
  throw new Error(`${status} ${JSON.stringify(body)}`);
}

/** Whoever does it may give up; the story goes on without. */
const leave = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => undefined,
    (error) => {
      if (!(error instanceof GaveUp)) throw error;
    },
  );

/** @returns undefined when the process died over it. */
async function survivor<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProcessCrashed) return undefined;
    throw error;
  }
}
