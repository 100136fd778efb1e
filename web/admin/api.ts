import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { pathSegmentOf } from '../../src/shared/path-segment.ts';
import { ApiProblem, call } from '../api/call.ts';
import type {
  ApiKeyRequest,
  ApiKeys,
  AuditEntries,
  BooksChecked,
  Consistency,
  CountedEvents,
  CountedSettlements,
  CreatedApiKey,
  DeepHealth,
  FailedSettlements,
  NextCursor,
  OperatorOrder,
  OperatorPayment,
  Payment,
  PaymentStory,
  PayPalView,
  RefundRequest,
  ReleasedHeld,
  Repaired,
  Replayed,
  ReplayedMany,
  ReplayManyRequest,
  Retried,
  RetriedAll,
  ShopMetrics,
  SignedIn,
  SignInRequest,
  StageSettings,
  Statements,
  WebhookEventDetail,
  WebhookEvents,
} from '../api/schema.ts';
import { operatorSession } from './session.ts';

/*
 * The API calls of the admin console. Queries poll while their page is visible: TanStack Query pauses in hidden
 * tabs.
 */

/** For a payment, whose changes an operator waits for. */
const FAST_POLL_MS = 3000;
const POLL_MS = 5000;
/** For what costs the API several calls of its own. */
const SLOW_POLL_MS = 20_000;

/** The sign-in of this tab. All tabs share its cookie. */
export const session = operatorSession({
  now: Date.now,
  renew: () =>
    call<SignedIn>('POST', '/admin/sign-in/refresh').catch((error) => {
      if (error instanceof ApiProblem && error.status === 401) return undefined;
      throw error;
    }),
});

/** @throws ApiProblem `wrong-credentials`, or the one that names the next step */
export async function signIn(request: SignInRequest): Promise<void> {
  session.start(await call<SignedIn>('POST', '/admin/sign-in', { body: request }));
}

/** Ends this session, or all sessions of the operator. @throws when the API cannot be reached: it goes on. */
export async function signOut(everywhere: boolean): Promise<void> {
  await call('POST', '/admin/sign-out', { body: { everywhere } });
  session.signOut();
}

/** Calls with the operator's token. A rejected token expires the session, which shows the sign-in page. */
async function request<Body>(
  method: string,
  path: `/${string}`,
  options: { body?: unknown; accept?: string; signal?: AbortSignal } = {},
): Promise<Body> {
  const token = await session.token();
  try {
    return await call<Body>(method, `/admin${path}`, {
      ...options,
      ...(token && { headers: { authorization: `Bearer ${token}` } }),
    });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) session.expire();
    throw error;
  }
}

const get = <Body>(path: `/${string}`, signal: AbortSignal) => request<Body>('GET', path, { signal });
const post = <Body>(path: `/${string}`, body: unknown) => request<Body>('POST', path, { body });

/** Query parameters; undefined and empty ones are left out. */
type Filter = Readonly<Record<string, string | undefined>>;

function query(filter: Filter): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
}

/** A list with cursor pagination. */
const list = <Page extends { next_cursor: NextCursor }>(path: `/${string}`, filter: Filter = {}) =>
  infiniteQueryOptions({
    queryKey: [path, filter],
    queryFn: ({ pageParam, signal }) => get<Page>(`${path}${query({ ...filter, cursor: pageParam })}`, signal),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }: Page) => next_cursor,
    refetchInterval: POLL_MS,
  });

/** A 503 whose body is the health report is data, not an error. */
export const health = queryOptions({
  queryKey: ['/health'],
  queryFn: ({ signal }) =>
    get<DeepHealth>('/health', signal).catch((error): DeepHealth => {
      if (!(error instanceof ApiProblem && 'checks' in error.problem)) throw error;
      return { ...(error.problem as unknown as DeepHealth), status: 'failing' };
    }),
  refetchInterval: SLOW_POLL_MS,
});

export const settings = queryOptions({
  queryKey: ['/settings'],
  queryFn: ({ signal }) => get<StageSettings>('/settings', signal),
});

