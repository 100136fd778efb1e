import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Buyer, Line, OperatorOrder, PaymentStory } from '../../api/schema.ts';
import * as api from '../api.ts';
import { Columns } from '../components/columns.tsx';
import { DataTable } from '../components/data-table.tsx';
import { DescriptionList } from '../components/description-list.tsx';
import { EventRows } from '../components/event-rows.tsx';
import { ExecutionRows } from '../components/execution-rows.tsx';
import { FindingRows } from '../components/finding-rows.tsx';
import { Id } from '../components/id.tsx';
import { Money } from '../components/money.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { PaymentActions } from '../components/payment-actions.tsx';
import { ExtraCaptures, PendingRefundNotice, RefundRows } from '../components/payment-refunds.tsx';
import { PayPalRecord } from '../components/paypal-record.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { RetryDialog } from '../components/retry-dialog.tsx';
import { Section } from '../components/section.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { Timeline } from '../components/timeline.tsx';
import { formatCode } from '../format.ts';
import { formatFailure } from '../format-failure.ts';
import { pendingRefunds } from '../partial-refund.ts';
import { shippingObstacle } from '../shipping-obstacle.ts';

export function PaymentPage({ id }: { id: string }) {
  const details = useQuery(api.payment(id));
  return (
    <Page
      title="Payment"
      description={<Id value={id} plain />}
      actions={details.data && <PaymentActions details={details.data} />}
    >
      <QueryResult query={details}>
        {({
          payment,
          session,
          reservation,
          order,
          buyer,
          events,
          executions,
          failed_settlements,
          findings,
          timeline,
        }) => (
          <>
            <PendingRefundNotice refunds={payment.refunds} order={order} />
            {findings.length > 0 && (
              <Section title="Findings" urgent>
                <FindingRows findings={findings} />
              </Section>
            )}
            {payment.extra_captures.length > 0 && (
              <ExtraCaptures captures={payment.extra_captures} findings={findings} />
            )}
            {failed_settlements.map((failed) => (
              <Section
                key={failed.settlement}
                title={`Settlement “${failed.settlement}” failed`}
                urgent
                aside={<RetryDialog paymentId={payment.payment_id} settlement={failed.settlement} />}
              >
                <DescriptionList
                  items={{
                    'Failed steps': formatFailure(failed).steps,
                    Cause: formatFailure(failed).cause,
                    'Last failure': <Time at={failed.last_failed_at} />,
                  }}
                />
              </Section>
            ))}
            <Columns>
              <Section title="Money">
                <DescriptionList
                  items={{
                    Status: (
                      <>
                        <StatusBadge status={payment.status} />{' '}
                        {payment.settled ? 'fully processed' : 'not fully processed yet'}
                      </>
                    ),
                    Requested: <Money value={payment.amount} />,
                    Captured: <Money value={payment.captured} />,
                    Refunded: <Money value={payment.refunded} />,
                    ...(payment.open_settlements.length > 0 && {
                      'Open settlements': payment.open_settlements.join(', '),
                    }),
                    'PayPal order': payment.paypal_order_id ? <Id value={payment.paypal_order_id} plain /> : 'None yet',
                    'PayPal capture': payment.capture_id ? <Id value={payment.capture_id} plain /> : 'None',
                    Updated: <Time at={payment.updated_at} />,
                  }}
                />
                {payment.refunds.length > 0 && <RefundRows refunds={payment.refunds} />}
                {payment.disputes.map(({ dispute_id, status, updated_at }) => (
                  <Text key={dispute_id} size="sm">
                    Dispute <Id value={dispute_id} plain />: {formatCode(status)}, <Time at={updated_at} />
                  </Text>
                ))}
              </Section>
              <Section title="Order">
                {order ? (
                  <OrderFacts order={order} obstacle={shippingObstacle(payment)} />
                ) : (
                  <p>{withoutOrder(payment)}</p>
                )}
              </Section>
              <Section title="Buyer">{buyer ? <BuyerFacts buyer={buyer} /> : <p>Unknown or erased.</p>}</Section>
              <Section title="Reservation and session">
                <DescriptionList
                  items={{
                    Reservation: reservation ? (
                      <>
                        <StatusBadge status={reservation.status} />{' '}
                        {reservation.items.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}
                      </>
                    ) : (
                      'None'
                    ),
                    Session: session ? (
                      <>
                        <StatusBadge status={session.status} /> <Id value={session.checkout_session_id} plain />
                      </>
                    ) : (
                      'None'
                    ),
                    ...(session && { Expires: <Time at={session.expires_at} /> }),
                  }}
                />
                {session && !order && <LineItems items={session.items} />}
              </Section>
            </Columns>
            <Section title="Timeline">
              <Timeline entries={timeline} />
            </Section>
            <Section
              title="Webhook events"
              aside={<PageLink to={`/events?payment_id=${payment.payment_id}`}>View all</PageLink>}
            >
              {events.length > 0 ? <EventRows events={events} /> : <p>No events from PayPal yet.</p>}
            </Section>
            <Section title="Settlements">
              {executions.length > 0 ? <ExecutionRows executions={executions} /> : <p>No settlements yet.</p>}
            </Section>
            <PayPalRecord paymentId={payment.payment_id} />
            <PageLink to={`/audit?target=${payment.payment_id}`}>Audit log of this payment</PageLink>
          </>
        )}
      </QueryResult>
    </Page>
  );
}

