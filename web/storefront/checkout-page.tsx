import { Anchor, Button, Paper, Skeleton, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiProblem } from '../api/call.ts';
import type { CheckoutSession, PayPalUnavailable } from '../api/schema.ts';
import { beginPayment, getSession } from './api.ts';
import { afterOrder } from './basket.ts';
import { isUsable, startOver } from './check-out.ts';
import { isPermanent } from './check-payment-status.ts';
import { Layout } from './layout.tsx';
import { LineItems } from './line-items.tsx';
import { Notice } from './notice.tsx';
import { RemainingTime } from './remaining-time.tsx';
import { StatusCard } from './status-card.tsx';
import { changeBasket } from './use-basket.ts';

/** What is going to be paid, for how long it is reserved, and the way to PayPal. */
export function CheckoutPage({ sessionId }: { sessionId: string | null }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['session', sessionId],
    queryFn: ({ signal }) => getSession(sessionId ?? '', { signal }),
    enabled: sessionId !== null,
  });
  if (data) return <Summary session={data} reload={refetch} />;
  if (sessionId === null || (error instanceof ApiProblem && error.status === 404)) {
    return (
      <Layout title="No such checkout" narrow>
        <StatusCard
          tone="bad"
          title="There is no such checkout"
          text="The address is not complete. Your basket is still there."
          onward={{ label: 'To your basket', href: '/#basket' }}
        />
      </Layout>
    );
  }
  return (
    <Layout title="Check out" narrow>
      {error ? (
        <StatusCard
          tone="bad"
          title="The shop does not answer"
          text="Nothing was charged. Please try again in a moment."
          again={() => void refetch()}
        />
      ) : (
        <Skeleton height={360} radius="lg" role="status" aria-label="Loading" />
      )}
    </Layout>
  );
}

function Summary({ session, reload }: { session: CheckoutSession; reload: () => unknown }) {
  const { checkout_session_id, items, amount, expires_at, status } = session;
  const [ranOut, setRanOut] = useState(!isUsable(session));
  const pay = useMutation({
    mutationFn: () => beginPayment(checkout_session_id),
    onSuccess: ({ status, approve_url }) => {
      // What is approved, or on its way from a bank, has nothing more to be confirmed at PayPal: its page says how it stands.
      if (status !== 'created') location.assign(paymentPageOf(checkout_session_id));
      else if (approve_url) location.assign(approve_url);
      else reload();
    },
    // A refusal means that the session is not what it was: then its new state is all that is said. Trouble is told at once.
    onError: (error) => {
      const reloaded = reload();
      return isPermanent(error) ? reloaded : undefined;
    },
  });
  if (ranOut || !isUsable(session)) return <Over session={session} />;
  // The browser leaves: until it has, the button stays as it is.
  const leaving = pay.isPending || (pay.isSuccess && (pay.data.status !== 'created' || pay.data.approve_url !== null));

  return (
    <Layout title="Check out" narrow>
      <Title order={1} mb="md">
        Check out
      </Title>
      <Paper withBorder radius="lg" p="lg" bg="var(--mantine-color-default)">
        <LineItems caption="What you are buying" items={items} amount={amount} />
        {status === 'open' ? (
          <RemainingTime until={expires_at} onOver={() => setRanOut(true)} />
        ) : (
          <Text c="dimmed" my="md">
            You have been to PayPal with this. Your items stay reserved until you have paid or cancelled.
          </Text>
        )}
        {pay.error && (
          <Notice title={titleOf(pay.error)}>
            <p>
              Nothing was charged, and your items stay reserved. Please try again in a moment; you will not pay twice.
            </p>
          </Notice>
        )}
        <Button fullWidth size="lg" loading={leaving} onClick={() => pay.mutate()}>
          {status === 'open' ? 'Pay with PayPal' : 'Go on at PayPal'}
        </Button>
        <Text size="sm" c="dimmed" mt="xs" ta="center">
          You confirm the payment on PayPal’s own page.
        </Text>
      </Paper>
      <Text mt="md">
        <Anchor href="/#basket">Back to the basket</Anchor>
      </Text>
    </Layout>
  );
}

const titleOf = (error: Error): string =>
  error instanceof ApiProblem && error.as<PayPalUnavailable>('/problems/paypal-unavailable')
    ? 'PayPal does not answer at the moment'
    : 'That did not work';

const paymentPageOf = (sessionId: string): string => `/checkout/success?checkout_session_id=${sessionId}`;

/** What is said of a session that cannot be paid any more. */
function Over({ session: { checkout_session_id, status, payment_id } }: { session: CheckoutSession }) {
  const paid = status === 'payment_completed';
  const onward = {
    label: paid ? 'To your order' : 'To your payment',
    href: paymentPageOf(checkout_session_id),
  };
  useEffect(() => {
    if (paid) changeBasket((basket) => afterOrder(basket, checkout_session_id));
  }, [paid, checkout_session_id]);
  const again = () => {
    startOver();
    location.assign('/#basket');
  };
  return (
    <Layout title="Check out" narrow>
      {paid ? (
        <StatusCard
          tone="good"
          title="This checkout is complete"
          text="You need not pay again. Your order has a page of its own."
          onward={onward}
        />
      ) : payment_id ? (
        <StatusCard
          tone="calm"
          title="This checkout is over"
          text="It led to no order. What became of the payment, its own page tells."
          onward={onward}
        />
      ) : (
        <StatusCard
          tone="calm"
          title="The reservation has run out"
          text="Nothing was charged. Your items go back into the shop; you can check out again from your basket."
          again={again}
          againLabel="Reserve again"
        />
      )}
    </Layout>
  );
}