/** Metrics of the last hours, the current one included. */
export const metrics = (hours: number) =>
  queryOptions({
    queryKey: ['/metrics', hours],
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - (hours - 1) * 3_600_000).toISOString();
      return get<ShopMetrics>(`/metrics${query({ from })}`, signal);
    },
    refetchInterval: SLOW_POLL_MS,
  });

/** Selects the events of a list or of a batch replay. */
export type EventFilter = ReplayManyRequest['filter'];

export const events = (filter: EventFilter) => list<WebhookEvents>('/webhook-events', { ...filter });

export const event = (id: string) =>
  queryOptions({
    queryKey: ['/webhook-events', id],
    queryFn: ({ signal }) => get<WebhookEventDetail>(`/webhook-events/${pathSegmentOf(id)}`, signal),
    refetchInterval: POLL_MS,
  });

export const failedSettlements = list<FailedSettlements>('/settlements', { status: 'failed' });

/** A payment with everything the shop stores about it; PayPal's view is fetched separately. */
export const payment = (id: string) =>
  queryOptions({
    queryKey: ['/payments', id],
    queryFn: ({ signal }) => get<PaymentStory>(`/payments/${encodeURIComponent(id)}`, signal),
    refetchInterval: FAST_POLL_MS,
  });

/** PayPal's view of a payment. Not polled: each request calls PayPal. */
export const fetchPayPalView = async (id: string): Promise<PayPalView | null> =>
  (await request<PaymentStory>('GET', `/payments/${encodeURIComponent(id)}?paypal=true`)).paypal;

/** Open findings, of one invariant or of all. */
export const consistency = (invariant = '') => list<Consistency>('/consistency', { invariant });

export const audit = (filter: { readonly who?: string; readonly target?: string }) =>
  list<AuditEntries>('/audit', { ...filter });

export const apiKeys = queryOptions({
  queryKey: ['/api-keys'],
  queryFn: ({ signal }) => get<ApiKeys>('/api-keys', signal),
  refetchInterval: SLOW_POLL_MS,
});

export const createApiKey = (key: ApiKeyRequest) => post<CreatedApiKey>('/api-keys', key);

export const revokeApiKey = (id: string) => request<void>('DELETE', `/api-keys/${encodeURIComponent(id)}`);

/** Daily statements of PayPal's ledger; without days, of the last month. */
export const statements = (filter: { readonly from: string; readonly to: string }) =>
  queryOptions({
    queryKey: ['/statements', filter],
    queryFn: ({ signal }) => get<Statements>(`/statements${query(filter)}`, signal),
    refetchInterval: SLOW_POLL_MS,
  });

/** The same as CSV. */
export const statementsCsv = (filter: { readonly from: string; readonly to: string }) =>
  request<string>('GET', `/statements.csv${query(filter)}`, { accept: 'text/csv' });

/** Finds a payment by its PayPal order or capture id; undefined when there is none. */
export async function findPaymentByPayPalId(id: string): Promise<string | undefined> {
  const notFound = (error: unknown) => {
    if (error instanceof ApiProblem && error.status === 404) return undefined;
    throw error;
  };
  const [byOrder, byCapture] = await Promise.all([
    call<Payment>('GET', `/payments?token=${encodeURIComponent(id)}`).catch(notFound),
    request<WebhookEvents>('GET', `/webhook-events${query({ capture_id: id, limit: '1' })}`),
  ]);
  return byOrder?.payment_id ?? byCapture.events[0]?.payment_id ?? undefined;
}

/** Every change needs one; it goes to the audit log. */
type Reason = string;
/** The API requires a reason for a dry run too, but does not record it. */
const PREVIEW: Reason = 'preview';

/** Dry run of a replay. */
export const previewReplay = (eventId: string) =>
  post<Replayed>(`/webhook-events/${pathSegmentOf(eventId)}/replay`, { dry_run: true, reason: PREVIEW });
export const replay = (eventId: string, reason: Reason) =>
  post<Replayed>(`/webhook-events/${pathSegmentOf(eventId)}/replay`, { reason });

