import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ApiProblem, call } from '../api/call.ts';
import type {
  AuditEntries,
  BooksChecked,
  Consistency,
  CountedEvents,
  DeepHealth,
  FailedSettlements,
  NextCursor,
  OperatorOrder,
  OperatorPayment,
  Payment,
  PaymentStory,
  PayPalView,
  RefundRequest,
  Repaired,
  Replayed,
  ReplayedMany,
  ReplayManyRequest,
  Retried,
  ShopMetrics,
  SignedIn,
  SignInRequest,
  WebhookEventDetail,
  WebhookEvents,
} from '../api/schema.ts';
import { operatorSession } from './session.ts';

/*
 * All that these pages ask the API. What they show is asked for again as long as the page is seen: TanStack Query rests in hidden tabs.
 */

/** For what somebody waits for. */
const SOON_MS = 3000;
const USUAL_MS = 5000;
/** For what costs the shop some calls each time. */
const RARE_MS = 20_000;

/** The operator at this tab. */
export const session = operatorSession({
  storage: sessionStorage,
  now: Date.now,
  renew: (refresh_token) =>
    call<SignedIn>('POST', '/admin/sign-in/refresh', { body: { refresh_token } }).catch((error) => {
      if (error instanceof ApiProblem && error.status === 401) return undefined;
      throw error;
    }),
});

/** @throws ApiProblem `wrong-credentials` */
export async function signIn(credentials: SignInRequest): Promise<void> {
  session.begin(credentials.username, await call<SignedIn>('POST', '/admin/sign-in', { body: credentials }));
}

/** Calls as the operator who is signed in. A token that is not taken any more ends the session: then the pages give way to the sign-in. */
async function ask<Answer>(
  method: string,
  path: `/${string}`,
  options: { body?: unknown; signal?: AbortSignal } = {},
): Promise<Answer> {
  const token = await session.token();
  try {
    return await call<Answer>(method, `/admin${path}`, {
      ...options,
      ...(token && { headers: { authorization: `Bearer ${token}` } }),
    });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) session.runOut();
    throw error;
  }
}

const get = <Answer>(path: `/${string}`, signal: AbortSignal) => ask<Answer>('GET', path, { signal });
const post = <Answer>(path: `/${string}`, body: unknown) => ask<Answer>('POST', path, { body });

/** What a list is narrowed down to; what is undefined or empty does not count. */
type Filter = Readonly<Record<string, string | undefined>>;

function query(filter: Filter): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
}

/** A list that comes page by page. */
const list = <Page extends { next_cursor: NextCursor }>(path: `/${string}`, filter: Filter = {}) =>
  infiniteQueryOptions({
    queryKey: [path, filter],
    queryFn: ({ pageParam, signal }) => get<Page>(`${path}${query({ ...filter, cursor: pageParam })}`, signal),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }: Page) => next_cursor,
    refetchInterval: USUAL_MS,
  });

/** @throws ApiProblem, but not when it is the health itself that answers with 503. */
export const health = queryOptions({
  queryKey: ['/health'],
  queryFn: ({ signal }) =>
    get<DeepHealth>('/health', signal).catch((error): DeepHealth => {
      if (!(error instanceof ApiProblem && 'checks' in error.problem)) throw error;
      return { ...(error.problem as unknown as DeepHealth), status: 'failing' };
    }),
  refetchInterval: RARE_MS,
});

/** How well settlements went in the last hours. */
export const metrics = (hours: number) =>
  queryOptions({
    queryKey: ['/metrics', hours],
    queryFn: ({ signal }) => {
      // The hour that has begun is one of them.
      const from = new Date(Date.now() - (hours - 1) * 3_600_000).toISOString();
      return get<ShopMetrics>(`/metrics${query({ from })}`, signal);
    },
    refetchInterval: RARE_MS,
  });

/** Which events a list holds, and a replay of many is about. */
export type ManyEvents = ReplayManyRequest['filter'];

/** The webhook events that fit. */
export const events = (filter: ManyEvents) => list<WebhookEvents>('/webhook-events', { ...filter });

/** One webhook event, and what followed. */
export const event = (id: string) =>
  queryOptions({
    queryKey: ['/webhook-events', id],
    queryFn: ({ signal }) => get<WebhookEventDetail>(`/webhook-events/${encodeURIComponent(id)}`, signal),
    refetchInterval: USUAL_MS,
  });

/** What waits to be retried. */
export const failedSettlements = list<FailedSettlements>('/settlements', { status: 'failed' });

/** One payment’s whole story, without PayPal’s own view. */
export const payment = (id: string) =>
  queryOptions({
    queryKey: ['/payments', id],
    queryFn: ({ signal }) => get<PaymentStory>(`/payments/${encodeURIComponent(id)}`, signal),
    refetchInterval: SOON_MS,
  });

