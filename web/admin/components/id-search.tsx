import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { findPaymentByPayPalId } from '../api.ts';
import { formatProblem } from '../format-problem.ts';
import { parseId } from '../parse-id.ts';
import classes from './id-search.module.css';

interface IdSearchProps {
  label?: string;
  /** @default opens the payment's page */
  onPayment?: (paymentId: string) => void;
}

/** Finds a payment by any of its ids, and a webhook event by its own. */
export function IdSearch({ label = 'Find by id', onPayment }: IdSearchProps) {
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const open = onPayment ?? ((paymentId: string) => navigate(`/payments/${paymentId}`));
  const search = useMutation({
    /** @returns the error to show, if any. */
    mutationFn: async (typed: string): Promise<string | undefined> => {
      const id = parseId(typed);
      switch (id.kind) {
        case 'unrecognised':
          return 'Unrecognised id. Enter one such as pay_01J…, ord_01J…, WH-… or 5O190127TN364715T.';
        case 'event':
          navigate(`/events/${id.eventId}`);
          return undefined;
        case 'payment':
          open(id.paymentId);
          return undefined;
        case 'paypal': {
          const paymentId = await findPaymentByPayPalId(id.id);
          if (paymentId) open(paymentId);
          return paymentId ? undefined : 'No payment has this PayPal order or capture id.';
        }
      }
    },
    onSuccess: (error) => error ?? setText(''),
  });
  const error = search.isError ? formatProblem(search.error).title : search.data;
  return (
    <search>
      <form
        className={classes.form}
        onSubmit={(submitted) => {
          submitted.preventDefault();
          search.mutate(text);
        }}
      >
        <TextInput
          size="xs"
          label={label}
          placeholder="Paste an id"
          value={text}
          onChange={(change) => setText(change.currentTarget.value)}
          error={error}
          spellCheck={false}
          autoComplete="off"
        />
        <Button type="submit" size="xs" variant="default" loading={search.isPending}>
          Find
        </Button>
      </form>
    </search>
  );
}
