import * as z from 'zod/mini';
import { moneySchema } from '../shared/money.ts';

/** A product and its stock as they lie in the products table: available + reserved + sold = stocked, none of them negative. */
export const productSchema = z.object({
  sku: z.string(),
  name: z.string(),
  price: moneySchema,
  /** Pieces that can be bought. */
  available: z.int(),
  /** Pieces held for checkout sessions. */
  reserved: z.int(),
  /** Pieces that were paid. */
  sold: z.int(),
  /** Pieces ever put in. */
  stocked: z.int(),
});
export type Product = z.infer<typeof productSchema>;

/** Where the pieces of a product are. */
export type Counters = Pick<Product, 'available' | 'reserved' | 'sold'>;
