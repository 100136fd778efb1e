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

/** Statuses in which a payment without an order gets none. */
const ENDED: ReadonlySet<string> = new Set(['cancelled', 'failed', 'expired', 'refunded', 'reversed']);

/** PayPal's return URL: captures and follows the payment, then shows the order. */
export function SuccessPage({ address }: { address: ReturnAddress }) {
  const [progress, setProgress] = useState<PaymentProgress>({});
  const { checkout_session_id, token } = address;
  useEffect(() => {
    const unmounted = new AbortController();
    followPayment({ checkout_session_id, token }, setProgress, unmounted.signal).catch((error) => {
      if (!unmounted.signal.aborted) throw error;
    });
    return () => unmounted.abort();
  }, [checkout_session_id, token]);

  const { payment, capturing = false } = progress;
  const order = payment?.order;
  const sessionId = payment?.checkout_session_id;
  const ended = payment !== undefined && ENDED.has(payment.status) && !capturing;
  useEffect(() => {
    if (!sessionId) return;
    if (order) changeBasket((basket) => afterOrder(basket, sessionId));
    else if (ended) changeBasket((basket) => afterCancel(basket, sessionId));
  }, [sessionId, order, ended]);

  const copy = copyFor(progress);
  return (
    <Layout title={copy.title} narrow>
      <StatusCard {...copy}>
        {order && (
          <div className={classes.order}>
            <Text>
              Your order number is <strong className={classes.number}>{order.order_id}</strong>
            </Text>
            {order.status === 'shipped' && <Text>Your order has shipped.</Text>}
            <LineItems caption="Your order" items={order.items} amount={order.amount} />
          </div>
        )}
      </StatusCard>
    </Layout>
  );
}
