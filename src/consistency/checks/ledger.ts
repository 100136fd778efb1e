import { CLOCK_SKEW_MS } from '../../ledger/days.ts';
import type { LedgerLine } from '../../ledger/ledger-line.ts';
import type { LedgerSpan } from '../../ledger/ledger-repository.ts';
import type { Payment } from '../../payments/payment.ts';
import { isPaid } from '../../payments/transitions.ts';
import type { PaymentId } from '../../shared/ids.ts';
import { plainMoney } from '../../shared/money.ts';
import type { Violation } from './violation.ts';

type ComparedPayment = Pick<
  Payment,
  'status' | 'captured' | 'capture_id' | 'refunded_minor' | 'history' | 'extra_captures'
>;

/**
 * `ledger_matches_paypal`: compares a payment with the lines of PayPal's ledger that name it.
 * Money that only the payment records is a violation once the days are read in which PayPal must list it.
 */
export function ledgerViolation(
  id: PaymentId,
  payment: ComparedPayment | undefined,
  lines: readonly LedgerLine[],
  span: LedgerSpan,
): Violation | undefined {
  const own = payment && isPaid(payment.status) ? payment.capture_id : undefined;
  const captures = Map.groupBy(lines, ({ capture_id }) => capture_id ?? own);
  const unknown = [...captures].flatMap(([captureId, ofCapture]) =>
    captureId === own && own !== undefined ? [] : unrecorded(captureId, ofCapture, payment),
  );
  const differences = [
    ...unknown,
    ...(payment && own !== undefined ? compareOwn(payment, captures.get(own) ?? [], span) : []),
  ];
  if (differences.length === 0) return undefined;
  return {
    invariant: 'ledger_matches_paypal',
    subject: id,
    what: differences.map(({ what }) => what).join('; '),
    repair: differences.some(({ askPayPal }) => askPayPal) ? { kind: 'ask_paypal', payment_id: id } : null,
  };
}

interface Difference {
  readonly what: string;
  /** Whether PayPal's view of the order may change the payment. */
  readonly askPayPal: boolean;
}

/** Money of a capture that the payment does not have. None is left when all of it went back. */
function unrecorded(
  captureId: string | undefined,
  lines: readonly LedgerLine[],
  payment: ComparedPayment | undefined,
): Difference[] {
  // A further capture that the payment records is a violation of `order_or_refund` until it is refunded.
  const extra = captureId !== undefined && payment?.extra_captures?.[captureId];
  if (extra && sumOf(lines, extra.amount.currency, 'payment') === extra.amount.minor) return [];
  const here = payment ? `the payment is ${payment.status} and does not record it` : 'there is no such payment';
  return currenciesOf(lines).flatMap((currency) => {
    const minor = sumOf(lines, currency, 'payment') + sumOf(lines, currency, 'refund', 'reversal');
    if (minor === 0) return [];
    const what = `PayPal has ${plainMoney({ currency, minor })} of capture ${captureId ?? 'unknown'}, but ${here}`;
    return [{ what, askPayPal: payment !== undefined }];
  });
}

function compareOwn(payment: ComparedPayment, lines: readonly LedgerLine[], span: LedgerSpan): Difference[] {
  const { captured, capture_id, refunded_minor, history } = payment;
  if (!captured) return []; // a violation of `captured_amount`
  const { currency } = captured;
  const format = (minor: number) => plainMoney({ currency, minor });
  const paid = history.filter(({ status }) => isPaid(status));
  const isRead = (at: string | undefined) =>
    at !== undefined && Date.parse(at) + CLOCK_SKEW_MS < Date.parse(span.until) && at >= span.since;

  const others = currenciesOf(lines).filter((other) => other !== currency);
  if (others.length > 0)
    return [
      {
        what: `PayPal has capture ${capture_id} in ${others.join(', ')}, the payment in ${currency}`,
        askPayPal: false,
      },
    ];

  const differences: Difference[] = [];
  const received = sumOf(lines, currency, 'payment');
  const isListed = lines.some(({ type }) => type === 'payment');
  if (!isListed && isRead(paid[0]?.at))
    differences.push({
      what: `PayPal does not list capture ${capture_id}, the payment records ${format(captured.minor)}`,
      askPayPal: true,
    });
  if (isListed && received !== captured.minor)
    differences.push({
      what: `PayPal received ${format(received)}, the payment records ${format(captured.minor)}`,
      askPayPal: false,
    });
  const returned = 0 - sumOf(lines, currency, 'refund', 'reversal');
  const isMissing = returned < refunded_minor && isRead(paid[0]?.at) && isRead(paid.at(-1)?.at);
  if (returned > refunded_minor || isMissing)
    differences.push({
      what: `PayPal returned ${format(returned)}, the payment records ${format(refunded_minor)}`,
      // A recorded refund is never reduced.
      askPayPal: returned > refunded_minor,
    });
  return differences;
}

/** Of the lines that move the money of a capture. */
const currenciesOf = (lines: readonly LedgerLine[]): string[] => [
  ...new Set(lines.filter(({ type }) => type !== 'fee').map(({ amount }) => amount.currency)),
];

const sumOf = (lines: readonly LedgerLine[], currency: string, ...types: readonly LedgerLine['type'][]): number =>
  lines
    .filter(({ type, amount }) => types.includes(type) && amount.currency === currency)
    .reduce((sum, { amount }) => sum + amount.minor, 0);
