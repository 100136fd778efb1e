import { isDeepStrictEqual } from 'node:util';
import { authenticate } from '../../../src/access/authenticate.ts';
import { operatorTokens } from '../../../src/access/operator-tokens.ts';
import { adminApi } from '../../../src/admin-api/api.ts';
import type { AuditEntry, AuditQuery } from '../../../src/admin-api/audit-repository.ts';
import type { Repair } from '../../../src/consistency/checks/violation.ts';
import type { Finding } from '../../../src/consistency/finding.ts';
import type { RepairActionResult } from '../../../src/consistency/repair-finding.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import type { Webhook } from '../../../src/paypal/notifications.ts';
import type { HourlyMetrics } from '../../../src/settlements/hourly-metrics-repository.ts';
import { idempotencyKeys } from '../../../src/shared/http/idempotency-key.ts';
import type { PaymentId } from '../../../src/shared/ids.ts';
import { logger } from '../../../src/shared/logger.ts';
import type { Run } from '../../../src/shared/run-repository.ts';
import type { Call } from '../api-document.ts';
import { type HttpRequest, httpEvent, invocation } from '../builders/invocation.ts';
import { accessClaims, JWKS_URL, signedToken, USER_POOL } from '../builders/operator-tokens.ts';
import { describedCalls, type ReadResponse, readResponse } from '../described-calls.ts';
import { apiKeysInMemory, refundLimitsInMemory } from './access.ts';
import { IdempotencyInMemory } from './idempotency.ts';
import { ledgerInMemory } from './ledger.ts';
import { executionsInMemory, failedSettlementsInMemory, hourlyMetricsInMemory } from './settlements.ts';
import { product, shopInMemory } from './shop.ts';
import { eventsInMemory, type Gate } from './tables.ts';

interface AdminRequest extends HttpRequest {
  readonly query?: Readonly<Record<string, string>>;
  /** The bearer token; undefined for none. @default - the access token of ada, an admin */
  readonly token?: string | undefined;
}

const NOW = '2026-06-01T12:00:00.000Z';

// Injected faults would flood the output.
logger.setLogLevel('SILENT');

