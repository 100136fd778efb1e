import { PAYPAL_ID } from '../../src/paypal/paypal-id.ts';

/** What somebody who looks for something has typed. */
export type ParsedId =
  | { readonly kind: 'payment'; readonly paymentId: string }
  | { readonly kind: 'event'; readonly eventId: string }
  | { readonly kind: 'paypal'; readonly id: string }
  | { readonly kind: 'nothing' };

/**
 * What an id names. Those of session, payment and order have one random part, so each of them names the payment; of PayPal's, only an
 * event's can be told by its looks.
 */
export function parseId(text: string): ParsedId {
  const id = text.trim();
  const [, ulid] = /^(?:pay|cs|ord)_([0-7][0-9A-HJKMNP-TV-Z]{25})$/i.exec(id) ?? [];
  if (ulid) return { kind: 'payment', paymentId: `pay_${ulid.toUpperCase()}` };
  if (/^WH-[A-Za-z0-9-]{1,61}$/.test(id)) return { kind: 'event', eventId: id };
  if (PAYPAL_ID.test(id)) return { kind: 'paypal', id };
  return { kind: 'nothing' };
}
