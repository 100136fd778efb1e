import { PAYPAL_ID } from '../../src/paypal/paypal-id.ts';

export type ParsedId =
  | { readonly kind: 'payment'; readonly paymentId: string }
  | { readonly kind: 'event'; readonly eventId: string }
  /** A PayPal order or capture, which only a lookup can distinguish. */
  | { readonly kind: 'paypal'; readonly id: string }
  | { readonly kind: 'unrecognised' };

/**
 * Parses an id. Those of a payment, its session and its order share one ULID, so each of them identifies the payment.
 */
export function parseId(text: string): ParsedId {
  const id = text.trim();
  const [, ulid] = /^(?:pay|cs|ord)_([0-7][0-9A-HJKMNP-TV-Z]{25})$/i.exec(id) ?? [];
  if (ulid) return { kind: 'payment', paymentId: `pay_${ulid.toUpperCase()}` };
  if (/^WH-[\w-]{1,125}$/.test(id)) return { kind: 'event', eventId: id };
  if (PAYPAL_ID.test(id)) return { kind: 'paypal', id };
  return { kind: 'unrecognised' };
}
