import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { INVARIANT_NUMBERS } from '../../src/consistency/checks/violation.ts';
import type { Finding } from '../../src/consistency/finding.ts';
import { callFunction, change, dynamo, everythingIn, logsOf, stockedProduct } from '../support/stack/aws.ts';
import { findingOf, openFindings, repair, runConsistencyCheck } from '../support/stack/consistency.ts';
import { purchaseWhoseSettlementIsStopped } from '../support/stack/failing-order.ts';
import { stockOf, violationsInTables } from '../support/stack/invariants.ts';
import { firstFailuresOf, noFailuresOf } from '../support/stack/settlements.ts';
import {
  approvalOf,
  approve,
  beginPurchase,
  cancel,
  captureOf,
  completedPayment,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  purchaseUnderReview,
  sessionOf,
  shop,
  until,
} from '../support/stack/shop.ts';
import { storeUnprocessed } from '../support/stack/unprocessed-events.ts';

/*
 * Each invariant is violated by a direct write, which the shop itself never makes. A check finds it, an operator
 * repairs it, and the next check closes the finding.
 */

const { tables } = inject('stack');

const changeSession = ({ sessionId }: Purchase, set: Record<string, unknown>) =>
  change('checkout-sessions', { checkout_session_id: sessionId }, set);
const changePayment = ({ paymentId }: Purchase, set: Record<string, unknown>) =>
  change('payments', { payment_id: paymentId }, set);

/** Changes counters as a correction by the scan does, so that the check of the products' stream does not report it. */
const changeCounters = (sku: string, counters: Record<string, number>) =>
  change('products', { sku }, { ...counters, counted_at: new Date().toISOString() });

/** Runs checks until the finding is open: one run compares only a few payments with PayPal. */
const found = (invariant: number, subject: string): Promise<Finding> =>
  until(
    async () => {
      await runConsistencyCheck();
      return findingOf(invariant, subject) as Promise<Finding>;
    },
    (finding) => finding !== undefined && finding.closed_at === undefined,
    60,
  );

/** Runs checks until the finding is closed: a repair may still be running. */
const closed = (invariant: number, subject: string): Promise<Finding> =>
  until(
    async () => {
      await runConsistencyCheck();
      return findingOf(invariant, subject) as Promise<Finding>;
    },
    (finding) => finding.closed_at !== undefined,
    60,
  );

/** Finds it, previews the repair, repairs it, and waits for the finding to close. */
async function findAndRepair(invariant: number, subject: string): Promise<Finding> {
  const finding = await found(invariant, subject);
  const before = await violationsInTables();
  expect(await repair(finding.id, { dryRun: true })).toMatchObject({ status: 200, body: { outcome: 'would_repair' } });
  expect(await violationsInTables()).toEqual(before);
  expect(await repair(finding.id)).toMatchObject({ status: 200, body: { outcome: 'repaired' } });
  await closed(invariant, subject);
  // A repair may still run while the tables are read one after the other.
  await until(violationsInTables, (violations) => violations.length === 0);
  return finding;
}

