import * as z from 'zod/mini';
import { moneySchema } from '../shared/money.ts';

/** Where the pieces of a product are. */
export const countersSchema = z.object({
  /** Pieces that can be bought. */
  available: z.int(),
  /** Pieces held for checkout sessions. */
  reserved: z.int(),
  /** Pieces that were paid. */
  sold: z.int(),
});
/** Where the pieces of a product are. */
export type Counters = z.infer<typeof countersSchema>;
/** One place where pieces can be. */
export type Counter = keyof Counters;

/** A product and its stock as they lie in the products table: available + reserved + sold = stocked, none of them negative. */
export const productSchema = z.extend(countersSchema, {
  sku: z.string(),
  name: z.string(),
  price: moneySchema,
  /** Pieces ever put in. */
  stocked: z.int(),
});
/** A product and its stock. */
export type Product = z.infer<typeof productSchema>;
