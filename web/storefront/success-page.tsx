import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReturnAddress } from './api.ts';
import { afterCancel, afterOrder } from './basket.ts';
import { followPayment, type PaymentProgress } from './follow-payment.ts';
import { Layout } from './layout.tsx';
import { LineItems } from './line-items.tsx';
import { copyFor } from './payment-copy.ts';
import { StatusCard } from './status-card.tsx';
import classes from './success-page.module.css';
import { changeBasket } from './use-basket.ts';

const GIVEN_UP: ReadonlySet<string> = new Set(['cancelled', 'failed', 'expired', 'refunded', 'reversed']);

/** Where PayPal sends a buyer who has approved: what becomes of the payment, and then the order. */
export function SuccessPage({ address }: { address: ReturnAddress }) {
  const [followed, setFollowed] = useState<PaymentProgress>({});
  const { checkout_session_id, token } = address;
  useEffect(() => {
    const left = new AbortController();
    followPayment({ checkout_session_id, token }, setFollowed, left.signal).catch((error) => {
      if (!left.signal.aborted) throw error;
    });
    return () => left.abort();
  }, [checkout_session_id, token]);

  const { payment, capturing = false } = followed;
  const order = payment?.order;
  const sessionId = payment?.checkout_session_id;
  const givenUp = payment !== undefined && GIVEN_UP.has(payment.status) && !capturing;
  useEffect(() => {
    if (!sessionId) return;
    if (order) changeBasket((basket) => afterOrder(basket, sessionId));
    else if (givenUp) changeBasket((basket) => afterCancel(basket, sessionId));
  }, [sessionId, order, givenUp]);

  const words = copyFor(followed);
  return (
    <Layout title={words.title} narrow>
      <StatusCard {...words}>
        {order && (
          <div className={classes.order}>
            <Text>
              Your order number is <strong className={classes.number}>{order.order_id}</strong>
            </Text>
            {order.status === 'shipped' && <Text>It is on its way to you.</Text>}
            <LineItems caption="What you have ordered" items={order.items} amount={order.amount} />
          </div>
        )}
      </StatusCard>
    </Layout>
  );
}
