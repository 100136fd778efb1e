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

/** An item of the products table: available + reserved + sold = stocked, none of them negative. */
export const productSchema = z.extend(countersSchema, {
  sku: z.string(),
  name: z.string(),
  price: moneySchema,
  /** Items ever added. */
  stocked: z.int(),
});
export type Product = z.infer<typeof productSchema>;
