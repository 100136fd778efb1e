import * as z from 'zod/mini';
import { httpUrlSchema, moneySchema } from './schemas.ts';

/* Limits and patterns are those of `order_request` in PayPal's OpenAPI file for the Orders API. */

const text = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));
const longText = z.string().check(z.maxLength(300));

const optionalMoney = z.optional(moneySchema);

const breakdownSchema = z.object({
  item_total: optionalMoney,
  shipping: optionalMoney,
  handling: optionalMoney,
  tax_total: optionalMoney,
  insurance: optionalMoney,
  shipping_discount: optionalMoney,
  discount: optionalMoney,
});

const itemSchema = z.object({
  name: text(127),
  unit_amount: moneySchema,
  tax: optionalMoney,
  quantity: z.string().check(z.regex(/^[1-9][0-9]{0,9}$/)),
  description: z.optional(z.string().check(z.maxLength(127))),
  sku: z.optional(z.string().check(z.maxLength(127))),
  category: z.optional(z.enum(['DIGITAL_GOODS', 'PHYSICAL_GOODS', 'DONATION'])),
});

const addressSchema = z.object({
  address_line_1: z.optional(longText),
  address_line_2: z.optional(longText),
  admin_area_1: z.optional(longText),
  admin_area_2: z.optional(longText),
  postal_code: z.optional(z.string().check(z.maxLength(60))),
  country_code: z.string().check(z.regex(/^([A-Z]{2}|C2)$/)),
});

export const shippingSchema = z.object({
  name: z.optional(z.object({ full_name: z.optional(longText) })),
  address: z.optional(addressSchema),
});

const purchaseUnitSchema = z.object({
  reference_id: z.optional(text(256)),
  amount: z.extend(moneySchema, { breakdown: z.optional(breakdownSchema) }),
  description: z.optional(text(127)),
  custom_id: z.optional(text(127)),
  invoice_id: z.optional(text(127)),
  soft_descriptor: z.optional(text(22)),
  items: z.optional(z.array(itemSchema)),
  shipping: z.optional(shippingSchema),
});

const experienceSchema = z.object({
  brand_name: z.optional(text(127)),
  locale: z.optional(text(10)),
  shipping_preference: z._default(z.enum(['GET_FROM_FILE', 'NO_SHIPPING', 'SET_PROVIDED_ADDRESS']), 'GET_FROM_FILE'),
  user_action: z.optional(z.enum(['CONTINUE', 'PAY_NOW'])),
  return_url: z.optional(httpUrlSchema),
  cancel_url: z.optional(httpUrlSchema),
});

/** The supported part of the body of `POST /v2/checkout/orders`. Like PayPal, it ignores unknown fields. */
export const orderRequestSchema = z.object({
  intent: z.enum(['CAPTURE', 'AUTHORIZE']),
  purchase_units: z.array(purchaseUnitSchema).check(z.minLength(1), z.maxLength(10)),
  // Strict: the simulator supports no other payment source.
  payment_source: z.optional(
    z.strictObject({ paypal: z.optional(z.object({ experience_context: z.optional(experienceSchema) })) }),
  ),
  application_context: z.optional(experienceSchema),
});

export type OrderRequest = z.infer<typeof orderRequestSchema>;
export type Shipping = z.infer<typeof shippingSchema>;
export type PurchaseUnit = OrderRequest['purchase_units'][number];
