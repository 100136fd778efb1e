import { describe, expect, it } from 'vitest';
import { changedRows } from '../../../src/consistency/changed-rows.ts';
import { checkChanges } from '../../../src/consistency/check-changes.ts';
import { checkQueue, purchasesIn } from '../../../src/consistency/check-queue.ts';
import type { SessionId } from '../../../src/shared/ids.ts';
import { checkOf } from '../../support/in-memory/consistency-check.ts';
import { product, shopInMemory } from '../../support/in-memory/shop.ts';

const ULID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('changedRows', () => {
  it('names each purchase once, whichever of its rows have changed', () => {
    const records = [
      { payment_id: { S: `pay_${ULID}` } },
      { checkout_session_id: { S: `cs_${ULID}` } },
      { order_id: { S: `ord_${ULID}` }, part: { S: 'order' } },
      { order_id: { S: `ord_${ULID}` }, part: { S: 'buyer' } },
    ].map((Keys) => ({ dynamodb: { Keys } }));

    expect(changedRows(records)).toEqual({ purchases: [`cs_${ULID}`], products: [], unknown: 0 });
  });

  it.each([{ payment_id: { S: 'pay_1' } }, { order_id: { N: '1' } }, undefined])(
    'counts a row with the key %j',
    (Keys) => {
      expect(changedRows([{ dynamodb: { ...(Keys && { Keys }) } } as never])).toEqual({
        purchases: [],
        products: [],
        unknown: 1,
      });
    },
  );
});

describe('checkQueue', () => {
  it('sends a thousand purchases in a message', async () => {
    const sent: { MessageBody: string; DelaySeconds: number }[] = [];
    const sqs = { send: async ({ input }: { input: never }) => void sent.push(input) };
    const ids = Array.from({ length: 1500 }, (_, i): SessionId => `cs_01ARZ3NDEKTSV4RR${String(i).padStart(10, '0')}`);

    await checkQueue(sqs as never, 'https://queue').send(ids, 300);

    const received = sent.map(({ MessageBody: body }) =>
      purchasesIn({ body, messageId: '1', attributes: { ApproximateReceiveCount: 1 } }),
    );
    expect(received.map(({ length }) => length)).toEqual([1000, 500]);
    expect(received.flat()).toEqual(ids);
    expect(sent.map(({ DelaySeconds }) => DelaySeconds)).toEqual([300, 300]);
  });

  it.each(['{}', '{"checkout_session_ids":["pay_1"]}', 'text'])('rejects the message %s', (body) => {
    expect(() => purchasesIn({ body, messageId: '1', attributes: { ApproximateReceiveCount: 1 } })).toThrow();
  });
});

describe('checkChanges', () => {
  /** A paid purchase with its order, and its check some seconds after the payment's last change. */
  async function paidPurchase() {
    const shop = shopInMemory({ products: [product(10)] });
    const purchase = await shop.begin();
    if (!purchase) throw new Error('out of stock');
    shop.paypal.approve(purchase.orderId);
    for (const { event } of [...shop.paypal.events]) await shop.deliver(event);
    await shop.finish();
    for (const { event } of [...shop.paypal.events]) await shop.deliver(event);
    await shop.finish();
    const { tables, findings } = checkOf(shop).deps;
    const postponed: [readonly SessionId[], number][] = [];
    const queue = {
      send: async (ids: readonly SessionId[], delay: number) => void (ids.length > 0 && postponed.push([ids, delay])),
    };
    const updatedAt = Date.parse(shop.payments.rows.get(purchase.paymentId)?.updated_at ?? '');
    const checkAfter = (seconds: number, ids = [purchase.sessionId]) =>
      checkChanges({ tables, findings, queue }, ids, {
        now: new Date(updatedAt + seconds * 1000),
        graceSeconds: 300,
      });
    return { shop, purchase, checkAfter, postponed, findings };
  }

  it('finds nothing in a consistent purchase, and checks it once', async () => {
    const { purchase, checkAfter, postponed } = await paidPurchase();

    expect(await checkAfter(300, [purchase.sessionId, purchase.sessionId])).toEqual({
      checked: 1,
      violations: [],
      postponed: 0,
    });
    expect(postponed).toEqual([]);
  });

  it('records what it finds once the grace period is over', async () => {
    const { shop, purchase, checkAfter, postponed, findings } = await paidPurchase();
    shop.orders.rows.clear();

    expect(await checkAfter(300)).toMatchObject({
      violations: expect.arrayContaining([
        expect.objectContaining({ invariant: 'order_or_refund', subject: purchase.paymentId }),
      ]),
      postponed: 0,
    });
    expect(postponed).toEqual([]);
    expect(await findings.get(`1:${purchase.paymentId}`)).toMatchObject({ what: expect.stringContaining('no order') });
  });

  it('checks a purchase in flight again, which would be in violation if it stayed as it is', async () => {
    const { shop, purchase, checkAfter, postponed, findings } = await paidPurchase();
    shop.orders.rows.clear();

    expect(await checkAfter(299)).toEqual({ checked: 1, violations: [], postponed: 1 });
    expect(postponed).toEqual([[[purchase.sessionId], 900]]);
    expect(await findings.get(`1:${purchase.paymentId}`)).toBeUndefined();
  });

  it('reads more purchases than one batch has, lost ones included', async () => {
    const { checkAfter } = await paidPurchase();
    const ids = Array.from({ length: 250 }, (_, i): SessionId => `cs_01ARZ3NDEKTSV4RR${String(i).padStart(10, '0')}`);

    expect(await checkAfter(300, ids)).toEqual({ checked: 250, violations: [], postponed: 0 });
  });
});
