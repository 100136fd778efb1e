import * as z from 'zod/mini';
import { type PaymentId, paymentIdSchema } from '../shared/ids.ts';

/** What became of an event: being worked on, or one of the answers that PayPal got. */
export const EVENT_STATUSES = ['received', 'accepted', 'ignored', 'parked'] as const;
/** What became of an event. */
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** DynamoDB keeps no empty set: it is absent. */
const texts = z._default(
  z.pipe(
    z.set(z.string()),
    z.transform((set) => [...set].sort()),
  ),
  [],
);

/** An event as it lies in its table, without what PayPal said. Times are ISO 8601, UTC. */
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
  /** When operators had it settled once more. */
  replayed_at: texts,
  /** When the shop found it in PayPal's list, because no delivery had come. */
  fetched_at: z.optional(z.string()),
  /** When its body was erased for its buyer's sake. */
  erased_at: z.optional(z.string()),
  /** PayPal's ids of the deliveries. */
  transmissions: texts,
});
/** What is stored of an event beside what PayPal said. */
export type EventHead = z.infer<typeof eventHeadSchema>;

/** All that is stored of an event. */
export const storedEventSchema = z.extend(eventHeadSchema, {
  /** As it came; empty once it was erased. Personal data. */
  body: z._default(z.string(), ''),
});
/** All that is stored of an event. */
export type StoredEvent = z.infer<typeof storedEventSchema>;

/** Which events are wanted; all when nothing is said. */
export interface EventFilter {
  readonly status?: EventStatus | undefined;
  readonly type?: string | undefined;
  readonly paymentId?: PaymentId | undefined;
  /** When they came for the first time: ISO 8601, UTC, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** How far a list has been read: the last event of each status, or of the payment. */
export type EventCursor = Readonly<Record<string, { readonly event_id: string; readonly received_at: string }>>;

/** Some events, and where to go on; without `next` there is nothing more. An event whose status changes meanwhile may be seen twice or not. */
export interface EventPage {
  readonly events: readonly EventHead[];
  readonly next?: EventCursor | undefined;
}
