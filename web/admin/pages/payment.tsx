import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Buyer, Line, OperatorOrder, PaymentStory } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { DescriptionList } from '../components/description-list.tsx';
import { Id } from '../components/id.tsx';
import { Money } from '../components/money.tsx';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { PaymentActions } from '../components/payment-actions.tsx';
import { PayPalRecord } from '../components/paypal-record.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { Section } from '../components/section.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { Timeline } from '../components/timeline.tsx';
import { formatFailure } from '../format-failure.ts';
import { FindingRows } from './consistency.tsx';
import { ExecutionRows } from './event.tsx';
import { EventRows } from './events.tsx';
import { RetryDialog } from './settlements.tsx';

/** All that is known of one payment, and what can be done about it. */
export function PaymentPage({ id }: { id: string }) {
  const story = useQuery(api.payment(id));
  return (
    <Page title="Payment" about={<Id value={id} plain />} actions={story.data && <PaymentActions story={story.data} />}>
      <QueryResult query={story}>
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
            {findings.length > 0 && (
              <Section title="Findings" urgent>
                <FindingRows findings={findings} />
              </Section>
            )}
            {failed_settlements.map((failed) => (
              <Section
                key={failed.settlement}
                title={`Settlement “${failed.settlement}” failed`}
                urgent
                aside={<RetryDialog paymentId={payment.payment_id} settlement={failed.settlement} />}
              >
                <DescriptionList
                  of={{
                    'Failed at': formatFailure(failed).where,
                    Cause: formatFailure(failed).why,
                    Last: <Time at={failed.last_failed_at} />,
                  }}
                />
              </Section>
            ))}
            <div className="columns">
              <Section title="Money">
                <DescriptionList
                  of={{
                    Status: (
                      <>
                        <StatusBadge status={payment.status} /> {payment.settled ? 'settled' : 'not settled yet'}
                      </>
                    ),
                    QueryResult: <Money value={payment.amount} />,
                    Captured: <Money value={payment.captured} />,
                    Refunded: <Money value={payment.refunded} />,
                    ...(payment.open_settlements.length > 0 && {
                      'Still to settle': payment.open_settlements.join(', '),
                    }),
                    'PayPal order': payment.paypal_order_id ? <Id value={payment.paypal_order_id} plain /> : 'none yet',
                    'PayPal capture': payment.capture_id ? <Id value={payment.capture_id} plain /> : 'none',
                    Changed: <Time at={payment.updated_at} />,
                  }}
                />
                {payment.disputes.map(({ dispute_id, status, updated_at }) => (
                  <Text key={dispute_id} size="sm">
                    Dispute <Id value={dispute_id} plain />: {status.toLowerCase().replaceAll('_', ' ')},{' '}
                    <Time at={updated_at} />
                  </Text>
                ))}
              </Section>
              <Section title="Order">{order ? <OrderFacts order={order} /> : <p>{withoutOrder(payment)}</p>}</Section>
              <Section title="Buyer">{buyer ? <BuyerFacts buyer={buyer} /> : <p>Not known, or erased.</p>}</Section>
              <Section title="Stock and session">
                <DescriptionList
                  of={{
                    Stock: reservation ? (
                      <>
                        <StatusBadge status={reservation.status} />{' '}
                        {reservation.items.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}
                      </>
                    ) : (
                      'none'
                    ),
                    Session: session ? (
                      <>
                        <StatusBadge status={session.status} /> <Id value={session.checkout_session_id} plain />
                      </>
                    ) : (
                      'none'
                    ),
                    ...(session && { Until: <Time at={session.expires_at} /> }),
                  }}
                />
                {session && !order && <Lines lines={session.items} />}
              </Section>
            </div>
            <Section title="Timeline">
              <Timeline moments={timeline} />
            </Section>
            <Section
              title="Webhook events"
              aside={<PageLink to={`/events?payment_id=${payment.payment_id}`}>All of them</PageLink>}
            >
              {events.length > 0 ? (
                <EventRows caption="Webhook events" events={events} />
              ) : (
                <p>PayPal has sent none yet.</p>
              )}
            </Section>
            <Section title="Settlements">
              {executions.length > 0 ? <ExecutionRows executions={executions} /> : <p>None was started yet.</p>}
            </Section>
            <PayPalRecord paymentId={payment.payment_id} />
            <PageLink to={`/audit?target=${payment.payment_id}`}>What operators did to it</PageLink>
          </>
        )}
      </QueryResult>
    </Page>
  );
}

const OrderFacts = ({ order }: { order: OperatorOrder }) => (
  <>
    <DescriptionList
      of={{
        Status: <StatusBadge status={order.status} />,
        Order: <Id value={order.order_id} plain />,
        Made: <Time at={order.created_at} />,
        ...(order.shipped_at && { Shipped: <Time at={order.shipped_at} /> }),
        ...(order.disputes.length > 0 && {
          Disputed: order.disputes.map(({ status }) => status.toLowerCase()).join(', '),
        }),
        Amount: <Money value={order.amount} />,
      }}
    />
    <Lines lines={order.items} />
  </>
);

const Lines = ({ lines }: { lines: readonly Line[] }) => (
  <DataTable
    caption="What was bought"
    narrow
    rows={lines}
    keyOf={({ sku }) => sku}
    columns={[
      [
        'Product',
        ({ name, sku }) => (
          <>
            {name} <span className="small">{sku}</span>
          </>
        ),
      ],
      ['Pieces', ({ quantity }) => quantity],
      ['Each', ({ unit_price }) => <Money value={unit_price} />],
    ]}
  />
);

/** Why there is no order. */
function withoutOrder({ status, settled }: PaymentStory['payment']): string {
  switch (status) {
    case 'created':
    case 'approved':
      return 'None yet: the money has not come.';
    case 'capture_pending':
      return 'None yet: the money is on its way.';
    case 'captured':
      return settled
        ? 'None, though all is said to be done: check the books, and repair what is found.'
        : 'None yet: it is about to be made. If it is not there within a minute, look at the failed settlements.';
    case 'review':
      return 'None yet: another amount came than was asked. Accept it, or refund it.';
    default:
      return 'None: this purchase came to nothing.';
  }
}

function BuyerFacts({ buyer: { name, email, ship_to } }: { buyer: Buyer }) {
  const lines = ship_to && [
    ship_to.name,
    ship_to.address_line_1,
    ship_to.address_line_2,
    [ship_to.postal_code, ship_to.admin_area_2].filter(Boolean).join(' '),
    [ship_to.admin_area_1, ship_to.country_code].filter(Boolean).join(', '),
  ];
  return (
    <DescriptionList
      of={{
        Name: name ?? '–',
        'E-mail': email ?? '–',
        'Ship to': lines ? <address>{lines.filter(Boolean).join('\n')}</address> : '–',
      }}
    />
  );
}
