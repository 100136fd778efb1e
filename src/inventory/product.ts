import * as z from 'zod/mini';
import { moneySchema } from '../shared/money.ts';

export const countersSchema = z.object({
  /** Items for sale. */
  available: z.int(),
  /** Items held for checkout sessions. */
  reserved: z.int(),
  /** Items that were paid for. */
  sold: z.int(),
});
export type Counters = z.infer<typeof countersSchema>;
export type Counter = keyof Counters;

const signed = (count: number) => (count < 0 ? `−${-count}` : `+${count}`);

/** As shown to operators. */
export const formatChange = ({ available, reserved, sold }: Counters): string =>
  `${signed(available)} available, ${signed(reserved)} reserved, ${signed(sold)} sold`;

/** A SKU in a request. */
export const requestedSku = z.string().check(z.minLength(1), z.maxLength(64));

/** An item of the products table: available + reserved + sold = stocked, none of them negative. */
export const productSchema = z.extend(countersSchema, {
  sku: z.string(),
  name: z.string(),
  price: moneySchema,
  /** Items ever added. */
  stocked: z.int(),
  /** Most items in one checkout session; without it, `MAX_PER_ORDER`. */
  max_per_order: z.optional(z.int().check(z.minimum(1))),
});
export type Product = z.infer<typeof productSchema>;

/** Few enough that a handful of sessions without payment cannot hold the stock of a product. */
const MAX_PER_ORDER = 10;

export const maxPerOrder = ({ max_per_order = MAX_PER_ORDER }: Product): number => max_per_order;

/** `unreadable` has the products whose items do not match the schema, with the first attribute that does not. */
export interface ReadProducts {
  readonly products: readonly Product[];
  readonly unreadable: readonly { readonly sku: string; readonly attribute: string }[];
}

export function readProducts(items: readonly { readonly sku?: unknown }[]): ReadProducts {
  const products: Product[] = [];
  const unreadable: { sku: string; attribute: string }[] = [];
  for (const item of items) {
    const { data, error } = productSchema.safeParse(item);
    if (data) products.push(data);
    else unreadable.push({ sku: String(item.sku), attribute: String(error?.issues[0]?.path[0]) });
  }
  return { products, unreadable };
}
