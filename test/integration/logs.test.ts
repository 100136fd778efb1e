import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { BUYER, BUYER_NAME } from '../../simulator/state/buyer.ts';
import { JOB_NAMES } from '../../src/reconciliation/job.ts';
import { callFunction, everythingLogged } from '../support/stack/aws.ts';
import { runConsistencyCheck } from '../support/stack/consistency.ts';
import { asOperator, signIn } from '../support/stack/operator.ts';
import { approve, beginPurchase, completedPayment, paidPurchase, payPal, shop, until } from '../support/stack/shop.ts';

const { simulator_url, operator } = inject('stack');

/** The functions that must have logged. */
const FOLDERS = [
  ...['storefront', 'paypal-webhook', 'inventory', 'checkout', 'fulfillment', 'settlements'],
  ...['reconciliation', 'consistency'],
];

/** Runs purchases, a refund, jobs, checks and failing requests. @returns all log lines of the functions */
async function logsOfManyOperations() {
  const since = new Date();
  await paidPurchase();

  const refunded = await beginPurchase();
  await approve(refunded.paypalOrderId);
  await shop('POST', `/api/v1/payments/${refunded.paymentId}/capture`);
  await completedPayment(refunded, 'captured');
  await asOperator(`/api/v1/admin/payments/${refunded.paymentId}/refund`, { reason: 'came back' });
  await completedPayment(refunded, 'refunded');

  await signIn({ ...operator, password: 'a wrong password' });
  for (const job of JOB_NAMES) await callFunction('reconciliation', { job });
  await runConsistencyCheck(0);

  const declined = await beginPurchase();
  await approve(declined.paypalOrderId, { funding: 'declined' });
  await shop('POST', `/api/v1/payments/${declined.paymentId}/capture`);

  const resource = { id: 'UNKNOWN', payer: { email_address: BUYER.email_address, name: BUYER.name } };
  for (const signature of ['good', 'bad'])
    await payPal('POST', '/_sim/events', { event_type: 'CHECKOUT.ORDER.APPROVED', resource, signature });
  await payPal('PUT', '/_sim/faults', {
    faults: [{ method: 'POST', path: '/v2/checkout/orders', status: 503, times: 2 }],
  });
  await beginPurchase().catch(() => {});

  return until(
    () => everythingLogged(since),
    (lines) =>
      ['PAYPAL_UNAVAILABLE', 'DELIVERY_REFUSED'].every((code) => lines.some(({ line }) => line.includes(code))) &&
      FOLDERS.every((name) => lines.some(({ folder }) => folder === name)),
  );
}

/** The shop's access token: the simulator issues the same one until it expires. */
async function payPalToken(): Promise<string> {
  const response = await fetch(`${simulator_url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('sandbox-client:sandbox-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

describe('the logs', () => {
  it('contain no personal data, secret or token', async () => {
    const logged = await logsOfManyOperations();
    const { access_token, refresh_token } = (await signIn(operator)).body;

    const { given_name, surname } = BUYER.name;
    const { address_line_1, admin_area_2, postal_code } = BUYER.address;
    const forbidden = [
      ...[BUYER.email_address, BUYER.payer_id, BUYER_NAME, given_name, surname, address_line_1, admin_area_2],
      ...[`"${postal_code}"`, 'sandbox-secret', btoa('sandbox-client:sandbox-secret'), await payPalToken()],
      ...[operator.password, 'a wrong password', access_token, refresh_token],
    ];
    expect(logged.filter(({ line }) => forbidden.some((text) => line.includes(text)))).toEqual([]);
    expect([...new Set(logged.map(({ folder }) => folder))]).toEqual(expect.arrayContaining(FOLDERS));
  });

  /** Lines by Lambda about an invocation, by Node and by the SDK about MiniStack. */
  const NOT_THE_SHOPS = /^(START|END|REPORT|INIT_START) |^\(node:\d+\) \[DEP|^\(Use `node|^QueueUrl=|^Set \[endpoint=/;

  it('consist of JSON lines: metrics, and messages whose code docs/logs.md explains', async () => {
    const codes =
      readFileSync('docs/logs.md', 'utf8')
        .match(/^\| `[A-Z_]+`/gm)
        ?.map((cell) => cell.slice(3, -1)) ?? [];

    const lines = (await logsOfManyOperations()).filter(({ line }) => !NOT_THE_SHOPS.test(line));

    expect(lines.filter(({ line }) => !line.startsWith('{'))).toEqual([]);
    const parsed = lines.map(({ line }) => JSON.parse(line));
    expect(parsed.filter((line) => !('_aws' in line) && !codes.includes(line.message))).toEqual([]);
    expect(parsed.filter(({ level }) => level === 'DEBUG')).toEqual([]);
  });
});
