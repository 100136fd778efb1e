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
  text: 'This takes a moment.',
};

const NO_ANSWER: PaymentCopy = {
  tone: 'bad',
  title: 'The shop does not answer',
  text: 'So your payment may not be cancelled yet. As long as you do not approve it at PayPal, nothing can be charged.',
};

/** Where PayPal sends a buyer who has turned back: cancels the payment, if that is still to be done. */
export function FailurePage({ address }: { address: ReturnAddress }) {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['give up', address],
    queryFn: ({ signal }) => cancelPayment(address, signal),
    // Once is enough: a window that is looked at again changes nothing.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const payment = data?.payment;
  useEffect(() => {
    if (payment?.status === 'cancelled') changeBasket((basket) => afterCancel(basket, payment.checkout_session_id));
  }, [payment]);

  const words = data?.words ?? (error && !isFetching ? NO_ANSWER : CANCELLING);
  return (
    <Layout title={words.title} narrow>
      <StatusCard {...words} again={words === NO_ANSWER ? () => void refetch() : undefined} />
    </Layout>
  );
}