/** PayPal's own view, asked for once: each time costs a call to PayPal. */
export const askPayPal = async (id: string): Promise<PayPalView | null> =>
  (await ask<PaymentStory>('GET', `/payments/${encodeURIComponent(id)}?paypal=true`)).paypal;

/** What is broken in the books: of one rule, or of all. */
export const consistency = (invariant = '') => list<Consistency>('/consistency', { invariant });

/** What operators did. */
export const audit = (filter: { readonly who?: string; readonly target?: string }) =>
  list<AuditEntries>('/audit', { ...filter });

/** @returns the payment that a PayPal order or capture belongs to, if the shop knows it. */
export async function paymentOfPayPal(id: string): Promise<string | undefined> {
  const unknown = (error: unknown) => {
    if (error instanceof ApiProblem && error.status === 404) return undefined;
    throw error;
  };
  const [byOrder, byCapture] = await Promise.all([
    call<Payment>('GET', `/payments?token=${encodeURIComponent(id)}`).catch(unknown),
    ask<WebhookEvents>('GET', `/webhook-events${query({ capture_id: id, limit: '1' })}`),
  ]);
  return byOrder?.payment_id ?? byCapture.events[0]?.payment_id ?? undefined;
}

/** Why, for the audit: with everything that changes something. */
type Reason = string;
/** The audit has nothing of a dry run, but each is a request like the real one. */
const PREVIEW: Reason = 'preview';

/** What a replay of an event would change; changes nothing. */
export const previewReplay = (eventId: string) =>
  post<Replayed>(`/webhook-events/${encodeURIComponent(eventId)}/replay`, { dry_run: true, reason: PREVIEW });
/** Handles an event again. */
export const replay = (eventId: string, reason: Reason) =>
  post<Replayed>(`/webhook-events/${encodeURIComponent(eventId)}/replay`, { reason });

/** How many events a replay would handle; changes nothing. */
export const countReplays = (filter: ManyEvents) =>
  post<CountedEvents>('/webhook-events/replay', { filter, dry_run: true, reason: PREVIEW });

/** What came of replaying many events. */
export interface ReplayedAll extends Pick<ReplayedMany, 'replayed' | 'changed' | 'erased' | 'failed'> {
  /** False when it ended early, because of trouble. */
  readonly complete: boolean;
}

/** Replays all events that fit, batch by batch; after the first trouble it ends. `tell` hears how many were replayed so far. */
export async function replayMany(
  filter: ManyEvents,
  reason: Reason,
  tell: (replayed: number) => void,
): Promise<ReplayedAll> {
  let [replayed, changed] = [0, 0];
  const erased: ReplayedMany['erased'] = [];
  for (let cursor: string | null | undefined; ; ) {
    const request = { filter, dry_run: false, reason, ...(cursor && { cursor }) };
    const batch = await post<ReplayedMany>('/webhook-events/replay', request);
    replayed += batch.replayed;
    changed += batch.changed;
    erased.push(...batch.erased);
    tell(replayed);
    cursor = batch.next_cursor;
    if (!cursor || batch.failed.length > 0)
      return { replayed, changed, erased, failed: batch.failed, complete: !cursor };
  }
}

/** Does what could not be done for a payment. */
export const retrySettlement = (paymentId: string, settlement: string, reason: Reason) =>
  post<Retried>(`/settlements/${encodeURIComponent(paymentId)}/retry`, { settlement, reason });

/** Gives money back: all that is left, or a part. */
export const refund = (paymentId: string, wish: RefundRequest) =>
  post<OperatorPayment>(`/payments/${encodeURIComponent(paymentId)}/refund`, wish);
/** Takes money that differs from what was asked. */
export const accept = (paymentId: string, reason: Reason) =>
  post<OperatorPayment>(`/payments/${encodeURIComponent(paymentId)}/accept`, { reason });
/** Notes that an order was sent. */
export const ship = (orderId: string, reason: Reason) =>
  post<OperatorOrder>(`/orders/${encodeURIComponent(orderId)}/ship`, { reason });

/** Checks the books, as far as some seconds go. */
export const checkBooks = (reason: Reason) => post<BooksChecked>('/consistency/run', { reason });
/** What the repair of a finding would do; does nothing. */
export const previewRepair = (findingId: string) =>
  post<Repaired>(`/consistency/findings/${encodeURIComponent(findingId)}/repair`, { dry_run: true, reason: PREVIEW });
/** Mends what a finding is about. */
export const repair = (findingId: string, reason: Reason) =>
  post<Repaired>(`/consistency/findings/${encodeURIComponent(findingId)}/repair`, { reason });
