import type { Finding, OperatorOrder, OperatorPayment } from '../../api/schema.ts';
import { formatMoney } from '../../page/format-money.ts';
import { pendingRefunds } from '../partial-refund.ts';
import { DataTable } from './data-table.tsx';
import { Id } from './id.tsx';
import { Money } from './money.tsx';
import { PageLink } from './page-link.tsx';
import { Section } from './section.tsx';

type Refunds = OperatorPayment['refunds'];

const REFUND_STATUS: Readonly<Record<Refunds[number]['status'], string>> = {
  PENDING: 'Pending at PayPal',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
};

/** What to do while a refund is pending, as long as one is. */
export function PendingRefundNotice({ refunds, order }: { refunds: Refunds; order: OperatorOrder | null }) {
  const pending = pendingRefunds(refunds);
  if (pending.length === 0) return null;
  const amounts = pending.flatMap(({ amount }) => (amount ? [formatMoney(amount)] : []));
  return (
    <Section title="Refund pending at PayPal" urgent>
      <p>
        {order?.status === 'shipped' ? 'The order has already been shipped: ' : <strong>Do not ship: </strong>}
        PayPal has accepted a refund{amounts.length > 0 && ` of ${amounts.join(' and ')}`} and has not completed it. The
        shop checks it until PayPal completes it, fails it or cancels it.
      </p>
    </Section>
  );
}

export const RefundRows = ({ refunds }: { refunds: Refunds }) => (
  <DataTable
    caption="Refunds"
    rows={refunds}
    keyOf={({ refund_id }) => refund_id}
    columns={[
      ['Refund', ({ refund_id }) => <Id value={refund_id} plain />],
      ['Status', ({ status }) => REFUND_STATUS[status]],
      ['Amount', ({ amount }) => <Money value={amount} />],
    ]}
  />
);

/** Further captures of the payment's PayPal order; each that is not refunded is or becomes a finding. */
export const ExtraCaptures = ({
  captures,
  findings,
}: {
  captures: OperatorPayment['extra_captures'];
  findings: readonly Finding[];
}) => (
  <Section title="Further captures of the PayPal order" urgent={captures.some((capture) => !isRefunded(capture))}>
    <p>PayPal captured this order more than once. Only the payment’s own capture belongs to an order.</p>
    <DataTable
      caption="Further captures"
      rows={captures}
      keyOf={({ capture_id }) => capture_id}
      columns={[
        ['Capture', ({ capture_id }) => <Id value={capture_id} plain />],
        ['Captured', ({ amount }) => <Money value={amount} />],
        ['Refunded', ({ refunded }) => <Money value={refunded} />],
        [
          'Action',
          (capture) => {
            if (isRefunded(capture)) return 'None: refunded in full';
            return findings.some(({ repair }) => repair?.capture_id === capture.capture_id) ? (
              'Refund it under “Findings” above'
            ) : (
              <>
                <PageLink to="/consistency">Run the consistency check</PageLink>: it lists the capture with its refund
              </>
            );
          },
        ],
      ]}
    />
  </Section>
);

const isRefunded = ({ amount, refunded }: OperatorPayment['extra_captures'][number]) => amount.value === refunded.value;
