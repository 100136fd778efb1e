import { setTimeout as sleep } from 'node:timers/promises';
import { callJson } from './call-json.ts';

type Act = (captureId: string) => Promise<unknown>;

/** What happens at PayPal after a capture, each to a few of a hundred captures. */
export interface MoneyEvents {
  readonly 'partial refunds': number;
  readonly 'full refunds': number;
  readonly 'refunds that stay pending for a while': number;
  readonly 'refunds that fail': number;
  readonly 'partial reversals': number;
  readonly 'full reversals': number;
  readonly 'cancelled reversals': number;
  readonly 'second captures': number;
  readonly 'lost disputes': number;
}

/** Long enough for the event before to be sent. */
const PAUSE_MS = 20;

/** Refunds, reversals, disputes and second captures by PayPal's own means, to the captures of these payments. */
export async function causeMoneyEvents(
  payPal: string,
  payments: ReadonlySet<string>,
  currency: string,
): Promise<MoneyEvents> {
  const post = (path: string, body: object = {}) => callJson(payPal, 'POST', `/_sim/${path}`, body);
  const money = (value: string) => ({ amount: { currency_code: currency, value } });
  const { captures, orders } = await callJson(payPal, 'GET', '/_sim/state');
  const withPendingRefund = async (captureId: string, end: 'complete' | 'fail') => {
    const { id } = await post(`captures/${captureId}/refund`, { ...money('3.00'), status: 'PENDING' });
    await sleep(PAUSE_MS);
    await post(`refunds/${id}/${end}`);
  };
  const acts: Readonly<Record<keyof MoneyEvents, readonly [every: number, remainder: number, Act]>> = {
    'partial refunds': [10, 3, (id) => post(`captures/${id}/refund`, money('5.00'))],
    'full refunds': [25, 4, (id) => post(`captures/${id}/refund`)],
    'refunds that stay pending for a while': [25, 9, (id) => withPendingRefund(id, 'complete')],
    'refunds that fail': [50, 39, (id) => withPendingRefund(id, 'fail')],
    'partial reversals': [25, 14, (id) => post(`captures/${id}/reverse`, money('5.00'))],
    'full reversals': [50, 19, (id) => post(`captures/${id}/reverse`)],
    'cancelled reversals': [
      50,
      24,
      async (id) => {
        await post(`captures/${id}/reverse`);
        await sleep(PAUSE_MS);
        await post(`captures/${id}/cancel-reversal`);
      },
    ],
    'second captures': [50, 30, (id) => post(`orders/${captures[id].order_id}/capture-again`)],
    'lost disputes': [
      50,
      46,
      async (id) => {
        const dispute = await post('disputes', { capture_ids: [id] });
        await post(`captures/${id}/reverse`);
        await post(`disputes/${dispute.dispute_id}/resolve`, { outcome_code: 'RESOLVED_BUYER_FAVOUR' });
      },
    ],
  };
  const counts = Object.fromEntries(Object.keys(acts).map((name) => [name, 0])) as Record<keyof MoneyEvents, number>;
  const ours = Object.keys(captures).filter((id) => {
    const order = orders[captures[id].order_id];
    return payments.has(order?.purchase_units?.[0]?.custom_id ?? captures[id].custom_id);
  });
  for (const [i, id] of ours.entries()) {
    const name = (Object.keys(acts) as (keyof MoneyEvents)[]).find((one) => i % acts[one][0] === acts[one][1]);
    if (!name) continue;
    counts[name] += 1;
    await acts[name][2](id);
  }
  return counts;
}
