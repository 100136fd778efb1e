import type { PaymentProgress } from './follow-payment.ts';

export interface PaymentCopy {
  readonly title: string;
  readonly text: string;

  /** `busy`: processing right now. */
  readonly tone: 'good' | 'busy' | 'calm' | 'bad';

  /** The next step, if it is not back to the shop. */
  readonly action?: { readonly label: string; readonly href: string };
}

/**
 * The copy for a payment whose buyer has returned from PayPal. It claims nothing about money that the API has not
 * confirmed.
 */
export function copyFor({ payment, notFound, rejection, capturing, timedOut }: PaymentProgress): PaymentCopy {
  if (notFound) return NOT_FOUND;
  if (!payment) return timedOut ? UNREACHABLE : PROCESSING;
  switch (payment.status) {
    case 'created':
      if (rejection) return rejected(rejection);
      return timedOut ? STILL_PROCESSING : PROCESSING;
    case 'approved':
      return timedOut ? STILL_PROCESSING : PROCESSING;
    case 'capture_pending':
      return {
        tone: 'calm',
        title: 'Your payment is pending',
        text:
          'PayPal is clearing your payment, which can take a few days. Your items stay reserved, and we’ll ship ' +
          'them once it clears. You don’t need to pay again, and you can close this page.',
      };
    case 'captured':
      if (payment.order) return THANKS;
      return timedOut
        ? {
            tone: 'calm',
            title: 'We’ve received your payment',
            text:
              'Your order is taking longer than usual. Its number will appear here. You can close this page: your ' +
              'order is created without it, and this link brings you back.',
          }
        : { tone: 'busy', title: 'We’ve received your payment', text: 'Your order number will appear in a moment.' };
    case 'partially_refunded':
      return { ...THANKS, text: 'We’ve received your payment. Part of it has been refunded through PayPal.' };
    case 'refunded':
      return payment.order
        ? {
            tone: 'calm',
            title: 'This order was refunded',
            text: 'The full amount is on its way back to you through PayPal.',
          }
        : {
            tone: 'calm',
            title: 'Your refund is on its way',
            text:
              'Your payment arrived too late to become an order, or didn’t match the amount we requested. The full ' +
              'amount is on its way back to you through PayPal. Nothing will be shipped.',
          };
    case 'reversed':
      return {
        tone: 'bad',
        title: 'PayPal reversed this payment',
        text: 'We no longer have the money. If you didn’t request this, contact us or PayPal.',
      };
    case 'review':
      return {
        tone: 'calm',
        title: 'We’re reviewing your payment',
        text:
          'The amount we received isn’t the amount we requested, so our team is reviewing it. You’ll get your order ' +
          'or a refund. You don’t need to pay again, and you can close this page.',
      };
    case 'cancelled':
      if (capturing) return PROCESSING;
      return {
        tone: 'calm',
        title: 'Payment cancelled',
        text: 'You haven’t been charged. Your items are no longer reserved.',
      };
    case 'failed':
      if (capturing) return PROCESSING;
      return {
        tone: 'bad',
        title: 'Your payment didn’t go through',
        text: 'PayPal or your bank declined it. You haven’t been charged. Your items are no longer reserved.',
      };
    case 'expired':
      if (capturing) return PROCESSING;
      return {
        tone: 'calm',
        title: 'This payment has expired',
        text: 'It wasn’t approved in time. You haven’t been charged. Your items are no longer reserved.',
      };
  }
}

const PROCESSING: PaymentCopy = {
  tone: 'busy',
  title: 'Processing payment…',
  text: 'This usually takes a few seconds. Please keep this page open.',
};

const NOT_FOUND: PaymentCopy = {
  tone: 'bad',
  title: 'We can’t find this payment',
  text: 'Use the link that brought you back from PayPal. If you’ve paid and can’t find your order, contact us.',
};

const THANKS: PaymentCopy = {
  tone: 'good',
  title: 'Thank you for your order',
  text: 'We’ve received your payment.',
};

const STILL_PROCESSING: PaymentCopy = {
  tone: 'calm',
  title: 'We’re still processing your payment',
  text:
    'This is taking longer than usual. Your order number will appear here. You can close this page: processing ' +
    'continues without it, you won’t be charged twice, and this link brings you back.',
};

const UNREACHABLE: PaymentCopy = {
  tone: 'calm',
  title: 'We can’t load your payment right now',
  text:
    'The shop isn’t responding. We’ll keep trying. You can close this page: a payment you’ve approved continues ' +
    'without it, you won’t be charged twice, and this link brings you back.',
};

const REJECTED: Readonly<Record<NonNullable<PaymentProgress['rejection']>['reason'], PaymentCopy>> = {
  declined: {
    tone: 'bad',
    title: 'PayPal declined your card or account',
    text: 'You haven’t been charged, and your items stay reserved. Choose another payment method at PayPal.',
  },
  not_approved: {
    tone: 'calm',
    title: 'You haven’t approved the payment yet',
    text:
      'You haven’t been charged, and your items stay reserved. Approve the payment at PayPal to place your ' + 'order.',
  },
  refused: {
    tone: 'bad',
    title: 'We can’t take your payment right now',
    text:
      'You haven’t been charged. As far as we can tell, the problem is on our side, not with your card or account, ' +
      'and we’ve been notified. Your items stay reserved until your checkout expires.',
  },
  unknown: {
    tone: 'bad',
    title: 'Your payment didn’t go through',
    text: 'You haven’t been charged, and your items stay reserved. You can try again at PayPal.',
  },
};

const rejected = ({ reason, approveUrl }: NonNullable<PaymentProgress['rejection']>): PaymentCopy => ({
  ...REJECTED[reason],
  ...(approveUrl !== null && { action: { label: 'Continue to PayPal', href: approveUrl } }),
});
