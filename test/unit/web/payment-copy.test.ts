import { describe, expect, it } from 'vitest';
import { PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';
import { copyFor, type PaymentCopy } from '../../../web/storefront/payment-copy.ts';
import { payment, withoutOrder } from './scripted-api.ts';

const said = ({ title, text }: PaymentCopy): string => `${title}. ${text}`;
const NOTHING_CHARGED = /nothing was charged/i;
const refusal = { reason: 'declined', approveUrl: 'https://paypal.example' } as const;

/** All that a shopper can come to know, one way or another. */
const everything = [
  { unknown: true } as const,
  {},
  { late: true } as const,
  ...[
    ...PAYMENT_STATUSES.map((status) => payment(status)),
    withoutOrder,
    payment('refunded', { order: payment('captured').order }),
  ].flatMap((one) => [
    { payment: one },
    { payment: one, late: true } as const,
    { payment: one, capturing: true },
    { payment: one, refusal },
  ]),
];

describe('what a shopper is told', () => {
  it('is something of its own for each status', () => {
    const titles = PAYMENT_STATUSES.filter((status) => status !== 'approved' && status !== 'partially_refunded').map(
      (status) => copyFor({ payment: payment(status) }).title,
    );

    expect(new Set(titles).size).toBe(titles.length);
  });

  it('is “Processing payment…” as long as nothing is decided', () => {
    for (const known of [{}, { payment: payment('created') }, { payment: payment('approved') }]) {
      expect(copyFor(known)).toMatchObject({ tone: 'busy', title: 'Processing payment…' });
    }
  });

  it('is never that nothing was charged, unless the API has said so', () => {
    for (const known of everything.filter((known) => NOTHING_CHARGED.test(said(copyFor(known))))) {
      const { status } = 'payment' in known ? known.payment : { status: 'unknown' };
      const refused = status === 'created' && 'refusal' in known;
      expect(refused || ['cancelled', 'failed', 'expired'].includes(status)).toBe(true);
      expect(known).not.toHaveProperty('capturing');
    }
  });

  it.each(['cancelled', 'failed', 'expired'] as const)('is that nothing was charged when it was %s', (status) => {
    expect(said(copyFor({ payment: payment(status) }))).toMatch(NOTHING_CHARGED);
  });

  it('is thanks for an order only when there is one', () => {
    for (const known of everything.filter((known) => copyFor(known).title.startsWith('Thank you'))) {
      expect(known).toMatchObject({ payment: { status: expect.stringMatching(/^(captured|partially_refunded)$/) } });
    }
    expect(copyFor({ payment: payment('captured') })).toMatchObject({
      tone: 'good',
      title: expect.stringMatching(/^Thank you/),
    });
    expect(copyFor({ payment: withoutOrder }).title).toBe('Your payment has arrived');
  });

  it('is that the page may be closed whenever it takes longer', () => {
    const waiting = [{ payment: payment('created') }, { payment: payment('approved') }, { payment: withoutOrder }, {}];
    for (const known of waiting) expect(copyFor({ ...known, late: true }).text).toMatch(/You can close it/);
    for (const known of waiting) expect(copyFor(known).text).not.toMatch(/close/);
  });

  it('tells late money that went back from an order that was refunded', () => {
    expect(copyFor({ payment: payment('refunded') }).title).toBe('Your money is on its way back');
    expect(copyFor({ payment: payment('refunded', { order: payment('captured').order }) }).title).toBe(
      'This order was refunded',
    );
  });

  it('is where to choose another way to pay, when PayPal has told where', () => {
    expect(copyFor({ payment: payment('created'), refusal }).onward).toEqual({
      label: 'Back to PayPal',
      href: 'https://paypal.example',
    });
    expect(copyFor({ payment: payment('created'), refusal: { ...refusal, approveUrl: null } }).onward).toBeUndefined();
  });

  it('is not the refusal any more, once the payment has moved on', () => {
    expect(copyFor({ payment: payment('captured'), refusal })).toEqual(copyFor({ payment: payment('captured') }));
  });
});