describe('the consistency check finds, and an operator repairs:', () => {
  it('1, a captured payment without order', async () => {
    const purchase = await paidPurchase();
    const { order } = await paymentOf(purchase);
    await dynamo.send(
      new DeleteCommand({ TableName: tables.orders, Key: { order_id: order.order_id, part: 'order' } }),
    );

    const finding = await findAndRepair(1, purchase.paymentId);

    expect(finding.what).toBe('payment is captured, but no order exists');
    expect((await paymentOf(purchase)).order).toMatchObject({ order_id: order.order_id, status: 'confirmed' });
    await closed(6, purchase.paymentId);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('2, an order whose payment is not captured', async () => {
    const purchase = await paidPurchase();
    await changePayment(purchase, { status: 'approved' });

    const finding = await findAndRepair(2, purchase.paymentId);

    expect(finding.repair).toMatchObject({ kind: 'ask_paypal' });
    expect(await paymentOf(purchase)).toMatchObject({ status: 'captured' });
    // Its settlement succeeded long ago: the payments job records that.
    await callFunction('reconciliation', {
      job: 'payments',
      due_before: new Date(Date.now() + 60_000).toISOString(),
    });
    await completedPayment(purchase, 'captured');
  });

  it('3, a session that does not follow its captured payment', async () => {
    const purchase = await paidPurchase();
    await changeSession(purchase, { status: 'payment_pending', payment_status: 'created' });

    await findAndRepair(3, purchase.paymentId);

    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_completed', payment_status: 'captured' });
  });

  it('4, a product whose counters are wrong in two checks', async () => {
    const { sku } = await paidPurchase();
    await changeCounters(sku, { available: 10, sold: 0 });

    await runConsistencyCheck();
    const finding = await findAndRepair(4, sku);

    expect(finding.repair).toMatchObject({ counted: { available: 9, reserved: 0, sold: 1 } });
    expect(await stockOf(sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('5, stock held for a cancelled payment', async () => {
    const purchase = await beginPurchase();
    await cancel(purchase);
    await change('reservations', { checkout_session_id: purchase.sessionId }, { status: 'held' });
    await changeCounters(purchase.sku, { available: 9, reserved: 1 });

    await findAndRepair(5, purchase.paymentId);

    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('5, stock held past its expiry for an unpaid session', async () => {
    const sku = await stockedProduct(5);
    const { body } = await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku, quantity: 2 }] });
    const sessionId: string = body.checkout_session_id;

    await runConsistencyCheck(60);
    const { id, repair: way } = (await findingOf(5, sessionId)) as Finding;
    expect(way).toEqual({ kind: 'release_stock', checkout_session_id: sessionId });
    expect(await repair(id)).toMatchObject({ status: 200, body: { outcome: 'repaired' } });
    await runConsistencyCheck(60);

    expect(await findingOf(5, sessionId)).toHaveProperty('closed_at');
    expect(await sessionOf({ sessionId })).toMatchObject({ status: 'expired' });
    expect(await stockOf(sku)).toEqual({ available: 5, reserved: 0, sold: 0 });
    // Expired in an hour, but not yet.
    await runConsistencyCheck();
  });

  it('6, a failed session that has an order', async () => {
    const purchase = await paidPurchase();
    await changeSession(purchase, { status: 'payment_failed', payment_status: 'failed' });

    await findAndRepair(6, purchase.paymentId);

    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_completed', payment_status: 'captured' });
    await closed(3, purchase.paymentId);
  });

  it('7, a captured amount that differs and was never accepted', async () => {
    const purchase = await purchaseUnderReview('19.00');
    await changePayment(purchase, { status: 'captured' });

    const finding = await findAndRepair(7, purchase.paymentId);

    expect(finding.what).toContain('captured EUR 19.00, expected EUR 19.99');
    expect(await completedPayment(purchase, 'refunded')).toMatchObject({ order: null });
    expect((await captureOf(purchase)).status).toBe('REFUNDED');
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('8, a refund made at PayPal that the shop has not recorded', async () => {
    const purchase = await paidPurchase();
    const { id } = await captureOf(purchase);
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await payPal('POST', `/_sim/captures/${id}/refund`, { amount: { currency_code: 'EUR', value: '5.00' } });

    const finding = await findAndRepair(8, purchase.paymentId);

    expect(finding.what).toBe('PayPal reports EUR 5.00 refunded, the payment records EUR 0.00');
    await completedPayment(purchase, 'partially_refunded');
  });

  it('9, an event that was stored and never processed', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);
    const event = await approvalOf(purchase);
    await storeUnprocessed(event);

    await findAndRepair(9, event.id);

    await completedPayment(purchase, 'captured');
  });

  it('10, a failed settlement that is not on the list', async () => {
    const purchase = await purchaseWhoseSettlementIsStopped();
    await firstFailuresOf(purchase);
    const subject = `${purchase.paymentId}-captured`;
    await dynamo.send(
      new DeleteCommand({ TableName: tables.operations, Key: { kind: 'failed-settlement', id: subject } }),
    );
    await payPal('PUT', '/_sim/faults', { faults: [] });

    await findAndRepair(10, subject);

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    await noFailuresOf(purchase);
  });
});

describe('the consistency check', () => {
  it('changes no data and counts payments by status when a check runs', async () => {
    const purchase = await paidPurchase();
    const data = () =>
      Promise.all((['payments', 'orders', 'checkout-sessions', 'reservations', 'products'] as const).map(everythingIn));
    const before = await data();

    await runConsistencyCheck();

    expect(await data()).toEqual(before);
    const run = (await everythingIn('operations')).find(({ kind, id }) => kind === 'run' && id === 'consistency');
    const captured = (await everythingIn('payments')).filter(({ status }) => status === 'captured');
    expect(run?.figures).toMatchObject({ 'payments.captured': captured.length });
    expect(captured.map(({ payment_id }) => payment_id)).toContain(purchase.paymentId);
  });

  it('emits the number of findings per invariant, zero included', async () => {
    await runConsistencyCheck();

    const measured = await until(
      async () => (await logsOf('consistency')).filter((line) => 'Findings' in line && 'invariant' in line),
      (lines) => new Set(lines.map(({ invariant }) => invariant)).size >= INVARIANT_NUMBERS.length,
    );
    expect([...new Set(measured.map(({ invariant }) => invariant))].sort()).toEqual(
      INVARIANT_NUMBERS.map(String).sort(),
    );
    expect(measured.map(({ Findings }) => Findings)).toContain(0);
  });

  it('records each finding once when two checks run concurrently', async () => {
    const purchase = await paidPurchase();
    await changeSession(purchase, { payment_status: 'created', status: 'payment_pending' });

    await Promise.all([runConsistencyCheck(), runConsistencyCheck()]);

    expect((await openFindings()).filter((finding) => finding.includes(purchase.paymentId))).toHaveLength(1);
    await repair(`3:${purchase.paymentId}`);
    await closed(3, purchase.paymentId);
  });
});
