import type { PaymentProgress } from './follow-payment.ts';

/** What a shopper is told of a payment. */
export interface PaymentCopy {
  readonly title: string;
  readonly text: string;

  /** `busy`: it is being worked on at this moment. */
  readonly tone: 'good' | 'busy' | 'calm' | 'bad';

  /** Where to go from here, if not to the shop. */
  readonly onward?: { readonly label: string; readonly href: string };
}

const PROCESSING: PaymentCopy = {
  tone: 'busy',
  title: 'Processing payment…',
  text: 'This takes a few seconds. Please keep this page open.',
};

const UNKNOWN: PaymentCopy = {
  tone: 'bad',
  title: 'We do not know this payment',
  text: 'Please use the link that PayPal has sent you back with. If you have paid and cannot find your order, tell us.',
};

/**
 * What is true of a purchase whose buyer has come back from PayPal, in words for the buyer. They follow what the API has answered; nothing
 * is said about money that the API has not said.
 */
export function copyFor({ payment, unknown, refusal, capturing, late }: PaymentProgress): PaymentCopy {
  if (unknown) return UNKNOWN;
  if (!payment) return late ? UNREACHABLE : PROCESSING;
  switch (payment.status) {
    case 'created':
      if (refusal) return refused(refusal);
      return late ? UNDER_WAY : PROCESSING;
    case 'approved':
      return late ? UNDER_WAY : PROCESSING;
    case 'capture_pending':
      return {
        tone: 'calm',
        title: 'Your bank is still sending the money',
        text: 'PayPal is clearing your payment, which may take some days. Your items stay reserved, and we ship once the money is here. You need not pay again, and can close this page.',
      };
    case 'captured':
      if (payment.order) return THANKS;
      return late
        ? {
            tone: 'calm',
            title: 'Your payment has arrived',
            text: 'Your order number follows, here on this page. You can close it: the order is made without it, and this address leads back to it.',
          }
        : { tone: 'busy', title: 'Your payment has arrived', text: 'Your order number follows in a moment.' };
    case 'partially_refunded':
      return { ...THANKS, text: 'Your payment has arrived. Part of it has been given back to you by PayPal.' };
    case 'refunded':
      return payment.order
        ? {
            tone: 'calm',
            title: 'This order was refunded',
            text: 'The whole amount is on its way back to you by PayPal.',
          }
        : {
            tone: 'calm',
            title: 'Your money is on its way back',
            text: 'Your payment came too late for us to make an order of it, or was not the amount that we asked for. PayPal gives all of it back to you. Nothing will be shipped.',
          };
    case 'reversed':
      return {
        tone: 'bad',
        title: 'PayPal has taken this payment back',
        text: 'The money is not with us any more. If you did not ask for that, please tell us or PayPal.',
      };
    case 'review':
      return {
        tone: 'calm',
        title: 'We are looking at your payment',
        text: 'The amount that arrived is not the one that we asked for, so a person decides: you get your order, or your money back. You need not pay again, and can close this page.',
      };
    case 'cancelled':
      if (capturing) return PROCESSING;
      return {
        tone: 'calm',
        title: 'The payment was cancelled',
        text: 'Nothing was charged. Your items go back into the shop.',
      };
    case 'failed':
      if (capturing) return PROCESSING;
      return {
        tone: 'bad',
        title: 'The payment did not go through',
        text: 'PayPal or your bank has refused it. Nothing was charged. Your items go back into the shop.',
      };
    case 'expired':
      if (capturing) return PROCESSING;
      return {
        tone: 'calm',
        title: 'The time for this payment is over',
        text: 'It was not approved in time. Nothing was charged. Your items go back into the shop.',
      };
  }
}

const THANKS: PaymentCopy = { tone: 'good', title: 'Thank you for your order', text: 'Your payment has arrived.' };

const UNDER_WAY: PaymentCopy = {
  tone: 'calm',
  title: 'We have your payment under way',
  text: 'It takes longer than usual. Your order number follows, here on this page. You can close it: the payment goes on without it, you are not charged twice, and this address leads back to it.',
};

const UNREACHABLE: PaymentCopy = {
  tone: 'calm',
  title: 'We cannot see your payment at the moment',
  text: 'The shop does not answer; this page keeps asking. You can close it: a payment that you have approved goes on without it, you are not charged twice, and this address leads back to it.',
};

const refused = ({ reason, approveUrl }: NonNullable<PaymentProgress['refusal']>): PaymentCopy => ({
  ...(reason === 'declined'
    ? {
        tone: 'bad',
        title: 'PayPal did not accept this card or account',
        text: 'Nothing was charged, and your items stay reserved. You can choose another way to pay at PayPal.',
      }
    : {
        tone: 'calm',
        title: 'You have not approved the payment yet',
        text: 'Nothing was charged, and your items stay reserved. You can approve it at PayPal.',
      }),
  ...(approveUrl !== null && { onward: { label: 'Back to PayPal', href: approveUrl } }),
});
