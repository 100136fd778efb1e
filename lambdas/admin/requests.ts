import * as z from 'zod/mini';

const reason = z.string().check(z.minLength(1), z.maxLength(500));

/** `POST /api/v1/admin/payments/{id}/refund`: all that is left when no amount is given. */
export const refundRequest = z.strictObject({
  amount: z.optional(
    z.strictObject({
      currency_code: z.string().check(z.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')),
      value: z.string().check(z.regex(/^\d{1,12}(\.\d{1,2})?$/, 'must be a decimal amount such as 19.99')),
    }),
  ),
  reason,
});

/** `POST /api/v1/admin/payments/{id}/accept` and `POST /api/v1/admin/orders/{id}/ship` */
export const reasonRequest = z.strictObject({ reason });
