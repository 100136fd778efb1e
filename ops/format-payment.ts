import type { PaymentDetails } from '../src/admin-api/payment-details.ts';
import { INVARIANTS } from '../src/consistency/checks/violation.ts';
import { plainMoney } from '../src/shared/money.ts';

/** The lines for a terminal, without the buyer's personal data. */
export function formatPayment({ payment, session, reservation, order, ...details }: PaymentDetails): string[] {
  const captured = payment.captured ?? { currency: payment.amount.currency, minor: 0 };
  const refunded = { currency: captured.currency, minor: payment.refunded_minor };
  const money = [payment.amount, captured, refunded].map(plainMoney);
  const amounts = `${money[0]} requested, ${money[1]} captured, ${money[2]} refunded`;
  const items = reservation?.items.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ');
  return [
    `${payment.payment_id} is ${payment.status}: ${amounts}`,
    `session  ${session ? `${session.checkout_session_id} is ${session.status}` : 'none'}`,
    `stock    ${reservation ? `${reservation.status}: ${items}` : 'none reserved'}`,
    `order    ${order ? `${order.order_id} is ${order.status}` : 'none'}`,
    `PayPal   ${payPalSummary(details.paypal)}`,
    ...Object.entries(payment.disputes).map(([id, { status }]) => `dispute  ${id} is ${status}`),
    ...Object.keys(payment.open).map((name) => `open     settlement ${name} has not succeeded yet`),
    ...details.failed.map(
      ({ settlement, status, error, failed_steps }) =>
        `failed   ${[settlement, status, error, failed_steps.join(', ')].filter(Boolean).join(', ')}`,
    ),
    ...details.findings.map(({ invariant, what }) => `finding  ${INVARIANTS[invariant].number}: ${what}`),
    '',
    ...details.timeline.map(({ at, kind, what, by }) => `${at}  ${kind.padEnd(9)}  ${what}${by ? `  (${by})` : ''}`),
  ];
}

function payPalSummary(view: PaymentDetails['paypal']): string {
  if (!view) return 'unavailable';
  if (!view.order) return 'order not found';
  const { id, status, captures, refunds } = view.order;
  return [
    `${id} is ${status}`,
    ...captures.map((capture) => `capture ${capture.id} is ${capture.status}, ${plainMoney(capture.amount)}`),
    ...refunds.map((refund) => `refund ${refund.id} is ${refund.status}, ${plainMoney(refund.amount)}`),
  ].join('; ');
}
