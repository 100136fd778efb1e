import * as z from 'zod/mini';
import { type Caller, mayReadBuyers } from '../access/caller.ts';
import type { PaymentRepository } from '../payments/payment-repository.ts';
import { PAYPAL_ID } from '../paypal/paypal-id.ts';
import { eventIdSchema, eventTypeSchema } from '../paypal-webhook/event.ts';
import { replayEvent } from '../paypal-webhook/replay-event.ts';
import { countEvents, type ReplayManyDeps, replayEvents } from '../paypal-webhook/replay-events.ts';
import { EVENT_STATUSES, type EventCursor, type EventFilter } from '../paypal-webhook/stored-event.ts';
import type { ExecutionClient } from '../settlements/execution-client.ts';
import { paymentExecutions } from '../settlements/payment-executions.ts';
import { invalidRequest, Problem } from '../shared/http/problem.ts';
import { parseBody, parseQuery } from '../shared/http/request.ts';
import type { Api, Call } from '../shared/http/router.ts';
import { orderIdSchema, type PaymentId, paymentIdOfOrder, paymentIdSchema } from '../shared/ids.ts';
import { textOfSegment } from '../shared/path-segment.ts';
import { type AuditDeps, recordAction, recordBuyerRead } from './audit.ts';
import { checkPeriod, decodeCursor, encodeCursor, page, period } from './queries.ts';
import { dryRunRequest, replayManyRequest } from './requests.ts';
import { toEventDetailsResponse, toEventResponse, toReplayResponse } from './responses.ts';

export interface EventRoutesDeps extends AuditDeps, ReplayManyDeps {
  readonly payments: ReplayManyDeps['payments'] & Pick<PaymentRepository, 'byPayPalOrder' | 'byCapture'>;
  readonly workflow: Pick<ExecutionClient, 'describe'>;
}

const paypalId = z.string().check(z.regex(PAYPAL_ID, 'must be a PayPal id'));
const eventsQuery = z.strictObject({
  status: z.optional(z.enum(EVENT_STATUSES)),
  type: z.optional(eventTypeSchema),
  payment_id: z.optional(paymentIdSchema),
  order_id: z.optional(orderIdSchema),
  paypal_order_id: z.optional(paypalId),
  capture_id: z.optional(paypalId),
  ...period,
  ...page,
});
type Query = z.infer<typeof eventsQuery>;

/** Webhook events: list, read, replay. */
export function eventRoutes(api: Api<Caller>, deps: EventRoutesDeps): void {
  const { events, payments } = deps;

  /** The payment that the list is filtered by; null when it does not exist. */
  async function paymentOf({
    payment_id,
    order_id,
    paypal_order_id,
    capture_id,
  }: Query): Promise<PaymentId | null | undefined> {
    const ids = Object.entries({ payment_id, order_id, paypal_order_id, capture_id }).filter(([, name]) => name);
    const [, second] = ids;
    if (second) throw invalidRequest([{ field: second[0], detail: `cannot be combined with ${ids[0]?.[0]}` }]);
    if (order_id) return paymentIdOfOrder(order_id);
    if (paypal_order_id) return (await payments.byPayPalOrder(paypal_order_id))?.payment_id ?? null;
    if (capture_id) return (await payments.byCapture(capture_id))?.payment_id ?? null;
    return payment_id;
  }

  api.get('/api/v1/admin/webhook-events', async ({ event }) => {
    const query = parseQuery(eventsQuery, event);
    checkPeriod(query);
    const paymentId = await paymentOf(query);
    if (paymentId === null) return { status: 200, body: { events: [], next_cursor: null } };
    const filter = { status: query.status, type: query.type, paymentId, from: query.from, to: query.to };
    const after = query.cursor === undefined ? undefined : decodeCursorOf(filter, query.cursor);
    const { events: found, next } = await events.page(filter, query.limit, after);
    return { status: 200, body: { events: found.map(toEventResponse), next_cursor: encodeCursor(next) } };
  });

  api.get('/api/v1/admin/webhook-events/:id', async ({ event: request, caller, params }) => {
    parseQuery(z.strictObject({}), request);
    const id = eventIdOf(params);
    const event = await events.get(id);
    if (!event) throw unknownEvent(id);
    const payment = event.payment_id && (await payments.get(event.payment_id));
    const executions = payment ? await paymentExecutions(deps.workflow, payment) : [];
    const showsBuyer = event.body !== '' && mayReadBuyers(caller);
    if (showsBuyer) await recordBuyerRead(deps, caller, id);
    const shown = showsBuyer ? event : { ...event, body: '' };
    return { status: 200, body: toEventDetailsResponse(shown, payment || undefined, executions) };
  });

  api.post('/api/v1/admin/webhook-events/:id/replay', async ({ event: request, caller, params }) => {
    const { dry_run: dryRun = false, reason } = parseBody(dryRunRequest, request);
    const id = eventIdOf(params);
    const event = await events.get(id);
    if (!event) throw unknownEvent(id);
    if (!dryRun) await recordAction(deps, { actor: caller.id, action: 'replay', target: id, reason });
    const replayed = await replayEvent(deps, id, { dryRun });
    switch (replayed.outcome) {
      case 'unknown_event':
        throw unknownEvent(id);
      case 'erased':
        throw new Problem('event-erased', 'the event data was erased with the buyer’s personal data');
      default:
        return { status: 200, body: toReplayResponse(replayed) };
    }
  });

  api.post('/api/v1/admin/webhook-events/replay', async ({ event: request, caller }) => {
    const { filter: requested, dry_run, reason, cursor } = parseBody(replayManyRequest, request);
    checkPeriod(requested);
    const { payment_id: paymentId, ...rest } = requested;
    const filter = { ...rest, paymentId };
    if (dry_run) return { status: 200, body: { dry_run, ...(await countEvents(deps, filter)) } };
    const after = cursor === undefined ? undefined : decodeCursorOf(filter, cursor);
    await recordAction(deps, {
      actor: caller.id,
      action: 'replay',
      target: 'webhook-events',
      reason,
      details: requested,
    });
    const { next, ...result } = await replayEvents(deps, filter, after);
    return { status: 200, body: { dry_run, ...result, next_cursor: encodeCursor(next) } };
  });
}

/** @throws Problem `unknown-event` */
function eventIdOf({ id = '' }: Call['params']): string {
  const eventId = textOfSegment(id);
  if (z.safeParse(eventIdSchema, eventId).success && eventId !== undefined) return eventId;
  throw unknownEvent(id);
}
const unknownEvent = (id: string) => new Problem('unknown-event', `event ${id} not found`);

/** Also rejects a cursor of another list or outside the requested period, which DynamoDB would reject. */
function decodeCursorOf({ status, paymentId, from = '0', to = '~' }: EventFilter, cursor: string): EventCursor {
  const lists: readonly string[] = paymentId ? [paymentId] : status ? [status] : EVENT_STATUSES;
  const cursorSchema = z.record(
    z.string().check(z.refine((list) => lists.includes(list))),
    z.strictObject({
      event_id: eventIdSchema,
      received_at: z.iso.datetime({ precision: 3 }).check(z.refine((at) => from <= at && at <= to)),
    }),
  );
  return decodeCursor(cursorSchema, cursor);
}