/** Dry run of a batch replay: counts the events. */
export const countReplays = (filter: EventFilter) =>
  post<CountedEvents>('/webhook-events/replay', { filter, dry_run: true, reason: PREVIEW });

export interface ReplayManyResult extends Pick<ReplayedMany, 'replayed' | 'changed' | 'erased' | 'failed'> {
  /** False when it stopped early because of a failure. */
  readonly complete: boolean;
}

/** Replays all matching events in batches, and stops after a batch with a failure. */
export async function replayMany(
  filter: EventFilter,
  reason: Reason,
  onProgress: (replayed: number) => void,
): Promise<ReplayManyResult> {
  let [replayed, changed] = [0, 0];
  const erased: ReplayedMany['erased'] = [];
  for (let cursor: string | null | undefined; ; ) {
    const body = { filter, dry_run: false, reason, ...(cursor && { cursor }) };
    const batch = await post<ReplayedMany>('/webhook-events/replay', body);
    replayed += batch.replayed;
    changed += batch.changed;
    erased.push(...batch.erased);
    onProgress(replayed);
    cursor = batch.next_cursor;
    if (!cursor || batch.failed.length > 0)
      return { replayed, changed, erased, failed: batch.failed, complete: !cursor };
  }
}

/** Dry run of a retry of all: counts the failed settlements. */
export const countFailedSettlements = () =>
  post<CountedSettlements>('/settlements/retry', { dry_run: true, reason: PREVIEW });

export type RetryAllResult = Pick<RetriedAll, 'retried' | 'failed'>;

/** Retries all failed settlements in batches. */
export async function retryAllSettlements(
  reason: Reason,
  onProgress: (retried: number) => void,
): Promise<RetryAllResult> {
  let retried = 0;
  const failed: RetriedAll['failed'] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const batch: RetriedAll = await post<RetriedAll>('/settlements/retry', { reason, ...(cursor && { cursor }) });
    retried += batch.retried;
    failed.push(...batch.failed);
    onProgress(retried);
    cursor = batch.next_cursor;
  }
  return { retried, failed };
}

export const retrySettlement = (paymentId: string, settlement: string, reason: Reason) =>
  post<Retried>(`/settlements/${encodeURIComponent(paymentId)}/retry`, { settlement, reason });

/** Releases what unpaid sessions hold of a product, in batches, until a batch releases nothing. */
export async function releaseHeldStock(
  sku: string,
  reason: Reason,
  onProgress: (sessions: number) => void,
): Promise<ReleasedHeld> {
  let [sessions, pieces] = [0, 0];
  for (;;) {
    const { released, remaining } = await post<ReleasedHeld>('/stock/release-held', { sku, reason });
    sessions += released.sessions;
    pieces += released.pieces;
    onProgress(sessions);
    if (!remaining || released.sessions === 0) return { released: { sessions, pieces }, remaining };
  }
}

/** Without an amount, refunds what remains. */
export const refund = (paymentId: string, body: RefundRequest) =>
  post<OperatorPayment>(`/payments/${encodeURIComponent(paymentId)}/refund`, body);
/** Accepts a captured amount that differs from the requested one. */
export const accept = (paymentId: string, reason: Reason) =>
  post<OperatorPayment>(`/payments/${encodeURIComponent(paymentId)}/accept`, { reason });
export const ship = (orderId: string, reason: Reason) =>
  post<OperatorOrder>(`/orders/${encodeURIComponent(orderId)}/ship`, { reason });

/** Runs the consistency check within the API's time limit; a later run continues an unfinished one. */
export const runConsistencyCheck = (reason: Reason) => post<BooksChecked>('/consistency/run', { reason });
/** Dry run of a repair. */
export const previewRepair = (findingId: string) =>
  post<Repaired>(`/consistency/findings/${encodeURIComponent(findingId)}/repair`, { dry_run: true, reason: PREVIEW });
export const repair = (findingId: string, reason: Reason) =>
  post<Repaired>(`/consistency/findings/${encodeURIComponent(findingId)}/repair`, { reason });
