import * as z from 'zod/mini';
import { type Money, parseMoney } from '../shared/money.ts';
import { MalformedPayPalBody } from './errors.ts';
import { PAYPAL_ID } from './paypal-id.ts';
import { readAs } from './response.ts';

/*
 * The fields of PayPal's orders, captures and refunds that the shop uses; others are ignored. Responses and the
 * resources of webhook events have the same form. Fields that decide about money are strict. Those that only the
 * warehouse reads are lenient: an odd address must not block a payment, so a field of the wrong type counts as missing.
 * Statuses are strings: PayPal may add some.
 */

/** The shipping address that the buyer chose at PayPal. */
export interface ShipTo {
  readonly name?: string;
  readonly address_line_1?: string;
  readonly address_line_2?: string;
  /** City, town or village. */
  readonly admin_area_2?: string;
  /** State, province or county. */
  readonly admin_area_1?: string;
  readonly postal_code?: string;
  /** ISO 3166-1, two letters. */
  readonly country_code?: string;
}

/** Personal data: stored in the orders table only, never logged. */
export interface Buyer {
  readonly name?: string;
  readonly email?: string;
  readonly ship_to?: ShipTo;
}

/** https://developer.paypal.com/docs/api/payments/v2/#captures_get */
export interface PayPalCapture {
  readonly id: string;
  /** COMPLETED, DECLINED, PARTIALLY_REFUNDED, PENDING, REFUNDED, FAILED or a newer one. */
  readonly status: string;
  /** Why it is pending or declined, such as `ECHECK`. */
  readonly reason?: string;
  readonly amount: Money;
  /** The order's `custom_id`: the payment's id. */
  readonly custom_id?: string;
  readonly order_id?: string;
  /** ISO 8601, UTC. */
  readonly updated_at?: string;
}

/** https://developer.paypal.com/docs/api/payments/v2/#refunds_get */
export interface PayPalRefund {
  readonly id: string;
  /** CANCELLED, FAILED, PENDING, COMPLETED or a newer one. */
  readonly status: string;
  readonly amount: Money;
  readonly capture_id?: string;
  /** Total refunded of the capture, this refund included. */
  readonly total_refunded?: Money;
  /** ISO 8601, UTC. */
  readonly updated_at?: string;
}

export interface PayPalDispute {
  readonly id: string;
  /** OPEN, WAITING_FOR_BUYER_RESPONSE, WAITING_FOR_SELLER_RESPONSE, UNDER_REVIEW, RESOLVED or a newer one. */
  readonly status: string;
  readonly capture_id: string | undefined;
  /** ISO 8601, UTC. */
  readonly updated_at: string;
}

/** https://developer.paypal.com/docs/api/orders/v2/#orders_get */
export interface PayPalOrder {
  readonly id: string;
  /** CREATED, SAVED, APPROVED, VOIDED, COMPLETED, PAYER_ACTION_REQUIRED or a newer one. */
  readonly status: string;
  readonly custom_id?: string;
  /** Absent from a minimal response. */
  readonly amount?: Money;
  readonly captures: readonly PayPalCapture[];
  readonly refunds: readonly PayPalRefund[];
  readonly buyer?: Buyer;
  /** ISO 8601, UTC: of an approved order, when the buyer approved it. */
  readonly updated_at?: string;
}

export interface CreatedOrder {
  readonly id: string;
  readonly status: string;
  /** Where the buyer approves the payment. */
  readonly approveUrl: string;
}

/** A value of the wrong type counts as missing. */
const lenient = <Schema extends z.core.$ZodType>(schema: Schema) => z.catch(z.optional(schema), undefined);

const text = lenient(z.string());
const id = z.string().check(z.regex(PAYPAL_ID));
const status = z.string().check(z.minLength(1));
const lenientId = lenient(id);
const links = z.catch(z.array(z.object({ rel: z.string(), href: z.string() })), []);
type Links = z.infer<typeof links>;

/** PayPal's money, as minor units. */
export const money = z.pipe(
  // Pattern and length from PayPal's OpenAPI document.
  z.object({
    currency_code: z.string().check(z.regex(/^[A-Z]{3}$/)),
    value: z.string().check(z.maxLength(32), z.regex(/^(-?\d+|-?\d*\.\d+)$/)),
  }),
  z.transform((amount, context): Money => {
    try {
      return parseMoney(amount);
    } catch {
      context.issues.push({ code: 'custom', message: 'not an exact amount', input: amount });
      return z.NEVER;
    }
  }),
);

const capture = z.object({
  id,
  status,
  status_details: lenient(z.object({ reason: text })),
  amount: money,
  custom_id: text,
  supplementary_data: lenient(z.object({ related_ids: z.object({ order_id: lenientId }) })),
  links,
  create_time: text,
  update_time: text,
});

const refund = z.object({
  id,
  status,
  amount: money,
  seller_payable_breakdown: z.optional(z.object({ total_refunded_amount: z.optional(money) })),
  links,
  create_time: text,
  update_time: text,
});

const address = z.object({
  address_line_1: text,
  address_line_2: text,
  admin_area_2: text,
  admin_area_1: text,
  postal_code: text,
  country_code: text,
});
const payer = lenient(z.object({ name: lenient(z.object({ given_name: text, surname: text })), email_address: text }));

