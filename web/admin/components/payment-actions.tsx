import { SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Money as Amount, OperatorPayment, PaymentStory } from '../../api/schema.ts';
import { formatMoney } from '../../page/format-money.ts';
import * as api from '../api.ts';
import { leftPending, leftToRefund, parsePartialRefund } from '../partial-refund.ts';
import { shippingObstacle } from '../shipping-obstacle.ts';
import { Money } from './money.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { StatusBadge } from './status-badge.tsx';
import { Time } from './time.tsx';

/** The actions that the payment's status allows. */
export function PaymentActions({ details: { payment, order } }: { details: PaymentStory }) {
  const left = leftToRefund(payment);
  return (
    <>
      {payment.status === 'review' && (
        <ReasonDialog
          action="Accept"
          title="Accept the captured amount"
          onConfirm={(reason) => api.accept(payment.payment_id, reason)}
          renderResult={({ status }) => (
            <>
              The payment is <StatusBadge status={status} /> and its order is being created.
            </>
          )}
        >
          <Money value={payment.captured} /> was captured, but <Money value={payment.amount} /> was requested. Accepting
          marks the payment as captured and creates its order. If the amount isn’t enough, refund the payment instead.
        </ReasonDialog>
      )}
      {order?.status === 'confirmed' && (
        <ReasonDialog
          action="Mark as shipped"
          title="Mark order as shipped"
          obstacle={shippingObstacle(payment)}
          onConfirm={(reason) => api.ship(order.order_id, reason)}
          renderResult={({ shipped_at }) => (
            <>
              Marked as shipped on <Time at={shipped_at} />.
            </>
          )}
        >
          Once an order has shipped, a refund no longer returns its items to stock.
          {order.disputes.length > 0 && ' The buyer has disputed this payment at PayPal.'}
        </ReasonDialog>
      )}
      {left && <RefundDialog payment={payment} left={left} />}
    </>
  );
}

function RefundDialog({ payment, left }: { payment: OperatorPayment; left: Amount }) {
  const [partial, setPartial] = useState(false);
  const [typed, setTyped] = useState('');
  const parsed: Partial<ReturnType<typeof parsePartialRefund>> = partial ? parsePartialRefund(left, typed) : {};
  return (
    <ReasonDialog
      action="Refund"
      title="Refund payment"
      destructive
      valid={!('error' in parsed)}
      onConfirm={async (reason) => {
        const amount = 'amount' in parsed && { amount: parsed.amount };
        return { before: payment, after: await api.refund(payment.payment_id, { ...amount, reason }) };
      }}
      renderResult={({ before, after }) =>
        leftPending(before, after) ? (
          'PayPal has accepted the refund and has not completed it. Until it is completed or has failed, the order ' +
          'must not be shipped.'
        ) : (
          <>
            <Money value={after.refunded} /> refunded in total. The payment is <StatusBadge status={after.status} />.
          </>
        )
      }
    >
      <Stack gap="sm" align="stretch">
        <SegmentedControl
          aria-label="Amount to refund"
          value={partial ? 'partial' : 'full'}
          onChange={(value) => setPartial(value === 'partial')}
          data={[
            { value: 'full', label: `Remaining ${formatMoney(left)}` },
            { value: 'partial', label: 'Partial amount' },
          ]}
        />
        {partial && (
          <TextInput
            label={`Amount in ${left.currency_code}`}
            inputMode="decimal"
            required
            value={typed}
            onChange={(change) => setTyped(change.currentTarget.value)}
            error={typed && 'error' in parsed && parsed.error}
          />
        )}
        <Text size="sm" c="dimmed">
          Repeating a refund with the same amount and reason doesn’t refund twice.
          {!partial && ' A full refund of an order that hasn’t shipped also returns its items to stock.'}
        </Text>
      </Stack>
    </ReasonDialog>
  );
}
