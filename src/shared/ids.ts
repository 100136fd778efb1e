import * as z from 'zod/mini';

/*
 * A purchase has one ULID (80 random bits, so it cannot be guessed); its session, payment and order have it under their
 * own prefix. Each id yields the others without an index, and a second payment of a session or a second order of a
 * payment cannot exist: it would have the same key.
 */

export type SessionId = `cs_${string}`;
/** With the ULID of its session. */
export type PaymentId = `pay_${string}`;
/** With the ULID of its payment. */
export type OrderId = `ord_${string}`;

const ULID = '[0-7][0-9A-HJKMNP-TV-Z]{25}';
const matcher = <Id extends string>(prefix: string) => {
  const pattern = new RegExp(`^${prefix}_${ULID}$`);
  return (text: string): text is Id => pattern.test(text);
};

export const isSessionId = matcher<SessionId>('cs');
export const isPaymentId = matcher<PaymentId>('pay');
export const isOrderId = matcher<OrderId>('ord');

export const sessionIdSchema = z.custom<SessionId>((id) => typeof id === 'string' && isSessionId(id));
export const paymentIdSchema = z.custom<PaymentId>((id) => typeof id === 'string' && isPaymentId(id));
export const orderIdSchema = z.custom<OrderId>((id) => typeof id === 'string' && isOrderId(id));

const ulidOf = (id: string) => id.slice(id.indexOf('_') + 1);

export const sessionId = (ulid: string): SessionId => `cs_${ulid}`;
export const paymentIdOf = (id: SessionId): PaymentId => `pay_${ulidOf(id)}`;
export const sessionIdOf = (id: PaymentId): SessionId => `cs_${ulidOf(id)}`;
export const paymentIdOfOrder = (id: OrderId): PaymentId => `pay_${ulidOf(id)}`;
export const orderIdOf = (id: PaymentId): OrderId => `ord_${ulidOf(id)}`;

/** The session of a purchase, by any of its ids; undefined for another text. */
export function sessionOf(id: string): SessionId | undefined {
  if (isSessionId(id)) return id;
  if (isPaymentId(id)) return sessionIdOf(id);
  return isOrderId(id) ? sessionIdOf(paymentIdOfOrder(id)) : undefined;
}