const order = z.object({
  id,
  status,
  purchase_units: z.optional(
    z.array(
      z.object({
        custom_id: text,
        amount: z.optional(money),
        shipping: lenient(z.object({ name: lenient(z.object({ full_name: text })), address: lenient(address) })),
        payments: z.optional(
          z.object({ captures: z.optional(z.array(capture)), refunds: z.optional(z.array(refund)) }),
        ),
      }),
    ),
  ),
  payer,
  payment_source: lenient(z.object({ paypal: payer })),
  update_time: text,
});

const createdOrder = z.object({ id, status, links });

const time = z.iso.datetime({ offset: true });
const dispute = z.object({
  dispute_id: id,
  status,
  create_time: time,
  update_time: z.optional(time),
  disputed_transactions: z.array(z.object({ seller_transaction_id: id })).check(z.minLength(1)),
});

/**
 * Reads a response, or the resource of a CHECKOUT.ORDER.* event.
 * @throws MalformedPayPalBody
 */
export const orderFrom = (wire: unknown): PayPalOrder => orderOf(readAs('order', order, wire));

/**
 * Reads a response, or the resource of a PAYMENT.CAPTURE.COMPLETED, PENDING, DENIED or DECLINED event.
 * @throws MalformedPayPalBody
 */
export const captureFrom = (wire: unknown): PayPalCapture => captureOf(readAs('capture', capture, wire));

/**
 * Reads a response, or the resource of a PAYMENT.CAPTURE.REFUNDED or REVERSED event.
 * @throws MalformedPayPalBody
 */
export const refundFrom = (wire: unknown): PayPalRefund => refundOf(readAs('refund', refund, wire));

/**
 * Reads the resource of a CUSTOMER.DISPUTE.* event:
 * https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_get
 * @throws MalformedPayPalBody
 */
export function disputeFrom(wire: unknown): PayPalDispute {
  const { dispute_id, status, create_time, update_time, disputed_transactions } = readAs('dispute', dispute, wire);
  return {
    id: dispute_id,
    status,
    capture_id: disputed_transactions[0]?.seller_transaction_id,
    updated_at: new Date(update_time ?? create_time).toISOString(),
  };
}

/**
 * The buyer's link is `payer-action` with an experience context, `approve` without.
 * @throws MalformedPayPalBody
 */
export function createdOrderFrom(wire: unknown): CreatedOrder {
  const { id, status, links } = readAs('order', createdOrder, wire);
  const link = links.find(
    ({ rel, href }) => (rel === 'payer-action' || rel === 'approve') && /^https?:\/\//.test(href),
  );
  if (!link) throw new MalformedPayPalBody('order', 'links', 'no approval link');
  return { id, status, approveUrl: link.href };
}

function orderOf(wire: z.infer<typeof order>): PayPalOrder {
  const { id, status, purchase_units = [], payer, payment_source, update_time } = wire;
  const [unit] = purchase_units;
  const wallet = payment_source?.paypal;
  const captures = purchase_units.flatMap(({ payments }) => payments?.captures ?? []).map(captureOf);
  const shipTo = present({ name: unit?.shipping?.name?.full_name, ...unit?.shipping?.address });
  const buyer = present({
    name: nameOf(payer) ?? nameOf(wallet),
    email: payer?.email_address || wallet?.email_address,
    ship_to: isEmpty(shipTo) ? undefined : shipTo,
  });
  return present({
    id,
    status,
    custom_id: unit?.custom_id ?? captures[0]?.custom_id,
    amount: unit?.amount,
    captures: captures.map((capture) => ({ ...capture, order_id: capture.order_id ?? id })),
    refunds: purchase_units.flatMap(({ payments }) => payments?.refunds ?? []).map(refundOf),
    buyer: isEmpty(buyer) ? undefined : buyer,
    updated_at: timeOf({ update_time }),
  });
}

const captureOf = (wire: z.infer<typeof capture>): PayPalCapture =>
  present({
    id: wire.id,
    status: wire.status,
    reason: wire.status_details?.reason,
    amount: wire.amount,
    custom_id: wire.custom_id,
    order_id:
      wire.supplementary_data?.related_ids.order_id ?? parentId(wire, /\/v2\/checkout\/orders\/([A-Za-z0-9-]{1,64})$/),
    updated_at: timeOf(wire),
  });

const refundOf = (wire: z.infer<typeof refund>): PayPalRefund =>
  present({
    id: wire.id,
    status: wire.status,
    amount: wire.amount,
    capture_id: parentId(wire, /\/v2\/payments\/captures\/([A-Za-z0-9-]{1,64})$/),
    total_refunded: wire.seller_payable_breakdown?.total_refunded_amount,
    updated_at: timeOf(wire),
  });

/** The id in the link to the parent: from a refund to its capture, from a capture to its order or authorization. */
const parentId = ({ links }: { links: Links }, address: RegExp): string | undefined =>
  links.map(({ rel, href }) => (rel === 'up' ? address.exec(href)?.[1] : undefined)).find(Boolean);

/** PayPal's refunds have times with an offset, other resources have UTC. All UTC here, so that they sort. */
export function timeOf({
  update_time,
  create_time,
}: {
  update_time?: string | undefined;
  create_time?: string | undefined;
}): string | undefined {
  const time = Date.parse(update_time ?? create_time ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

const nameOf = (person: z.infer<typeof payer>): string | undefined =>
  [person?.name?.given_name, person?.name?.surname].filter(Boolean).join(' ') || undefined;

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without fields that are undefined or empty. */
const present = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined && field !== '')) as Present<T>;
