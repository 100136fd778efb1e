import { Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Money as Amount, Buyer, Line, OperatorOrder, PaymentStory, PayPalView } from '../../api/schema.ts';
import { moneyInWords } from '../../page/money-in-words.ts';
import * as api from '../api.ts';
import { Asked } from '../components/asked.tsx';
import { Facts } from '../components/facts.tsx';
import { Id } from '../components/id.tsx';
import { Money } from '../components/money.tsx';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { ReasonDialog } from '../components/reason-dialog.tsx';
import { Rows } from '../components/rows.tsx';
import { Section } from '../components/section.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { Timeline } from '../components/timeline.tsx';
import { failureInWords } from '../failure-in-words.ts';
import { leftToRefund, partOf } from '../refund-part.ts';
import { FindingRows } from './consistency.tsx';
import { ExecutionRows } from './event.tsx';
import { EventRows } from './events.tsx';
import { RetryDialog } from './settlements.tsx';

/** All that is known of one payment, and what can be done about it. */
export function PaymentPage({ id }: { id: string }) {
  const story = useQuery(api.payment(id));
  return (
    <Page title="Payment" about={<Id of={id} plain />} actions={story.data && <Actions story={story.data} />}>
      <Asked query={story}>
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
                <Facts
                  of={{
                    'Failed at': failureInWords(failed).where,
                    Cause: failureInWords(failed).why,
                    Last: <Time at={failed.last_failed_at} />,
                  }}
                />
              </Section>
            ))}
            <div className="columns">
              <Section title="Money">
                <Facts
                  of={{
                    Status: (
                      <>
                        <StatusBadge status={payment.status} /> {payment.settled ? 'settled' : 'not settled yet'}
                      </>
                    ),
                    Asked: <Money of={payment.amount} />,
                    Captured: <Money of={payment.captured} />,
                    Refunded: <Money of={payment.refunded} />,
                    ...(payment.open_settlements.length > 0 && {
                      'Still to settle': payment.open_settlements.join(', '),
                    }),
                    'PayPal order': payment.paypal_order_id ? <Id of={payment.paypal_order_id} plain /> : 'none yet',
                    'PayPal capture': payment.capture_id ? <Id of={payment.capture_id} plain /> : 'none',
                    Changed: <Time at={payment.updated_at} />,
                  }}
                />
                {payment.disputes.map(({ dispute_id, status, updated_at }) => (
                  <Text key={dispute_id} size="sm">
                    Dispute <Id of={dispute_id} plain />: {status.toLowerCase().replaceAll('_', ' ')},{' '}
                    <Time at={updated_at} />
                  </Text>
                ))}
              </Section>
              <Section title="Order">{order ? <OrderFacts order={order} /> : <p>{withoutOrder(payment)}</p>}</Section>
              <Section title="Buyer">{buyer ? <BuyerFacts buyer={buyer} /> : <p>Not known, or erased.</p>}</Section>
              <Section title="Stock and session">
                <Facts
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
                        <StatusBadge status={session.status} /> <Id of={session.checkout_session_id} plain />
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
            <AtPayPal paymentId={payment.payment_id} />
            <PageLink to={`/audit?target=${payment.payment_id}`}>What operators did to it</PageLink>
          </>
        )}
      </Asked>
    </Page>
  );
}

/** What this payment allows. */
function Actions({ story: { payment, order } }: { story: PaymentStory }) {
  const left = leftToRefund(payment.captured, payment.refunded);
  return (
    <>
      {payment.status === 'review' && (
        <ReasonDialog
          action="Accept"
          title="Take the money as it is"
          act={(reason) => api.accept(payment.payment_id, reason)}
          tell={({ status }) => (
            <>
              The payment is <StatusBadge status={status} />; its order is made.
            </>
          )}
        >
          <Money of={payment.captured} /> came where <Money of={payment.amount} /> was asked. Accepted, it is captured,
          and the order is made. Refund it instead, if it is not enough.
        </ReasonDialog>
      )}
      {order?.status === 'confirmed' && (
        <ReasonDialog
          action="Ship"
          title="Note that the order was sent"
          act={(reason) => api.ship(order.order_id, reason)}
          tell={({ shipped_at }) => (
            <>
              Noted as shipped on <Time at={shipped_at} />.
            </>
          )}
        >
          What is shipped stays sold: a later refund does not bring its stock back.
          {order.disputes.length > 0 && ' The buyer has disputed this payment at PayPal.'}
        </ReasonDialog>
      )}
      {left && <RefundDialog paymentId={payment.payment_id} left={left} />}
    </>
  );
}

