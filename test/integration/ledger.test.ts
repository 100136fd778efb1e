import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, describe, expect, inject, it } from 'vitest';
import { dynamo } from '../support/stack/aws.ts';
import { findingOf, runConsistencyCheck } from '../support/stack/consistency.ts';
import { forgetLedger, readLedger, today, transactionsAtPayPal } from '../support/stack/ledger.ts';
import { asOperator, seenByOperator } from '../support/stack/operator.ts';
import { captureOf, completedPayment, paidPurchase, payPal } from '../support/stack/shop.ts';

const { tables } = inject('stack');

const REPORTING = { delay_ms: 0, denied: false, max_results: 10_000 };
afterEach(() => payPal('PUT', '/_sim/reporting', REPORTING));
afterAll(async () => {
  await forgetLedger();
  // Closes what other tests have left.
  await runConsistencyCheck();
});

const statementOf = async (currency: string) => {
  const { body } = await seenByOperator(`/api/v1/admin/statements?from=${today()}&to=${today()}`);
  return body.statements.find((one: { currency: string }) => one.currency === currency);
};

/** In cents, so that the sum is exact. */
const cents = (value = '0') => Math.round(Number(value) * 100);

async function expectedStatement(currency: string) {
  const ours = (await transactionsAtPayPal()).filter(
    ({ transaction_amount, transaction_status, custom_field }) =>
      transaction_amount.currency_code === currency &&
      custom_field?.startsWith('pay_') &&
      ['S', 'V'].includes(transaction_status),
  );
  const sum = (code: string) =>
    ours
      .filter(({ transaction_event_code }) => transaction_event_code === code)
      .reduce((total, { transaction_amount }) => total + cents(transaction_amount.value), 0);
  const fees = ours.reduce((total, { fee_amount }) => total + cents(fee_amount?.value), 0);
  // The last one is what PayPal gave back.
  const [gross, refunds, reversals] = [sum('T0006'), sum('T1107'), sum('T1106') + sum('T1202')];
  return { gross, refunds: 0 - refunds, reversals: 0 - reversals, fees: 0 - fees, count: ours.length };
}

describe('the ledger', () => {
  it('has statements that equal PayPal’s ledger to the cent, and no finding when both agree', async () => {
    const paid = await paidPurchase();
    const partly = await paidPurchase();
    const all = await paidPurchase();
    const reversed = await paidPurchase();
    const reason = 'scratched';
    const amount = { currency_code: 'EUR', value: '5.00' };
    await asOperator(`/api/v1/admin/payments/${partly.paymentId}/refund`, { amount, reason });
    await asOperator(`/api/v1/admin/payments/${all.paymentId}/refund`, { reason });
    await payPal('POST', `/_sim/captures/${(await captureOf(reversed)).id}/reverse`);
    await completedPayment(partly, 'partially_refunded');
    await completedPayment(all, 'refunded');
    await completedPayment(reversed, 'reversed');

    await readLedger();

    const { gross, refunds, reversals, fees, net, count, complete } = await statementOf('EUR');
    const expected = await expectedStatement('EUR');
    expect({
      gross: cents(gross.value),
      refunds: cents(refunds.value),
      reversals: cents(reversals.value),
      fees: cents(fees.value),
      count,
    }).toEqual(expected);
    expect(expected.count).toBeGreaterThanOrEqual(7);
    expect(cents(net.value)).toBe(expected.gross - expected.refunds - expected.reversals - expected.fees);
    expect(complete).toBe(false);
    for (const { paymentId } of [paid, partly, all, reversed]) expect(await findingOf(11, paymentId)).toBeUndefined();

    const csv = await seenByOperator(`/api/v1/admin/statements.csv?from=${today()}`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.body).toContain(`${today()},EUR,${gross.value},${refunds.value},`);
  });

  it('reads a list that is too large for one query, and changes nothing when it reads twice', async () => {
    await paidPurchase();
    await paidPurchase();
    const { length } = await transactionsAtPayPal();
    await readLedger();
    const before = await statementOf('EUR');

    await payPal('PUT', '/_sim/reporting', { max_results: Math.ceil(length * 0.75) });
    await readLedger();

    expect(await statementOf('EUR')).toEqual(before);
  });

  it('finds a payment that was lost here, and closes the finding when it is back', async () => {
    const { paymentId } = await paidPurchase();
    const key = { TableName: tables.payments, Key: { payment_id: paymentId } };
    const { Item } = await dynamo.send(new GetCommand({ ...key, ConsistentRead: true }));
    await dynamo.send(new DeleteCommand(key));

    await readLedger();
    expect(await findingOf(11, paymentId)).toMatchObject({
      what: expect.stringMatching(/^PayPal has EUR 19\.99 of capture \w+, but there is no such payment$/),
      repair: null,
    });

    await dynamo.send(new PutCommand({ TableName: tables.payments, Item }));
    await runConsistencyCheck();
    expect(await findingOf(11, paymentId)).toHaveProperty('closed_at');
  });

  it('reports a missing permission as a line of the health check, not as a failure', async () => {
    await payPal('PUT', '/_sim/reporting', { denied: true });

    await readLedger();

    const { status, body } = await seenByOperator('/api/v1/admin/health');
    expect(status).toBe(200);
    expect(body.checks).toContainEqual(
      expect.objectContaining({
        name: 'ledger',
        status: 'attention',
        detail: 'not permitted at PayPal, see deploying.md#transaction-search',
      }),
    );
  });
});
