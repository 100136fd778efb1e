import { SegmentedControl, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Money as Amount, PaymentStory } from '../../api/schema.ts';
import { formatMoney } from '../../page/format-money.ts';
import * as api from '../api.ts';
import { leftToRefund, parsePartialRefund } from '../partial-refund.ts';
import { Money } from './money.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { StatusBadge } from './status-badge.tsx';
import { Time } from './time.tsx';

/** What this payment allows. */
export function PaymentActions({ story: { payment, order } }: { story: PaymentStory }) {
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
          <Money value={payment.captured} /> came where <Money value={payment.amount} /> was asked. Accepted, it is
          captured, and the order is made. Refund it instead, if it is not enough.
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
  const wish: Partial<ReturnType<typeof parsePartialRefund>> = part ? parsePartialRefund(left, typed) : {};
  return (
    <ReasonDialog
      action="Refund"
      title="Give money back"
      grave
      complete={!('complaint' in wish)}
      act={(reason) => api.refund(paymentId, { ...('amount' in wish && { amount: wish.amount }), reason })}
      tell={({ refunded, status }) => (
        <>
          <Money value={refunded} /> of it has gone back in all; the payment is <StatusBadge status={status} />.
        </>
      )}
    >
      <SegmentedControl
        aria-label="How much"
        value={part ? 'part' : 'all'}
        onChange={(value) => setPart(value === 'part')}
        data={[
          { value: 'all', label: `All that is left: ${formatMoney(left)}` },
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
