import { Anchor, Button, Paper, Skeleton, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiProblem, isPermanent } from '../api/call.ts';
import type { CheckoutSession, PayPalUnavailable } from '../api/schema.ts';
import { beginPayment, getSession } from './api.ts';
import { afterOrder } from './basket.ts';
import { isPayable, startOver } from './check-out.ts';
import { Layout } from './layout.tsx';
import { LineItems } from './line-items.tsx';
import { Notice } from './notice.tsx';
import { RemainingTime } from './remaining-time.tsx';
import { StatusCard } from './status-card.tsx';
import { changeBasket } from './use-basket.ts';

/** The checkout session: its items, the reservation's remaining time, and the button that leads to PayPal. */
export function CheckoutPage({ sessionId }: { sessionId: string | null }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['session', sessionId],
    queryFn: ({ signal }) => getSession(sessionId ?? '', { signal }),
    enabled: sessionId !== null,
  });
  if (data) return <Summary session={data} reload={refetch} />;
  if (sessionId === null || (error instanceof ApiProblem && error.status === 404)) {
    return (
      <Layout title="Checkout not found" narrow>
        <StatusCard
          tone="bad"
          title="We can’t find this checkout"
          text="The link may be incomplete. Your basket hasn’t changed."
          action={{ label: 'View basket', href: '/#basket' }}
        />
      </Layout>
    );
  }
  return (
    <Layout title="Checkout" narrow>
      {error ? (
        <StatusCard
          tone="bad"
          title="We can’t load your checkout"
          text="The shop isn’t responding. You haven’t been charged. Try again in a moment."
          retry={() => void refetch()}
        />
      ) : (
        <Skeleton height={360} radius="lg" role="status" aria-label="Loading" />
      )}
    </Layout>
  );
}

function Summary({ session, reload }: { session: CheckoutSession; reload: () => unknown }) {
  const { checkout_session_id, items, amount, expires_at, status } = session;
  const [expired, setExpired] = useState(!isPayable(session));
  const pay = useMutation({
    mutationFn: () => beginPayment(checkout_session_id),
    onSuccess: ({ status, approve_url }) => {
      // An approved or pending payment needs no confirmation at PayPal: its page shows the status.
      if (status !== 'created') location.assign(paymentPage(checkout_session_id));
      else if (approve_url) location.assign(approve_url);
      else reload();
    },
    // A permanent error means that the session has changed: the mutation stays pending until its new status is shown.
    onError: (error) => {
      const reloaded = reload();
      return isPermanent(error) ? reloaded : undefined;
    },
  });
  if (expired || !isPayable(session)) return <Ended session={session} />;
  // The button stays busy until the browser has left the page.
  const leaving = pay.isPending || (pay.isSuccess && (pay.data.status !== 'created' || pay.data.approve_url !== null));

  return (
    <Layout title="Checkout" narrow>
      <Title order={1} mb="md">
        Checkout
      </Title>
      <Paper withBorder radius="lg" p="lg" bg="var(--mantine-color-default)">
        <LineItems caption="Your items" items={items} amount={amount} />
        {status === 'open' ? (
          <RemainingTime until={expires_at} onExpire={() => setExpired(true)} />
        ) : (
          <Text c="dimmed" my="md">
            You’ve already started this payment. Your items stay reserved until you pay or cancel.
          </Text>
        )}
        {pay.error && (
          <Notice title={errorTitle(pay.error)}>
            <p>
              You haven’t been charged, and your items stay reserved. Try again in a moment; you won’t be charged twice.
            </p>
          </Notice>
        )}
        <Button fullWidth size="lg" loading={leaving} onClick={() => pay.mutate()}>
          {status === 'open' ? 'Pay with PayPal' : 'Continue to PayPal'}
        </Button>
        <Text size="sm" c="dimmed" mt="xs" ta="center">
          You’ll confirm the payment at PayPal.
        </Text>
      </Paper>
      <Text mt="md">
        <Anchor href="/#basket">Back to basket</Anchor>
      </Text>
    </Layout>
  );
}

const errorTitle = (error: Error): string =>
  error instanceof ApiProblem && error.as<PayPalUnavailable>('/problems/paypal-unavailable')
    ? 'PayPal isn’t responding'
    : 'We couldn’t start your payment';

const paymentPage = (sessionId: string): string => `/checkout/success?checkout_session_id=${sessionId}`;

/** A session that can no longer be paid. */
function Ended({ session: { checkout_session_id, status, payment_id } }: { session: CheckoutSession }) {
  const paid = status === 'payment_completed';
  const action = {
    label: paid ? 'View order' : 'View payment',
    href: paymentPage(checkout_session_id),
  };
  useEffect(() => {
    if (paid) changeBasket((basket) => afterOrder(basket, checkout_session_id));
  }, [paid, checkout_session_id]);
  const retry = () => {
    startOver();
    location.assign('/#basket');
  };
  return (
    <Layout title="Checkout" narrow>
      {paid ? (
        <StatusCard
          tone="good"
          title="This checkout is complete"
          text="You don’t need to pay again. See your order for details."
          action={action}
        />
      ) : payment_id ? (
        <StatusCard
          tone="calm"
          title="This checkout has ended"
          text="No order was placed. See the payment for details."
          action={action}
        />
      ) : (
        <StatusCard
          tone="calm"
          title="Your items are no longer reserved"
          text="You haven’t been charged. Check out again from your basket to reserve them."
          retry={retry}
          retryLabel="Back to basket"
        />
      )}
    </Layout>
  );
}