function RefundDialog({ paymentId, left }: { paymentId: string; left: Amount }) {
  const [part, setPart] = useState(false);
  const [typed, setTyped] = useState('');
  const wish: Partial<ReturnType<typeof partOf>> = part ? partOf(left, typed) : {};
  return (
    <ReasonDialog
      action="Refund"
      title="Give money back"
      grave
      complete={!('complaint' in wish)}
      act={(reason) => api.refund(paymentId, { ...('amount' in wish && { amount: wish.amount }), reason })}
      tell={({ refunded, status }) => (
        <>
          <Money of={refunded} /> of it has gone back in all; the payment is <StatusBadge status={status} />.
        </>
      )}
    >
      <SegmentedControl
        aria-label="How much"
        value={part ? 'part' : 'all'}
        onChange={(value) => setPart(value === 'part')}
        data={[
          { value: 'all', label: `All that is left: ${moneyInWords(left)}` },
          { value: 'part', label: 'A part of it' },
        ]}
      />
      {part && (
        <TextInput
          label={`Amount in ${left.currency_code}`}
          inputMode="decimal"
          required
          value={typed}
          onChange={(change) => setTyped(change.currentTarget.value)}
          error={typed && 'complaint' in wish && wish.complaint}
        />
      )}
      <Text size="sm" c="dimmed">
        The same amount for the same reason is the same refund, however often it is asked for.
        {!part && ' With all money gone back, an order that was not shipped is refunded and its stock returned.'}
      </Text>
    </ReasonDialog>
  );
}

const OrderFacts = ({ order }: { order: OperatorOrder }) => (
  <>
    <Facts
      of={{
        Status: <StatusBadge status={order.status} />,
        Order: <Id of={order.order_id} plain />,
        Made: <Time at={order.created_at} />,
        ...(order.shipped_at && { Shipped: <Time at={order.shipped_at} /> }),
        ...(order.disputes.length > 0 && {
          Disputed: order.disputes.map(({ status }) => status.toLowerCase()).join(', '),
        }),
        Amount: <Money of={order.amount} />,
      }}
    />
    <Lines lines={order.items} />
  </>
);

const Lines = ({ lines }: { lines: readonly Line[] }) => (
  <Rows
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
      ['Each', ({ unit_price }) => <Money of={unit_price} />],
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
    <Facts
      of={{
        Name: name ?? '–',
        'E-mail': email ?? '–',
        'Ship to': lines ? <address>{lines.filter(Boolean).join('\n')}</address> : '–',
      }}
    />
  );
}

/** PayPal's own view, asked for when somebody wants it. */
function AtPayPal({ paymentId }: { paymentId: string }) {
  const asking = useMutation({ mutationFn: () => api.askPayPal(paymentId) });
  return (
    <Section
      title="At PayPal"
      aside={
        <Button size="xs" variant="default" loading={asking.isPending} onClick={() => asking.mutate()}>
          {asking.isSuccess ? 'Ask again' : 'Ask PayPal'}
        </Button>
      }
    >
      <div aria-live="polite">
        {asking.isIdle && <p>What PayPal itself knows of this payment, now.</p>}
        {asking.isError && <Problem error={asking.error} />}
        {asking.data && <PayPalFacts view={asking.data} />}
      </div>
    </Section>
  );
}

function PayPalFacts({ view: { asked_at, order } }: { view: PayPalView }) {
  if (!order)
    return (
      <p>
        PayPal knows no such order any more, or there never was one (<Time at={asked_at} />
        ).
      </p>
    );
  const moved: readonly { id: string; status: string; what: string; amount: Amount; reason?: ReactNode }[] = [
    ...order.captures.map(({ capture_id, ...capture }) => ({ ...capture, id: capture_id, what: 'captured' })),
    ...order.refunds.map(({ refund_id, ...given }) => ({ ...given, id: refund_id, what: 'refunded' })),
  ];
  return (
    <>
      <Facts
        of={{
          Asked: <Time at={asked_at} />,
          Order: <Id of={order.paypal_order_id} plain />,
          Status: order.status,
          Amount: <Money of={order.amount} />,
        }}
      />
      {moved.length > 0 && (
        <Rows
          caption="What PayPal captured and refunded"
          rows={moved}
          keyOf={({ id }) => id}
          columns={[
            ['What', ({ what }) => what],
            ['Id', ({ id }) => <Id of={id} plain />],
            [
              'Status',
              ({ status, reason }) => (
                <Group gap={4}>
                  {status} {reason}
                </Group>
              ),
            ],
            ['Amount', ({ amount }) => <Money of={amount} />],
          ]}
        />
      )}
    </>
  );
}
