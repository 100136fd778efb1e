import * as z from 'zod/mini';

/*
 * A purchase has one random part (a ULID: 80 random bits, so it cannot be guessed), and its session, payment and order
 * carry it under their own prefix. So one names the others without an index, and a second payment of a session or a
 * second order of a payment cannot exist: they would have the same key.
 */

/** Names a checkout session: `cs_` and a ULID. */
export type SessionId = `cs_${string}`;
/** Names a payment: `pay_` and its session's ULID. */
export type PaymentId = `pay_${string}`;
/** Names an order: `ord_` and its payment's ULID. */
export type OrderId = `ord_${string}`;

const ULID = '[0-7][0-9A-HJKMNP-TV-Z]{25}';
const matcher = <Id extends string>(prefix: string) => {
  const pattern = new RegExp(`^${prefix}_${ULID}$`);
  return (text: string): text is Id => pattern.test(text);
};

/** Whether a text has the form of a session's id. */
export const isSessionId = matcher<SessionId>('cs');
/** Whether a text has the form of a payment's id. */
export const isPaymentId = matcher<PaymentId>('pay');
/** Whether a text has the form of an order's id. */
export const isOrderId = matcher<OrderId>('ord');

/** A session’s id as it lies in a table. */
export const sessionIdSchema = z.custom<SessionId>((id) => typeof id === 'string' && isSessionId(id));
/** A payment’s id as it lies in a table. */
export const paymentIdSchema = z.custom<PaymentId>((id) => typeof id === 'string' && isPaymentId(id));
/** An order’s id as it lies in a table. */
export const orderIdSchema = z.custom<OrderId>((id) => typeof id === 'string' && isOrderId(id));

const randomPartOf = (id: string) => id.slice(id.indexOf('_') + 1);

/** The session's id for a new ULID. */
export const sessionId = (ulid: string): SessionId => `cs_${ulid}`;
/** The one payment that a session can have. */
export const paymentIdOf = (id: SessionId): PaymentId => `pay_${randomPartOf(id)}`;
/** The session that a payment was made for. */
export const sessionIdOf = (id: PaymentId): SessionId => `cs_${randomPartOf(id)}`;
/** The payment that an order was made for. */
export const paymentIdOfOrder = (id: OrderId): PaymentId => `pay_${randomPartOf(id)}`;
/** The one order that a payment can lead to. */
export const orderIdOf = (id: PaymentId): OrderId => `ord_${randomPartOf(id)}`;
