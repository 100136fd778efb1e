import { describe, expect, it } from 'vitest';
import { callFunction, change } from '../support/stack/aws.ts';
import { purchaseWhoseOrderFails } from '../support/stack/failing-order.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { asOperator, seenByOperator } from '../support/stack/operator.ts';
import {
  beginPurchase,
  completedPayment,
  paidPurchase,
  paymentOf,
  payPal,
  sessionOf,
  shop,
  until,
} from '../support/stack/shop.ts';
import { purchaseOfUnprocessedEvent } from '../support/stack/unprocessed-events.ts';

type Json = ReturnType<typeof JSON.parse>;

/** All items of a list, across pages. */
async function all(path: string, name: string): Promise<Json[]> {
  const found: Json[] = [];
  let cursor: string | null = null;
  do {
    const { status, body } = await seenByOperator(
      `${path}${path.includes('?') ? '&' : '?'}limit=5${cursor ? `&cursor=${cursor}` : ''}`,
    );
    expect(status).toBe(200);
    found.push(...body[name]);
    cursor = body.next_cursor;
  } while (cursor);
  return found;
}

/** Without reads of the buyer's data. */
const actionsOn = async (target: string): Promise<Json[]> =>
  (await all(`/api/v1/admin/audit?target=${target}`, 'entries'))
    .filter(({ what }) => what !== 'read-buyer')
    .map(({ what, who, why }) => ({ what, who, why }));

describe('the admin API', () => {
  it('finds, inspects, dry-runs and replays a failed webhook, with an audit entry', async () => {
    const purchase = await purchaseOfUnprocessedEvent();
    const { eventId, captureId } = purchase;
    expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });

    const unfinished = await all(
      '/api/v1/admin/webhook-events?status=received&type=PAYMENT.CAPTURE.COMPLETED',
      'events',
    );
    expect(unfinished.map(({ event_id }) => event_id)).toContain(eventId);
    const { body: event } = await seenByOperator(`/api/v1/admin/webhook-events/${eventId}`);
    expect(event).toMatchObject({ status: 'received', payment_id: null, executions: [] });
    expect(JSON.parse(event.body).resource.id).toBe(captureId);

    const tried = await asOperator(`/api/v1/admin/webhook-events/${eventId}/replay`, {
      dry_run: true,
      reason: 'what if',
    });
    expect(tried).toMatchObject({
      status: 200,
      body: { changed: true, changes: [{ from: 'created', to: 'captured' }] },
    });
    expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });

    const replayed = await asOperator(`/api/v1/admin/webhook-events/${eventId}/replay`, { reason: 'PayPal was down' });
    expect(replayed).toMatchObject({ status: 200, body: { status: 'accepted', payment_id: purchase.paymentId } });
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });

    for (const name of [
      `payment_id=${purchase.paymentId}`,
      `order_id=${purchase.paymentId.replace('pay_', 'ord_')}`,
      `paypal_order_id=${purchase.paypalOrderId}`,
      `capture_id=${captureId}`,
    ]) {
      const found = await until(
        () => all(`/api/v1/admin/webhook-events?${name}`, 'events'),
        (events) => events.length > 0,
      );
      expect(found, name).toMatchObject([{ event_id: eventId, status: 'accepted', payment_id: purchase.paymentId }]);
    }
    const { body: processed } = await seenByOperator(`/api/v1/admin/webhook-events/${eventId}`);
    expect(processed.executions).toMatchObject([{ name: `${purchase.paymentId}-captured`, status: 'SUCCEEDED' }]);
    expect(await actionsOn(eventId)).toEqual([{ what: 'replay', who: 'operator', why: 'PayPal was down' }]);
  });

  it('counts webhooks first and then replays each once', async () => {
    const since = new Date().toISOString();
    await paidPurchase();
    await paidPurchase();
    const request = { filter: { status: 'accepted', from: since }, reason: 'to be sure' };

    const counted = await until(
      () => asOperator('/api/v1/admin/webhook-events/replay', { ...request, dry_run: true }),
      ({ body }) => body.matching === 4,
    );
    expect(counted).toMatchObject({ status: 200, body: { dry_run: true, matching: 4, more: false } });
    const replayed = await asOperator('/api/v1/admin/webhook-events/replay', { ...request, dry_run: false });

    // All events had been processed before.
    expect(replayed).toMatchObject({ status: 200, body: { replayed: 4, changed: 0, failed: [], next_cursor: null } });
  });

  it('lists and retries a failed settlement, with an audit entry', async () => {
    const purchase = await purchaseWhoseOrderFails(1000);
    const [failed] = await until(
      async () =>
        (await all('/api/v1/admin/settlements?status=failed', 'settlements')).filter(
          ({ payment_id }) => payment_id === purchase.paymentId,
        ),
      (listed) => listed.length > 0,
      60,
    );
    expect(failed).toMatchObject({ settlement: 'captured', status: 'FAILED' });

    await payPal('PUT', '/_sim/faults', { faults: [] });
    const retried = await asOperator(`/api/v1/admin/settlements/${purchase.paymentId}/retry`, {
      reason: 'PayPal is back',
    });

    expect(retried.status).toBe(200);
    expect(retried.body.settlements).toMatchObject([{ settlement: 'captured' }]);
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    await until(
      () => all('/api/v1/admin/settlements', 'settlements'),
      (listed) => listed.every(({ payment_id }) => payment_id !== purchase.paymentId),
    );
    expect(await actionsOn(purchase.paymentId)).toEqual([{ what: 'retry', who: 'operator', why: 'PayPal is back' }]);
  });

  it('releases stock held without payment, but not what is held for a payment', async () => {
    const paying = await beginPurchase();
    const { sku } = paying;
    const { body: session } = await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku, quantity: 5 }] });
    expect(await stockOf(sku)).toEqual({ available: 4, reserved: 6, sold: 0 });
    // What one session may have is no trouble.
    await change('products', { sku }, { max_per_order: 4 });
    // The index may be a second behind.
    await until(
      async () => {
        await callFunction('reconciliation', { job: 'reservations', due_before: new Date(0).toISOString() });
        return seenByOperator('/api/v1/admin/health');
      },
      ({ body }) => {
        const line = body.checks.find(({ name }: { name: string }) => name === 'stock held without payment');
        return line.held?.some((held: Json) => held.sku === sku && held.quantity === 5);
      },
    );

    const released = await until(
      () => asOperator('/api/v1/admin/stock/release-held', { sku, reason: 'reserved by a bot' }),
      ({ body }) => body.released?.sessions === 1,
    );

    expect(released).toMatchObject({ status: 200, body: { released: { sessions: 1, pieces: 5 }, remaining: false } });
    expect(await sessionOf({ sessionId: session.checkout_session_id })).toMatchObject({ status: 'expired' });
    expect(await sessionOf(paying)).toMatchObject({ status: 'payment_pending' });
    expect(await stockOf(sku)).toEqual({ available: 9, reserved: 1, sold: 0 });
    expect(await actionsOn(sku)).toContainEqual({
      what: 'release-held',
      who: 'operator',
      why: 'reserved by a bot',
    });
  });
});
