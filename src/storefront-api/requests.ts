import * as z from 'zod/mini';
import { MAX_PRODUCTS, MAX_QUANTITY } from '../checkout/basket-limits.ts';
import { requestedSku } from '../inventory/product.ts';

const line = z.strictObject({
  sku: requestedSku,
  quantity: z.int().check(z.minimum(1), z.maximum(MAX_QUANTITY)),
});

/** `POST /api/v1/checkout-sessions` */
export const checkoutRequest = z.strictObject({
  items: z.array(line).check(
    z.minLength(1),
    z.maxLength(MAX_PRODUCTS),
    z.refine((items) => new Set(items.map(({ sku }) => sku)).size === items.length, 'must not repeat a SKU'),
  ),
  replaces: z.optional(z.string()),
});

/** `POST /api/v1/payments` */
export const paymentRequest = z.strictObject({ checkout_session_id: z.string() });

/** `POST …/capture` and `POST …/release`: the body is optional; if present, an empty object. */
export const emptyRequest = z.strictObject({});

/** `POST /api/v1/payments/{id}/cancel`: `token` is what PayPal adds to the cancel URL. */
export const cancelRequest = z.strictObject({ token: z.string() });
