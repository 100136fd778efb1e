import { describe, expect, it } from 'vitest';
import { PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';
import { copyFor, type PaymentCopy } from '../../../web/storefront/payment-copy.ts';
import { payment, withoutOrder } from './scripted-api.ts';

const textOf = ({ title, text }: PaymentCopy): string => `${title}. ${text}`;
const NOT_CHARGED = /haven’t been charged/i;
const rejection = { reason: 'declined', approveUrl: 'https://paypal.example' } as const;
const refusal = { reason: 'refused', approveUrl: null } as const;
const unknown = { reason: 'unknown', approveUrl: 'https://paypal.example' } as const;

/** Every state that a page can be in. */
const everyProgress = [
  { notFound: true } as const,
  {},
  { timedOut: true } as const,
  ...[
    ...PAYMENT_STATUSES.map((status) => payment(status)),
    withoutOrder,
    payment('refunded', { order: payment('captured').order }),
  ].flatMap((one) => [
    { payment: one },
    { payment: one, timedOut: true } as const,
    { payment: one, capturing: true },
    { payment: one, rejection },
    { payment: one, rejection: refusal },
    { payment: one, rejection: unknown },
  ]),
];

describe('copyFor', () => {
  it('has a title of its own for each status', () => {
    const titles = PAYMENT_STATUSES.filter((status) => status !== 'approved' && status !== 'partially_refunded').map(
      (status) => copyFor({ payment: payment(status) }).title,
    );

    expect(new Set(titles).size).toBe(titles.length);
  });

  it('returns “Processing payment…” while the payment is undecided', () => {
    for (const progress of [{}, { payment: payment('created') }, { payment: payment('approved') }]) {
      expect(copyFor(progress)).toMatchObject({ tone: 'busy', title: 'Processing payment…' });
    }
  });

  it('claims that the buyer was not charged only when the API has confirmed it', () => {
    for (const progress of everyProgress.filter((progress) => NOT_CHARGED.test(textOf(copyFor(progress))))) {
      const { status } = 'payment' in progress ? progress.payment : { status: 'unknown' };
      const rejected = status === 'created' && 'rejection' in progress;
      expect(rejected || ['cancelled', 'failed', 'expired'].includes(status)).toBe(true);
      expect(progress).not.toHaveProperty('capturing');
    }
  });

  it.each(['cancelled', 'failed', 'expired'] as const)(
    'states that the buyer was not charged when the payment is %s',
    (status) => {
      expect(textOf(copyFor({ payment: payment(status) }))).toMatch(NOT_CHARGED);
    },
  );

  it('thanks for an order only when there is one', () => {
    for (const progress of everyProgress.filter((progress) => copyFor(progress).title.startsWith('Thank you'))) {
      expect(progress).toMatchObject({ payment: { status: expect.stringMatching(/^(captured|partially_refunded)$/) } });
    }
    expect(copyFor({ payment: payment('captured') })).toMatchObject({
      tone: 'good',
      title: expect.stringMatching(/^Thank you/),
    });
    expect(copyFor({ payment: withoutOrder }).title).toBe('We’ve received your payment');
  });

  it('offers to close the page only after the timeout', () => {
    const waiting = [{ payment: payment('created') }, { payment: payment('approved') }, { payment: withoutOrder }, {}];
    for (const progress of waiting)
      expect(copyFor({ ...progress, timedOut: true }).text).toMatch(/You can close this page/);
    for (const progress of waiting) expect(copyFor(progress).text).not.toMatch(/close/);
  });

  it('distinguishes a refunded late payment from a refunded order', () => {
    expect(copyFor({ payment: payment('refunded') }).title).toBe('Your refund is on its way');
    expect(copyFor({ payment: payment('refunded', { order: payment('captured').order }) }).title).toBe(
      'This order was refunded',
    );
  });

  it('links to PayPal after a decline when the approval URL is known', () => {
    expect(copyFor({ payment: payment('created'), rejection }).action).toEqual({
      label: 'Continue to PayPal',
      href: 'https://paypal.example',
    });
    expect(
      copyFor({ payment: payment('created'), rejection: { ...rejection, approveUrl: null } }).action,
    ).toBeUndefined();
  });

  it('offers no other payment method and blames no card when the shop cannot take the payment', () => {
    const copy = copyFor({ payment: payment('created'), rejection: refusal });

    expect(copy.action).toBeUndefined();
    expect(textOf(copy)).toMatch(NOT_CHARGED);
    expect(textOf(copy)).toMatch(/problem is on our side/);
    expect(textOf(copy)).toMatch(/items stay reserved until your checkout expires/);
    expect(textOf(copy)).not.toMatch(/declined|another|choose/i);
  });

  it('blames no card when the reason of a rejection is not known', () => {
    const copy = copyFor({ payment: payment('created'), rejection: unknown });

    expect(textOf(copy)).not.toMatch(/card|account|declined/i);
    expect(copy.action).toEqual({ label: 'Continue to PayPal', href: 'https://paypal.example' });
  });

  it('ignores an earlier rejection when the payment has changed', () => {
    expect(copyFor({ payment: payment('captured'), rejection })).toEqual(copyFor({ payment: payment('captured') }));
  });
});
