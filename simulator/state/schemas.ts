import * as z from 'zod/mini';

/** An amount as PayPal takes it: `money` of its OpenAPI files. */
export const moneySchema = z.object({
  currency_code: z.string().check(z.length(3)),
  value: z.string().check(z.maxLength(32), z.regex(/^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/)),
});

/** A URL to send somebody or something to. PayPal wants https on port 443; a laptop has neither, so any http URL is taken too. */
export const httpUrlSchema = z.url({ protocol: /^https?$/ }).check(z.maxLength(2048));
