import type { PaymentDetails } from '../src/admin-api/payment-details.ts';
import { INVARIANTS } from '../src/consistency/finding.ts';
import { plainMoney } from '../src/shared/money.ts';

/** A payment's story for a terminal, line by line: who bought is left out. */
export function formatPayment({ payment, session, reservation, order, ...story }: PaymentDetails): string[] {
  const { currency } = payment.captured ?? payment.amount;
  return [
    `${payment.payment_id} is ${payment.status}: ${plainMoney(payment.amount)} asked, ${plainMoney(payment.captured ?? { currency, minor: 0 })} captured, ${plainMoney({ currency, minor: payment.refunded_minor })} given back`,
    `session  ${session ? `${session.checkout_session_id} is ${session.status}` : 'none'}`,
    `stock    ${reservation ? `${reservation.status}: ${reservation.items.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}` : 'none set aside'}`,
    `order    ${order ? `${order.order_id} is ${order.status}` : 'none'}`,
    `PayPal   ${payPalInWords(story.paypal)}`,
    ...Object.entries(payment.disputes).map(([id, { status }]) => `dispute  ${id} is ${status}`),
    ...Object.keys(payment.open).map((name) => `open     ${name} is not known to be done`),
    ...story.failed.map(
      ({ settlement, status, error, failed_steps }) =>
        `failed   ${[settlement, status, error, failed_steps.join(', ')].filter(Boolean).join(', ')}`,
    ),
    ...story.findings.map(({ invariant, what }) => `finding  ${INVARIANTS[invariant].number}: ${what}`),
    '',
    ...story.timeline.map(({ at, kind, what, by }) => `${at}  ${kind.padEnd(9)}  ${what}${by ? `  (${by})` : ''}`),
  ];
}

function payPalInWords(view: PaymentDetails['paypal']): string {
  if (!view) return 'was not asked, or did not answer';
  if (!view.order) return 'knows no order of this payment';
  const { id, status, captures, refunds } = view.order;
  return [
    `${id} is ${status}`,
    ...captures.map((capture) => `capture ${capture.id} is ${capture.status}, ${plainMoney(capture.amount)}`),
    ...refunds.map((refund) => `refund ${refund.id} is ${refund.status}, ${plainMoney(refund.amount)}`),
  ].join('; ');
}
