import { describe, expect, it } from 'vitest';
import type { PaymentCheck } from '../../../../src/reconciliation/check-payments.ts';
import { type PaymentsJobDeps, paymentsJob } from '../../../../src/reconciliation/jobs/payments.ts';
import { jobRunAt } from '../../../support/builders/job-runs.ts';
import { pauseInMemory } from '../../../support/in-memory/pause.ts';
import { paymentChecksOf } from '../../../support/in-memory/payment-checks.ts';
import { product, type ShopInMemory, shopInMemory } from '../../../support/in-memory/shop.ts';
import { eventsInMemory, openGate } from '../../../support/in-memory/tables.ts';

const BEGUN = new Date('2026-06-01T12:00:00.000Z');
const LATER = new Date('2026-06-01T12:10:00.000Z');
const LAST_EVENT = new Date('2026-06-01T11:00:00.000Z');

const runOf = (shop: ShopInMemory, deps: Partial<PaymentsJobDeps> = {}, at = LATER) =>
  paymentsJob({
    ...paymentChecksOf(shop, { now: () => LATER }),
    queue: { send: async () => undefined },
    ...deps,
  })(jobRunAt(at));

describe('paymentsJob', () => {
  it('reports repaired, open and reviewed payments and the webhook silence', async () => {
    const shop = shopInMemory({ products: [product(10)] });
    const [missed, wrongAmount] = [await shop.begin(), await shop.begin()];
    if (!missed || !wrongAmount) throw new Error('out of stock');
    shop.paypal.approve(wrongAmount.orderId, 'instant', { currency: 'EUR', minor: 1 });
    for (const { event } of shop.paypal.events) await shop.deliver(event);
    await shop.finish();
    shop.paypal.approve(missed.orderId);
    const events = eventsInMemory(openGate);
    const delivered = {
      id: 'WH-1',
      eventType: 'CHECKOUT.ORDER.APPROVED',
      transmissionId: 't',
      body: '{}',
      now: LAST_EVENT,
    };
    await events.repository.receive(delivered);
    await events.repository.finish(
      'WH-1',
      { status: 'accepted', payment_id: wrongAmount.paymentId, moved: true },
      BEGUN,
    );
    const run = () => runOf(shop, { events: events.repository });

    const first = await run();
    expect(shop.payments.rows.get(missed.paymentId)?.status).toBe('approved');
    expect(first).toMatchObject({
      repaired: 1,
      figures: {
        checked: 2,
        failed: 0,
        updated: 1,
        queued: 0,
        overdue_seconds: 480,
        open: 1,
        oldest_seconds: 600,
        under_review: 1,
      },
    });
    expect(first.measurements).toEqual([
      ['OpenPayments', 1],
      ['OldestOpenPaymentSeconds', 600],
      ['OverduePaymentSeconds', 480],
      ['UnderReview', 1],
      ['WebhookSilence', 4200],
    ]);

    const second = await run();
    expect(second.repaired).toBe(0);
    expect(second.measurements).toContainEqual(['WebhookSilence', 0]);
  });

  it('reconciles the other payments when some are unreadable', async () => {
    const shop = shopInMemory({ products: [product(10)] });
    const unreadable = new Set<string>();
    for (let i = 0; i < 5; i++) unreadable.add((await shop.begin())?.paymentId ?? '');
    const due = await shop.begin();
    if (!due) throw new Error('out of stock');
    shop.paypal.approve(due.orderId);
    const { repository } = shop.payments;
    const payments: PaymentsJobDeps['payments'] = {
      ...repository,
      get: async (id) => {
        if (unreadable.has(id)) throw new Error('invalid row');
        return repository.get(id);
      },
      open: async () => ({ count: 0, oldest: undefined }),
    };

    await runOf(shop, { payments });
    await runOf(shop, { payments });

    expect(shop.payments.rows.get(due.paymentId)?.status).toBe('approved');
  });

  describe('when more payments are due than a run reconciles itself', () => {
    /** 130 payments due at 12:02, oldest first. */
    async function busyShop() {
      const shop = shopInMemory({ products: [product(1000)] });
      const ids: string[] = [];
      for (let i = 0; i < 130; i++) ids.push((await shop.begin())?.paymentId ?? '');
      const sent: PaymentCheck[] = [];
      const checked: string[] = [];
      const send = async (checks: readonly PaymentCheck[]) => void sent.push(...checks);
      const getOrder: PaymentsJobDeps['getOrder'] = async (id) => {
        checked.push(id);
        return shop.paypal.client.getOrder(id);
      };
      return { shop, ids, sent, checked, deps: { queue: { send }, getOrder } };
    }

    it('sends the others to the workers', async () => {
      const { shop, ids, sent, checked, deps } = await busyShop();

      expect((await runOf(shop, deps)).figures).toMatchObject({ checked: 50, queued: 80 });

      expect(checked).toHaveLength(50);
      expect(sent).toEqual(ids.slice(50).map((paymentId) => ({ paymentId, asOf: LATER })));
    });

    it('does not send them again while they wait', async () => {
      const { shop, sent, deps } = await busyShop();
      await runOf(shop, deps);

      const { figures } = await runOf(shop, deps);

      expect(figures).toMatchObject({ checked: 0, queued: 0, overdue_seconds: 480 });
      expect(sent).toHaveLength(80);
    });

    it('sends them again when their claims have ended', async () => {
      const { shop, sent, deps } = await busyShop();
      await runOf(shop, deps);

      const later = new Date(LATER.getTime() + 600_000);
      await runOf(shop, { ...deps, now: () => later }, later);

      const again = sent.slice(80).map(({ paymentId }) => paymentId);
      expect(again.length).toBeGreaterThan(0);
      expect(sent.slice(0, 80).map(({ paymentId }) => paymentId)).toEqual(expect.arrayContaining(again));
    });

    it('reconciles the oldest itself when the queue cannot be reached', async () => {
      const { shop, deps } = await busyShop();
      const queue = { send: () => Promise.reject(new Error('no queue')) };

      expect((await runOf(shop, { ...deps, queue })).figures).toMatchObject({ checked: 50, queued: 0 });
    });

    it('claims none while PayPal limits the rate', async () => {
      const { shop, sent, checked, deps } = await busyShop();
      const pause = pauseInMemory(new Date('2100-01-02'));

      expect((await runOf(shop, { ...deps, pause })).figures).toMatchObject({ checked: 0, queued: 0, open: 130 });

      expect([sent, checked]).toEqual([[], []]);
      expect((await runOf(shop, deps)).figures).toMatchObject({ checked: 50, queued: 80 });
    });
  });
});
