import { createEvent, EVENT_TYPES } from '../state/events.ts';
import type { WebhookEvent } from '../state/state.ts';

/*
 * The events of PayPal's own webhooks simulator. Their ids, links and dates are constant (recorded), so a shop treats
 * the second one as a duplicate. Their links name the live API, even in the sandbox.
 */

const LIVE_API = 'https://api.paypal.com';
const CREATE_TIME = new Date('2019-02-14T21:50:07.940Z');
const AMOUNT = { currency_code: 'USD', value: '30.00' };
const ORDER_ID = '1AB234567A1234567';
const CAPTURE_ID = '12A34567BC123456S';
const REFUND_ID = '1Y107995YT783435V';

const order = { id: ORDER_ID, intent: 'CAPTURE', purchase_units: [{ reference_id: 'default', amount: AMOUNT }] };
const capture = {
  id: CAPTURE_ID,
  amount: AMOUNT,
  final_capture: true,
  supplementary_data: { related_ids: { order_id: ORDER_ID } },
  links: [{ href: `${LIVE_API}/v2/checkout/orders/${ORDER_ID}`, rel: 'up', method: 'GET' }],
};
const refund = {
  id: REFUND_ID,
  amount: AMOUNT,
  status: 'COMPLETED',
  seller_payable_breakdown: { gross_amount: AMOUNT, total_refunded_amount: AMOUNT },
  links: [{ href: `${LIVE_API}/v2/payments/captures/${CAPTURE_ID}`, rel: 'up', method: 'GET' }],
};
const dispute = { dispute_id: 'PP-D-27803', disputed_transactions: [{ seller_transaction_id: CAPTURE_ID }] };

/** Resource by prefix of the event type; the first match wins. */
const RESOURCES: readonly (readonly [prefix: string, resource: object])[] = [
  ['CHECKOUT.PAYMENT-APPROVAL.', { order_id: ORDER_ID, purchase_units: [{ reference_id: 'default' }] }],
  ['CHECKOUT.ORDER.APPROVED', { ...order, status: 'APPROVED' }],
  ['CHECKOUT.ORDER.', { ...order, status: 'COMPLETED' }],
  ['PAYMENT.CAPTURE.REFUNDED', refund],
  ['PAYMENT.CAPTURE.REVERSED', refund],
  ['PAYMENT.CAPTURE.COMPLETED', { ...capture, status: 'COMPLETED' }],
  ['PAYMENT.CAPTURE.PENDING', { ...capture, status: 'PENDING', status_details: { reason: 'UNILATERAL' } }],
  ['PAYMENT.CAPTURE.', { ...capture, status: 'DECLINED' }],
  ['PAYMENT.REFUND.FAILED', { ...refund, status: 'FAILED' }],
  ['PAYMENT.REFUND.', { ...refund, status: 'PENDING' }],
  ['PAYMENT.AUTHORIZATION.', { id: '24B76447NN600461P', status: 'CREATED', amount: AMOUNT }],
  ['CUSTOMER.DISPUTE.', { ...dispute, status: 'OPEN', dispute_amount: AMOUNT }],
];

/** The mock event of a type; undefined for unknown types. */
export function mockEvent(type: string): WebhookEvent | undefined {
  const index = EVENT_TYPES.findIndex(({ name }) => name === type);
  const resource = RESOURCES.find(([prefix]) => type.startsWith(prefix))?.[1];
  if (index < 0 || !resource) return undefined;
  const id = `WH-58D329510W468432D-8HN650336L2011${String(index).padStart(2, '0')}X`;
  const summary = EVENT_TYPES[index]?.description ?? type;
  return createEvent(LIVE_API, CREATE_TIME, { type, summary, resource, orderId: id, transactionIds: [] }, id);
}
