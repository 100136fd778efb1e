import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { payPalTransactions } from '../../../src/paypal/transactions.ts';
import { transport } from '../../../src/paypal/transport.ts';
import type { StormStack } from './storm.ts';

const DAY_MS = 24 * 3_600_000;
/** Success, and success that was reversed later. */
const COUNTED: ReadonlySet<string> = new Set(['S', 'V']);

/** The money of each payment that the shop stores and PayPal’s Transaction Search shows differently, in minor units. */
export async function moneyDifferences(stack: StormStack, payments: ReadonlySet<string>): Promise<string[]> {
  const atPayPal = await ledgerOf(stack.simulator_url);
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(stack.clientOptions));
  const TableName = stack.tables.payments;
  const differences: string[] = [];
  for await (const { Items = [] } of paginateScan({ client: db }, { TableName, ConsistentRead: true }))
    for (const payment of Items) {
      if (!payments.has(payment.payment_id)) continue;
      const extra = Object.values<{ amount: { minor: number }; refunded_minor: number }>(payment.extra_captures ?? {});
      const stored = [
        (payment.captured?.minor ?? 0) - payment.refunded_minor,
        ...extra.map(({ amount, refunded_minor }) => amount.minor - refunded_minor),
      ].reduce((sum, minor) => sum + minor, 0);
      const shown = atPayPal.get(payment.payment_id) ?? 0;
      if (stored !== shown) differences.push(`${payment.payment_id}: ${stored} stored, ${shown} at PayPal`);
    }
  return differences;
}

/** The sum of PayPal's transactions by payment, fees excluded. */
async function ledgerOf(baseUrl: string): Promise<Map<string, number>> {
  const credentials = async () => ({ clientId: 'sandbox-client', clientSecret: 'sandbox-secret' });
  const { listTransactions } = payPalTransactions(transport({ baseUrl, credentials }));
  const sums = new Map<string, number>();
  const from = new Date(Date.now() - DAY_MS);
  const to = new Date(Date.now() + 60_000);
  for (let page = 1, pages = 1; page <= pages; page++) {
    const result = await listTransactions({ from, to, page });
    if (result.outcome !== 'page') throw new Error(`Transaction Search: ${result.outcome}`);
    for (const { status, custom_field, amount } of result.transactions)
      if (custom_field && COUNTED.has(status)) sums.set(custom_field, (sums.get(custom_field) ?? 0) + amount.minor);
    pages = result.pages;
  }
  return sums;
}
