import * as z from 'zod/mini';
import { type Money, parseMoney } from '../shared/money.ts';
import { MalformedPayPalBody } from './errors.ts';
import { PAYPAL_ID } from './paypal-id.ts';
import { lenient, listOf, readAs, text } from './response.ts';

/*
 * The fields of PayPal's orders, captures, refunds and disputes that the shop uses; others are ignored. Responses and
 * the resources of webhook events have the same form. PayPal documents none as required, and writes null for a missing
 * one.
 *
 * A body without its id, or with an unreadable amount of its own, is malformed: an event of such a body makes the shop
 * ask PayPal, a response is not believed. Any other field that is null or of the wrong type counts as missing; an odd
 * address must not block a payment. Statuses are strings: PayPal may add some.
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
  /** COMPLETED, DECLINED, PARTIALLY_REFUNDED, PENDING, REFUNDED, FAILED or a newer one; `UNKNOWN` when missing. */
  readonly status: string;
  /** Why it is pending or declined, such as `ECHECK`. */
  readonly reason?: string;
  readonly amount: Money;
  /** The order's `custom_id`: the payment's id. */
  readonly custom_id?: string;
  readonly order_id?: string;
  /** ISO 8601, UTC. */
  readonly created_at?: string;
  /** ISO 8601, UTC. */
  readonly updated_at?: string;
}

/** https://developer.paypal.com/docs/api/payments/v2/#refunds_get */
export interface PayPalRefund {
  readonly id: string;
  /** CANCELLED, FAILED, PENDING, COMPLETED or a newer one; `UNKNOWN` when missing. */
  readonly status: string;
  readonly amount: Money;
  readonly capture_id?: string;
  /** Total refunded of the capture, this refund included. */
  readonly total_refunded?: Money;
  /** ISO 8601, UTC. */
  readonly updated_at?: string;
}

export interface PayPalDispute {
  readonly id?: string;
  /** OPEN, WAITING_FOR_BUYER_RESPONSE, WAITING_FOR_SELLER_RESPONSE, UNDER_REVIEW, RESOLVED or a newer one. */
  readonly status?: string;
  /** ISO 8601, UTC. */
  readonly created_at?: string;
  /** ISO 8601, UTC. */
  readonly updated_at?: string;
  /** RESOLVED_BUYER_FAVOUR, RESOLVED_SELLER_FAVOUR, ACCEPTED or another, once it is resolved. */
  readonly outcome?: string;
  /** Up to 1000, of this shop or of others that sell on the same account. */
  readonly transactions: readonly PayPalLinks[];
}

/** The ids by which a body names orders and captures. */
export interface PayPalLinks {
  readonly orderIds: readonly string[];
  readonly captureIds: readonly string[];
  /** The `custom_id` that the shop gave the order: the payment's id. */
  readonly customIds: readonly string[];
}

/** https://developer.paypal.com/docs/api/orders/v2/#orders_get */
export interface PayPalOrder {
  readonly id: string;
  /** CREATED, SAVED, APPROVED, VOIDED, COMPLETED, PAYER_ACTION_REQUIRED or a newer one; `UNKNOWN` when missing. */
  readonly status: string;
  readonly custom_id?: string;
  /** Absent from a minimal response. */
  readonly amount?: Money;
  readonly captures: readonly PayPalCapture[];
  /**
   * Empty when one of them cannot be read, or not be assigned to a capture in its currency: they count as a total.
   */
  readonly refunds: readonly PayPalRefund[];
  /** It has captures or refunds that cannot be read, and are left out here. */
  readonly incomplete?: true;
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

const id = z.string().check(z.regex(PAYPAL_ID));
const lenientId = lenient(id);
const status = z.catch(z.string().check(z.minLength(1)), 'UNKNOWN');
const links = listOf(z.object({ rel: z.string(), href: z.string() }));
/** Its unreadable items are undefined. */
const partial = <Schema extends z.core.$ZodType>(schema: Schema) => z.nullish(z.array(lenient(schema)));
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
  supplementary_data: lenient(z.object({ related_ids: lenient(z.object({ order_id: lenientId })) })),
  links,
  create_time: text,
  update_time: text,
});

const refund = z.object({
  id,
  status,
  amount: money,
  seller_payable_breakdown: lenient(z.object({ total_refunded_amount: lenient(money) })),
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
  purchase_units: z.nullish(
    z.array(
      z.nullish(
        z.object({
          custom_id: text,
          amount: lenient(money),
          shipping: lenient(z.object({ name: lenient(z.object({ full_name: text })), address: lenient(address) })),
          payments: z.nullish(z.object({ captures: partial(capture), refunds: partial(refund) })),
        }),
      ),
    ),
  ),
  payer,
  payment_source: lenient(z.object({ paypal: payer })),
  update_time: text,
});

const createdOrder = z.object({ id, status, links });

const disputed = listOf(z.object({ seller_transaction_id: lenientId, reference_id: lenientId, custom: text }));
const dispute = z.object({
  // It becomes the key of a map.
  dispute_id: lenient(z.string().check(z.regex(/^[A-Za-z0-9][\w-]{0,254}$/))),
  status: text,
  create_time: text,
  update_time: text,
  dispute_outcome: lenient(z.object({ outcome_code: text })),
  disputed_transactions: disputed,
});