/** The admin API over a shop in memory. Every response is validated against the OpenAPI document. */
export function adminInMemory(products = [product(10)]) {
  const faults = new Map<string, Error>();
  const gate: Gate = async (call, effect) => {
    const fault = faults.get(call);
    if (fault) throw fault;
    return effect();
  };
  const shop = shopInMemory({ products, gate });
  const entries: AuditEntry[] = [];
  let auditHook = async (): Promise<unknown> => undefined;
  let ulids = 0;
  const events = eventsInMemory(gate);
  const failed = failedSettlementsInMemory(gate);
  const executions = executionsInMemory(gate);
  const hours = hourlyMetricsInMemory(gate);
  const findings = new Map<string, Finding>();
  const ledger = ledgerInMemory();
  const apiKeys = apiKeysInMemory();
  const refundLimits = refundLimitsInMemory();
  const endedSessions = new Set<string>();
  const runs = new Map<string, Run>();
  const openFindings = () => [...findings.values()].filter(({ closed_at }) => !closed_at);
  /** Repairs in the order of their calls. */
  const repairs: Repair[] = [];
  const repair = (requested: Repair) =>
    gate('repair', (): RepairActionResult => {
      repairs.push(requested);
      return { done: true };
    });
  /** What the health checks read; tests inject faults here. */
  const seen = {
    tables: { payments: async () => 'ACTIVE' } as Record<string, () => Promise<string>>,
    queues: { 'dead letters': async () => 0 } as Record<string, () => Promise<number>>,
    workflowStatus: async () => 'ACTIVE',
    services: async (): Promise<Record<string, string>> => ({ inventory: 'Active', checkout: 'Active' }),
    reservesConcurrency: true,
    secret: async () => ({ client_id: 'client', client_secret: 'secret', webhook_id: 'WEBHOOK' }),
    listWebhooks: async (): Promise<readonly Webhook[]> => [
      { id: 'WEBHOOK', url: 'https://shop.example/webhooks/paypal', eventTypes: ['*'] },
    ],
    open: async (): Promise<{ count: number; oldest: Payment | undefined }> => ({ count: 0, oldest: undefined }),
    underReview: async (): Promise<PaymentId[]> => [],
    hours: async (_from: Date, _to: Date): Promise<readonly HourlyMetrics[]> => [],
  };
  const now = () => new Date(NOW);
  const runOf = (job: string) => gate('runs.get', () => runs.get(job));
  const { getOrder, getCapture, getRefund, refundCapture } = shop.paypal.client;
  const deps = {
    payments: { ...shop.payments.repository, open: () => seen.open(), underReview: () => seen.underReview() },
    sessions: shop.sessions.repository,
    stock: shop.stock.repository,
    orders: shop.orders.repository,
    evidenceApplier: shop.evidenceApplier,
    getOrder,
    getRefund,
    getCapture,
    refundCapture,
    events: events.repository,
    failed: failed.repository,
    hours: hours.repository,
    workflow: executions.workflow,
    findings: {
      get: (id: string) => gate('findings.get', () => findings.get(id)),
      open: (after = '', limit = 100) =>
        gate('findings.open', () => {
          const rest = openFindings().filter(({ id }) => id > after);
          return { findings: rest.slice(0, limit), ...(rest.length > limit && { cursor: rest[limit - 1]?.id ?? '' }) };
        }),
    },
    audit: {
      write: async (entry: AuditEntry) => {
        await auditHook();
        return gate('audit.write', () => {
          const written = entries.find(({ id }) => id === entry.id);
          if (!written) entries.push(entry);
          else if (!isDeepStrictEqual(written, entry)) throw new Error(`audit entry ${entry.id} exists already`);
        });
      },
      list: ({ limit, targets, except }: AuditQuery) =>
        gate('audit.list', () => ({
          entries: entries
            .toReversed()
            .filter(({ target, what }) => (!targets || targets.includes(target)) && what !== except)
            .slice(0, limit),
        })),
    },
    apiKeys: apiKeys.repository,
    refundLimits: refundLimits.repository,
    refundLimit: 1000,
    stage: 'local',
    settings: [
      { name: 'alarmEmail', value: 'ops@shop.example', kept: true },
      { name: 'domain', value: null, kept: false },
    ],
    ledger: ledger.repository,
    runOf,
    now,
  };
  const api = adminApi({
    ...deps,
    authenticate: authenticate({
      ...deps,
      verifyToken: operatorTokens({ userPoolId: USER_POOL.id, clientId: USER_POOL.clientId, jwksUrl: JWKS_URL, fetch }),
      sessions: { isOpen: ({ sessionId }) => gate('sessions.isOpen', () => !endedSessions.has(sessionId)) },
    }),
    consistency: {
      check: () => gate('consistency.check', () => ({ checked: 7, findings: openFindings().length, finished: true })),
      recheck: (id) => gate('consistency.recheck', () => findings.get(id)),
    },
    actions: {
      settle: repair,
      ask_paypal: repair,
      refund: repair,
      refund_capture: repair,
      release_stock: repair,
      correct_stock: repair,
      offset_stock: repair,
      replay_event: repair,
    },
    health: {
      ...deps,
      tables: seen.tables,
      queues: seen.queues,
      workflowStatus: () => seen.workflowStatus(),
      services: () => seen.services(),
      reservesConcurrency: () => seen.reservesConcurrency,
      secret: () => seen.secret(),
      listWebhooks: () => seen.listWebhooks(),
      hours: { between: async (from, to) => [...(await seen.hours(from, to))] },
      jobs: ['payments'],
    },
    storefrontOrigin: 'https://shop.example',
    version: '1.2.3',
    once: idempotencyKeys(new IdempotencyInMemory()),
    ulid: () => `03${(++ulids).toString().padStart(24, '0')}`,
  });

  /** Sends a request that need not be in the OpenAPI document. */
  const send = async (method: string, path: string, request: AdminRequest = {}): Promise<ReadResponse> => {
    const { query } = request;
    const token = 'token' in request ? request.token : signedToken(accessClaims());
    const headers = { ...request.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const event = httpEvent(method, query ? `${path}?${new URLSearchParams(query)}` : path, { ...request, headers });
    return readResponse(await api.resolve(event, invocation()));
  };
  const call = describedCalls<AdminRequest>(send);

  return {
    shop,
    events,
    failed,
    executions,
    hours,
    findings,
    ledger,
    runs,
    repairs: repairs as readonly Repair[],
    seen,
    send,

    apiKeys,
    refundLimits,
    /** Sessions, by the claim `origin_jti`, are open until they are added. */
    endedSessions,

    /** The audit log. */
    entries: entries as readonly AuditEntry[],

    /** Calls an operation of the OpenAPI document. @throws Error when the response does not match it. */
    call: (name: Call, request: AdminRequest & { readonly id?: string } = {}): Promise<ReadResponse> =>
      call(name, request),

    /** Makes calls of a dependency, such as `payments.get`, throw. */
    fail: (call: string, error: Error) => void faults.set(call, error),

    /** Runs during the write of an audit entry, before the action. */
    duringAuditWrite(work: typeof auditHook): void {
      auditHook = work;
    },

    /** Completes a purchase, up to its order. */
    async paid() {
      const begun = await shop.begin();
      if (!begun) throw new Error('out of stock');
      shop.paypal.approve(begun.orderId);
      await shop.capture(begun.paymentId, 'return');
      await shop.finish();
      return begun;
    },
  };
}
export type AdminInMemory = ReturnType<typeof adminInMemory>;