const OrderFacts = ({ order, obstacle }: { order: OperatorOrder; obstacle: string | undefined }) => (
  <>
    <DescriptionList
      items={{
        Status: <StatusBadge status={order.status} />,
        ...(order.status === 'confirmed' && obstacle && { Shipping: `Not possible: ${obstacle}` }),
        Order: <Id value={order.order_id} plain />,
        Created: <Time at={order.created_at} />,
        ...(order.shipped_at && { Shipped: <Time at={order.shipped_at} /> }),
        ...(order.disputes.length > 0 && {
          Disputed: order.disputes.map(({ status }) => formatCode(status)).join(', '),
        }),
        Amount: <Money value={order.amount} />,
      }}
    />
    <LineItems items={order.items} />
  </>
);

const LineItems = ({ items }: { items: readonly Line[] }) => (
  <DataTable
    caption="Items"
    narrow
    rows={items}
    keyOf={({ sku }) => sku}
    columns={[
      [
        'Product',
        ({ name, sku }) => (
          <>
            {name} <Note inline>{sku}</Note>
          </>
        ),
      ],
      ['Quantity', ({ quantity }) => quantity],
      ['Unit price', ({ unit_price }) => <Money value={unit_price} />],
    ]}
  />
);

/** Why there is no order, and what to do. */
function withoutOrder(payment: PaymentStory['payment']): string {
  if (pendingRefunds(payment.refunds).length > 0) return 'None: the refund of the payment is pending at PayPal.';
  const { status, settled } = payment;
  switch (status) {
    case 'created':
    case 'approved':
      return 'None yet: the payment has not been captured.';
    case 'capture_pending':
      return 'None yet: the capture is pending at PayPal.';
    case 'captured':
      return settled
        ? 'Missing, although the payment is fully processed. Run the consistency check and repair its findings.'
        : 'None yet: it is being created. If it doesn’t appear within a minute, check the failed settlements.';
    case 'review':
      return 'None yet: the captured amount isn’t the requested amount. Accept or refund it.';
    default:
      return 'None: the purchase was not completed.';
  }
}

function BuyerFacts({ buyer: { name, email, ship_to } }: { buyer: Buyer }) {
  const addressLines = ship_to && [
    ship_to.name,
    ship_to.address_line_1,
    ship_to.address_line_2,
    [ship_to.postal_code, ship_to.admin_area_2].filter(Boolean).join(' '),
    [ship_to.admin_area_1, ship_to.country_code].filter(Boolean).join(', '),
  ];
  return (
    <DescriptionList
      items={{
        Name: name ?? '–',
        Email: email ?? '–',
        'Ship to': addressLines ? <address>{addressLines.filter(Boolean).join('\n')}</address> : '–',
      }}
    />
  );
}
