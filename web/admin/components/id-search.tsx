import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { paymentOfPayPal } from '../api.ts';
import { formatProblem } from '../format-problem.ts';
import { parseId } from '../parse-id.ts';

interface IdSearchProps {
  label?: string;
  /** What to do with the payment that was found. @default its page is opened */
  onPayment?: (paymentId: string) => void;
}

/** Finds a payment by any id that names it, and an event by its own. */
export function IdSearch({ label = 'Find by id', onPayment }: IdSearchProps) {
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const open = onPayment ?? ((paymentId: string) => navigate(`/payments/${paymentId}`));
  const looking = useMutation({
    mutationFn: async (typed: string): Promise<string | undefined> => {
      const wanted = parseId(typed);
      switch (wanted.kind) {
        case 'nothing':
          return 'That is no id. They look like pay_01J…, ord_01J…, WH-… or 5O190127TN364715T.';
        case 'event':
          navigate(`/events/${wanted.eventId}`);
          return undefined;
        case 'payment':
          open(wanted.paymentId);
          return undefined;
        case 'paypal': {
          const paymentId = await paymentOfPayPal(wanted.id);
          if (paymentId) open(paymentId);
          return paymentId ? undefined : 'No payment has a PayPal order or capture of that id.';
        }
      }
    },
    onSuccess: (complaint) => complaint ?? setText(''),
  });
  const complaint = looking.isError ? formatProblem(looking.error).title : looking.data;
  return (
    <search>
      <form
        className="finder"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          looking.mutate(text);
        }}
      >
        <TextInput
          size="xs"
          label={label}
          placeholder="Payment, order, PayPal…"
          value={text}
          onChange={(change) => setText(change.currentTarget.value)}
          error={complaint}
          spellCheck={false}
          autoComplete="off"
        />
        <Button type="submit" size="xs" variant="default" loading={looking.isPending}>
          Find
        </Button>
      </form>
    </search>
  );
}
