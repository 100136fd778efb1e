import * as z from 'zod/mini';
import { type PaymentId, paymentIdSchema } from '../shared/ids.ts';
import { bodyOf } from './compressed-body.ts';

/** `received`: not processed yet. The others are outcomes. */
export const EVENT_STATUSES = ['received', 'accepted', 'ignored', 'parked'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** DynamoDB stores no empty set: the attribute is absent. */
const stringSet = z._default(
  z.pipe(
    z.set(z.string()),
    z.transform((set) => [...set].sort()),
  ),
  [],
);

/** A stored event without its body. Times are ISO 8601, UTC. */
export const eventHeadSchema = z.object({
  event_id: z.string(),
  event_type: z.string(),
  status: z.enum(EVENT_STATUSES),
  /** Why it was parked. */
  reason: z.optional(z.string()),
  payment_id: z.optional(paymentIdSchema),
  received_at: z.string(),
  last_received_at: z.string(),
  finished_at: z.optional(z.string()),
  /** When operators replayed it. */
  replayed_at: stringSet,
  /** When it was fetched from PayPal's list of events, because no delivery had arrived. */
  fetched_at: z.optional(z.string()),
  erased_at: z.optional(z.string()),
  /** PayPal's ids of the deliveries. */
  transmissions: stringSet,
});
export type EventHead = z.infer<typeof eventHeadSchema>;

export const storedEventSchema = z.extend(eventHeadSchema, {
  /** Raw; empty once erased. Personal data. */
  body: z._default(z.pipe(z.union([z.string(), z.instanceof(Uint8Array)]), z.transform(bodyOf)), ''),
});
export type StoredEvent = z.infer<typeof storedEventSchema>;

/** As little as a search for personal data needs, so that it reads events of any form. */
export const eventBodySchema = z.pick(storedEventSchema, { event_id: true, payment_id: true, body: true });
export type EventBody = z.infer<typeof eventBodySchema>;

export interface EventFilter {
  readonly status?: EventStatus | undefined;
  readonly type?: string | undefined;
  readonly paymentId?: PaymentId | undefined;
  /** First received: ISO 8601, UTC, inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The last event read of each status, or of the payment. */
export type EventCursor = Readonly<Record<string, { readonly event_id: string; readonly received_at: string }>>;

/** Without `next`, the last page. An event whose status changes between pages may appear twice or not at all. */
export interface EventPage {
  readonly events: readonly EventHead[];
  readonly next?: EventCursor | undefined;
}
