import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import type { CheckPaymentsDeps } from '../../../src/reconciliation/check-payments.ts';
import { paymentQueue } from '../../../src/reconciliation/payment-queue.ts';
import { checkQueuedPayments } from '../../../src/reconciliation/payment-worker.ts';
import type { PaymentId } from '../../../src/shared/ids.ts';
import { queueEventSchema } from '../../../src/shared/queue-event.ts';
import { paymentChecksOf } from '../../support/in-memory/payment-checks.ts';
import { product, shopInMemory } from '../../support/in-memory/shop.ts';
import { eventsInMemory, openGate } from '../../support/in-memory/tables.ts';

const NOW = new Date('2026-06-01T12:10:00.000Z');
const UNTIL = new Date('2026-06-01T12:11:40.000Z');
const rateLimited = (retryAfterSeconds?: number) =>
  new PayPalUnavailable('rate-limited', { operation: 'getOrder', status: 429, retryAfterSeconds });

/** A shop with approved payments whose checks are queued, as PayPal reported nothing. */
async function queuedChecks(count: number) {
  const shop = shopInMemory({ products: [product(100)] });
  const purchases: { readonly paymentId: PaymentId; readonly orderId: string }[] = [];
  for (let i = 0; i < count; i++) {
    const purchase = await shop.begin();
    if (!purchase) throw new Error('out of stock');
    shop.paypal.approve(purchase.orderId);
    purchases.push(purchase);
  }
  const bodies: string[] = [];
  const sqs = {
    send: async ({ input }: { input: { Entries: { MessageBody: string }[] } }) => {
      bodies.push(...input.Entries.map(({ MessageBody }) => MessageBody));
      return {};
    },
  };
  await paymentQueue(sqs as never, 'url').send(purchases.map(({ paymentId }) => ({ paymentId, asOf: NOW })));

  const clock = { now: NOW };
  const errors: string[] = [];
  const deps: CheckPaymentsDeps = paymentChecksOf(shop, {
    now: () => clock.now,
    sleep: async (milliseconds) => {
      clock.now = new Date(clock.now.getTime() + milliseconds);
    },
  });
  return {
    shop,
    purchases,
    bodies,
    clock,
    errors,
    deps,
    /** One delivery of all messages. */
    check: (more: Partial<CheckPaymentsDeps> = {}, receives = 1) => {
      const Records = bodies.map((body, i) => ({
        messageId: `message ${i}`,
        body,
        attributes: { ApproximateReceiveCount: String(receives) },
      }));
      return checkQueuedPayments({ ...deps, ...more }, queueEventSchema.parse({ Records }).Records, {
        until: UNTIL,
        now: deps.now,
        onError: (item) => void errors.push(item),
      });
    },
    statuses: () => purchases.map(({ paymentId }) => shop.payments.rows.get(paymentId)?.status),
  };
}

describe('checkQueuedPayments', () => {
  it('reconciles the queued payments', async () => {
    const { check, statuses } = await queuedChecks(12);

    expect(await check()).toMatchObject({ figures: { checked: 12, failed: 0, updated: 12 }, repaired: 12, failed: [] });

    expect(new Set(statuses())).toEqual(new Set(['approved']));
  });

  it('measures the webhook silence as of the checks', async () => {
    const { check, clock } = await queuedChecks(1);
    const { repository } = eventsInMemory(openGate);
    const received = new Date(NOW.getTime() - 3_600_000);
    await repository.receive({ id: 'WH-1', eventType: 'X', transmissionId: 't', body: '{}', now: received });
    await repository.finish('WH-1', { status: 'accepted', payment_id: 'pay' as never, moved: true }, received);
    clock.now = received;

    expect((await check({ events: repository })).measurements).toEqual([['WebhookSilence', 3600]]);
  });

  it('leaves a payment that fails by itself to its own schedule', async () => {
    const { check, deps, purchases, statuses, shop } = await queuedChecks(2);
    const [bad] = purchases;

    const { failed } = await check({
      getOrder: async (id) => {
        if (id === bad?.orderId) throw new Error('invalid order');
        return deps.getOrder(id);
      },
    });

    expect(failed).toEqual([]);
    expect(statuses()).toEqual(['created', 'approved']);
    expect(shop.payments.due.get(bad?.paymentId as never)?.getTime()).toBeGreaterThan(NOW.getTime());
  });

  it('has a payment delivered again when PayPal does not respond, except for the last time', async () => {
    const { check } = await queuedChecks(2);
    const getOrder = () => Promise.reject(new PayPalUnavailable('timeout', { operation: 'getOrder' }));

    expect((await check({ getOrder }, 2)).failed).toEqual(['message 0', 'message 1']);
    expect((await check({ getOrder }, 3)).failed).toEqual([]);
  });

  it('has payments delivered again when its time is up', async () => {
    const { check, clock } = await queuedChecks(2);
    clock.now = UNTIL;

    expect(await check()).toMatchObject({ figures: { checked: 0 }, failed: ['message 0', 'message 1'] });
  });

  it('moves an unreadable message to the dead-letter queue and reconciles the others', async () => {
    const { check, bodies, statuses, errors } = await queuedChecks(1);
    bodies.push('{}');

    expect((await check({}, 3)).failed).toEqual(['message 1']);

    expect(statuses()).toEqual(['approved']);
    expect(errors).toEqual(['message 1']);
  });

  it.each([
    [4, 4],
    [undefined, 30],
  ])('pauses all workers when PayPal limits the rate with Retry-After %s', async (retryAfter, seconds) => {
    const { check, deps, clock, statuses } = await queuedChecks(8);
    let limited = true;

    const { failed } = await check({
      getOrder: async (id) => {
        if (clock.now > NOW || !limited) return deps.getOrder(id);
        limited = false;
        throw rateLimited(retryAfter);
      },
    });

    expect(failed).toEqual(['message 0']);
    expect(await deps.pause.get()).toEqual(new Date(NOW.getTime() + seconds * 1000));
    expect(clock.now).toEqual(await deps.pause.get());
    expect(statuses().filter((status) => status === 'approved')).toHaveLength(7);
  });

  it('calls PayPal for no payment while the pause outlasts the invocation', async () => {
    const { check, deps, statuses, clock } = await queuedChecks(2);
    await deps.pause.extend(UNTIL);

    expect((await check()).failed).toEqual(['message 0', 'message 1']);

    expect(statuses()).toEqual(['created', 'created']);
    expect(clock.now).toEqual(NOW);
    expect(await deps.pause.get()).toEqual(UNTIL);
  });
});

describe('paymentQueue', () => {
  it('sends batches of ten', async () => {
    const sizes: number[] = [];
    const sqs = {
      send: async ({ input }: { input: { Entries: [] } }) => ({ Failed: [], x: sizes.push(input.Entries.length) }),
    };
    const { purchases } = await queuedChecks(23);

    await paymentQueue(sqs as never, 'url').send(purchases.map(({ paymentId }) => ({ paymentId, asOf: NOW })));

    expect(sizes).toEqual([10, 10, 3]);
  });

  it('throws when SQS rejects a message', async () => {
    const sqs = { send: async () => ({ Failed: [{ Code: 'InternalError' }] }) };
    const { purchases } = await queuedChecks(1);

    const send = paymentQueue(sqs as never, 'url').send(purchases.map(({ paymentId }) => ({ paymentId, asOf: NOW })));

    await expect(send).rejects.toThrow('SQS rejected 1 of 1 payments: InternalError');
  });
});
