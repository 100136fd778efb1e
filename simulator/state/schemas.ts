import * as z from 'zod/mini';

/** `money` of PayPal's OpenAPI files. */
export const moneySchema = z.object({
  currency_code: z.string().check(z.length(3)),
  value: z.string().check(z.maxLength(32), z.regex(/^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/)),
});

/** PayPal requires https on port 443. A laptop has neither, so any http or https URL is accepted. */
export const httpUrlSchema = z.url({ protocol: /^https?$/ }).check(z.maxLength(2048));
