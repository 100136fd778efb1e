import * as z from 'zod/mini';
import { SCOPES } from '../access/caller.ts';
import { requestedSku } from '../inventory/product.ts';
import { eventTypeSchema } from '../paypal-webhook/event.ts';
import { EVENT_STATUSES } from '../paypal-webhook/stored-event.ts';
import { paymentIdSchema } from '../shared/ids.ts';
import { cursor, period } from './queries.ts';

const reason = z.string().check(z.minLength(1), z.maxLength(500));

/** `POST /api/v1/admin/payments/{id}/refund`: the remaining amount by default. */
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

/** `POST /api/v1/admin/stock/release-held` */
export const releaseHeldRequest = z.strictObject({ sku: requestedSku, reason });

/** `POST /api/v1/admin/consistency/run`: the body is optional. */
export const checkRequest = z.strictObject({ reason: z.optional(reason) });

/** `POST /api/v1/admin/settlements/{id}/retry`: all open settlements by default. */
export const retryRequest = z.strictObject({
  settlement: z.optional(z.string().check(z.regex(/^[\w-]{1,60}$/, 'must be a settlement such as captured'))),
  reason,
});

/** `POST /api/v1/admin/settlements/retry` */
export const retryAllRequest = z.strictObject({
  dry_run: z.optional(z.boolean()),
  reason,
  limit: z.optional(z.int().check(z.minimum(1), z.maximum(50))),
  cursor,
});

/** `POST /api/v1/admin/webhook-events/{id}/replay` */
export const dryRunRequest = z.strictObject({ dry_run: z.optional(z.boolean()), reason });

/** `POST /api/v1/admin/webhook-events/replay`: requires a filter. */
export const replayManyRequest = z.strictObject({
  filter: z
    .strictObject({
      status: z.optional(z.enum(EVENT_STATUSES)),
      type: z.optional(eventTypeSchema),
      payment_id: z.optional(paymentIdSchema),
      ...period,
    })
    .check(z.refine((filter) => Object.keys(filter).length > 0, 'must contain at least one condition')),
  dry_run: z.boolean(),
  reason,
  cursor,
});

/** `POST /api/v1/admin/api-keys`: without `refund_limit`, the stage's. */
export const apiKeyRequest = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(100)),
  scopes: z.array(z.enum(SCOPES)).check(z.minLength(1), z.maxLength(SCOPES.length)),
  refund_limit: z.optional(z.int().check(z.minimum(0), z.maximum(1_000_000))),
});
