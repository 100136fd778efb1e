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

/** The payment's PayPal order, fetched on demand. */
export function PayPalRecord({ paymentId }: { paymentId: string }) {
  const lookup = useMutation({ mutationFn: () => api.fetchPayPalView(paymentId) });
  return (
    <Section
      title="PayPal record"
      aside={
        <Button size="xs" variant="default" loading={lookup.isPending} onClick={() => lookup.mutate()}>
          {lookup.isSuccess ? 'Refresh' : 'Fetch from PayPal'}
        </Button>
      }
    >
      <div aria-live="polite">
        {lookup.isIdle && <p>Fetch PayPal’s current data for this payment.</p>}
        {lookup.isError && <Problem error={lookup.error} />}
        {lookup.data && <PayPalOrder view={lookup.data} />}
      </div>
    </Section>
  );
}

function PayPalOrder({ view: { asked_at, order } }: { view: PayPalView }) {
  if (!order)
    return (
      <p>
        PayPal no longer has an order for this payment, or never had one. Checked <Time at={asked_at} />.
      </p>
    );
  const transactions: readonly { id: string; status: string; type: string; amount: Amount; reason?: ReactNode }[] = [
    ...order.captures.map(({ capture_id, ...capture }) => ({ ...capture, id: capture_id, type: 'Capture' })),
    ...order.refunds.map(({ refund_id, ...refund }) => ({ ...refund, id: refund_id, type: 'Refund' })),
  ];
  return (
    <>
      <DescriptionList
        items={{
          Fetched: <Time at={asked_at} />,
          Order: <Id value={order.paypal_order_id} plain />,
          Status: order.status,
          Amount: <Money value={order.amount} />,
        }}
      />
      {transactions.length > 0 && (
        <DataTable
          caption="Captures and refunds"
          rows={transactions}
          keyOf={({ id }) => id}
          columns={[
            ['Type', ({ type }) => type],
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
