import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ReturnAddress } from './api.ts';
import { afterCancel } from './basket.ts';
import { cancelPayment } from './cancel-payment.ts';
import { Layout } from './layout.tsx';
import type { PaymentCopy } from './payment-copy.ts';
import { StatusCard } from './status-card.tsx';
import { changeBasket } from './use-basket.ts';

const CANCELLING: PaymentCopy = {
  tone: 'busy',
  title: 'Cancelling your payment…',
  text: 'This only takes a moment.',
};

const NO_RESPONSE: PaymentCopy = {
  tone: 'bad',
  title: 'We couldn’t confirm the cancellation',
  text:
    'The shop isn’t responding, so your payment may not be cancelled yet. You can’t be charged unless you approve ' +
    'it at PayPal.',
};

/** PayPal's cancel URL: cancels the payment, unless it is already final. */
export function FailurePage({ address }: { address: ReturnAddress }) {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['cancel', address],
    queryFn: ({ signal }) => cancelPayment(address, signal),
    // Runs once: refocusing the window does not repeat it.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const payment = data?.payment;
  useEffect(() => {
    if (payment?.status === 'cancelled') changeBasket((basket) => afterCancel(basket, payment.checkout_session_id));
  }, [payment]);

  const copy = data?.copy ?? (error && !isFetching ? NO_RESPONSE : CANCELLING);
  return (
    <Layout title={copy.title} narrow>
      <StatusCard {...copy} retry={copy === NO_RESPONSE ? () => void refetch() : undefined} />
    </Layout>
  );
}