/** Where any kind of body has ids of orders and captures. */
const named = z.object({
  id: lenientId,
  order_id: lenientId,
  custom_id: text,
  supplementary_data: lenient(
    z.object({ related_ids: lenient(z.object({ order_id: lenientId, capture_id: lenientId })) }),
  ),
  links,
  purchase_units: listOf(
    z.object({
      custom_id: text,
      payments: lenient(z.object({ captures: listOf(z.object({ id: lenientId, custom_id: text })) })),
    }),
  ),
  disputed_transactions: disputed,
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
  const read = readAs('dispute', dispute, wire);
  const { dispute_id, status, create_time, update_time, dispute_outcome, disputed_transactions } = read;
  return present({
    id: dispute_id,
    status,
    created_at: isoTime(create_time),
    updated_at: isoTime(update_time),
    outcome: dispute_outcome?.outcome_code,
    transactions: disputed_transactions.map(linksOfDisputed),
  });
}

/** The ids that a body of any kind names, however odd it is. @param idOf what its own id stands for */
export function linksFrom(wire: unknown, idOf: 'order' | 'capture' | 'either' | 'neither'): PayPalLinks {
  const { data } = z.safeParse(named, wire);
  if (!data) return { orderIds: [], captureIds: [], customIds: [] };
  const { id, order_id, custom_id, supplementary_data, links, purchase_units, disputed_transactions } = data;
  const captures = purchase_units.flatMap(({ payments }) => payments?.captures ?? []);
  const addressed = (address: RegExp) =>
    links.map(({ rel, href }) => (rel === 'up' || rel === 'self' ? address.exec(href)?.[1] : undefined));
  const transactions = disputed_transactions.map(linksOfDisputed);
  return {
    orderIds: distinct([
      supplementary_data?.related_ids?.order_id,
      order_id,
      idOf === 'order' || idOf === 'either' ? id : undefined,
      ...addressed(ORDER_ADDRESS),
    ]),
    captureIds: distinct([
      idOf === 'capture' || idOf === 'either' ? id : undefined,
      supplementary_data?.related_ids?.capture_id,
      ...addressed(CAPTURE_ADDRESS),
      ...captures.map((one) => one.id),
      ...transactions.flatMap(({ captureIds }) => captureIds),
    ]),
    customIds: distinct([
      custom_id,
      ...purchase_units.map((unit) => unit.custom_id),
      ...captures.map((one) => one.custom_id),
      ...transactions.flatMap(({ customIds }) => customIds),
    ]),
  };
}

const linksOfDisputed = ({
  seller_transaction_id,
  reference_id,
  custom,
}: z.infer<typeof disputed>[number]): PayPalLinks => ({
  orderIds: [],
  captureIds: distinct([seller_transaction_id, reference_id]),
  customIds: distinct([custom]),
});

/** More than any body of one purchase names. */
const MAX_IDS = 10;
const distinct = (ids: readonly (string | undefined)[]): string[] =>
  [...new Set(ids.filter((one) => one !== undefined))].slice(0, MAX_IDS);

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
  const { id, status, payer, payment_source, update_time } = wire;
  const units = (wire.purchase_units ?? []).filter((one) => one != null);
  const [unit] = units;
  const wallet = payment_source?.paypal;
  const allCaptures = units.flatMap(({ payments }) => payments?.captures ?? []);
  const captures = allCaptures.filter((one) => one !== undefined).map(captureOf);
  const allRefunds = units.flatMap(({ payments }) => payments?.refunds ?? []);
  const [only] = allCaptures.length === 1 ? captures : [];
  const currencies = new Map(captures.map((one) => [one.id, one.amount.currency]));
  const refunds = allRefunds
    .filter((one) => one !== undefined)
    .map(refundOf)
    .map((one) => ({ ...one, capture_id: one.capture_id ?? only?.id }))
    .filter(({ capture_id = '', amount }) => currencies.get(capture_id) === amount.currency)
    .map(present);
  const hasAllRefunds = refunds.length === allRefunds.length;
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
    refunds: hasAllRefunds ? refunds : [],
    incomplete: captures.length < allCaptures.length || !hasAllRefunds ? (true as const) : undefined,
    buyer: isEmpty(buyer) ? undefined : buyer,
    updated_at: isoTime(update_time),
  });
}

const captureOf = (wire: z.infer<typeof capture>): PayPalCapture =>
  present({
    id: wire.id,
    status: wire.status,
    reason: wire.status_details?.reason,
    amount: wire.amount,
    custom_id: wire.custom_id,
    order_id: wire.supplementary_data?.related_ids?.order_id ?? parentId(wire, ORDER_ADDRESS),
    created_at: isoTime(wire.create_time),
    updated_at: timeOf(wire),
  });

const refundOf = (wire: z.infer<typeof refund>): PayPalRefund =>
  present({
    id: wire.id,
    status: wire.status,
    amount: wire.amount,
    capture_id: parentId(wire, CAPTURE_ADDRESS),
    total_refunded: wire.seller_payable_breakdown?.total_refunded_amount,
    updated_at: timeOf(wire),
  });

const ORDER_ADDRESS = /\/v2\/checkout\/orders\/([A-Za-z0-9-]{1,64})$/;
const CAPTURE_ADDRESS = /\/v2\/payments\/captures\/([A-Za-z0-9-]{1,64})$/;

/** The id in the link to the parent: from a refund to its capture, from a capture to its order or authorization. */
const parentId = ({ links }: { links: Links }, address: RegExp): string | undefined =>
  links.map(({ rel, href }) => (rel === 'up' ? address.exec(href)?.[1] : undefined)).find(Boolean);

/** PayPal's refunds have times with an offset, other resources have UTC. All UTC here, so that they sort. */
export function isoTime(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

const timeOf = (wire: { update_time?: string | undefined; create_time?: string | undefined }): string | undefined =>
  isoTime(wire.update_time) ?? isoTime(wire.create_time);

const nameOf = (person: z.infer<typeof payer>): string | undefined =>
  [person?.name?.given_name, person?.name?.surname].filter(Boolean).join(' ') || undefined;

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without fields that are undefined or empty. */
const present = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined && field !== '')) as Present<T>;
