import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Money as Amount, PayPalView } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from './data-table.tsx';
import { DescriptionList } from './description-list.tsx';
import { Id } from './id.tsx';
import { Money } from './money.tsx';
import { Problem } from './problem.tsx';
import { Section } from './section.tsx';
import { Time } from './time.tsx';

/** PayPal's own view, asked for when somebody wants it. */
export function PayPalRecord({ paymentId }: { paymentId: string }) {
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
      <DescriptionList
        of={{
          QueryResult: <Time at={asked_at} />,
          Order: <Id value={order.paypal_order_id} plain />,
          Status: order.status,
          Amount: <Money value={order.amount} />,
        }}
      />
      {moved.length > 0 && (
        <DataTable
          caption="What PayPal captured and refunded"
          rows={moved}
          keyOf={({ id }) => id}
          columns={[
            ['What', ({ what }) => what],
            ['Id', ({ id }) => <Id value={id} plain />],
            [
              'Status',
              ({ status, reason }) => (
                <Group gap={4}>
                  {status} {reason}
                </Group>
              ),
            ],
            ['Amount', ({ amount }) => <Money value={amount} />],
          ]}
        />
      )}
    </>
  );
}
