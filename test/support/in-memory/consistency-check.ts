import * as z from 'zod/mini';
import { sessionSchema } from '../../../src/checkout/session.ts';
import { INVARIANTS } from '../../../src/consistency/checks/violation.ts';
import { type Finding, findingIdOf } from '../../../src/consistency/finding.ts';
import { recheckFindingById } from '../../../src/consistency/recheck-finding.ts';
import { type CheckDeps, runCheck } from '../../../src/consistency/run-check.ts';
import { orderSchema } from '../../../src/fulfillment/order.ts';
import { reservationSchema } from '../../../src/inventory/reservation.ts';
import { paymentSchema } from '../../../src/payments/payment.ts';
import type { StoredEvent } from '../../../src/paypal-webhook/stored-event.ts';
import type { Page, ScanKey } from '../../../src/shared/dynamo.ts';
import type { Run } from '../../../src/shared/run-repository.ts';
import { ledgerInMemory } from './ledger.ts';
import { executionsInMemory, failedSettlementsInMemory } from './settlements.ts';
import type { ShopInMemory } from './shop.ts';
import { openGate } from './tables.ts';

/** A page of a table in memory, ordered by key: DynamoDB's scan order is arbitrary but stable. */
function pageOf<Item>(rows: ReadonlyMap<string, Item>, limit: number, after: ScanKey | undefined): Page<Item> {
  const keys = [...rows.keys()].sort();
  const rest = keys.filter((key) => !after || key > String(Object.values(after)[0]));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((key) => rows.get(key) as Item),
    ...(rest.length > limit && last !== undefined && { next: { key: last } }),
  };
}
const idsOf = <Id>({ items, ...page }: Page<unknown>, idOf: (item: never) => Id): Page<Id> => ({
  ...page,
  items: items.map((item) => idOf(item as never)),
});
/** Reads rows by id, with the limits of BatchGetItem. */
const batchGet = <Id, Row>(rows: ReadonlyMap<Id, Row>, ids: readonly Id[], schema: z.core.$ZodType<Row>): Row[] => {
  if (ids.length === 0 || ids.length > 100) throw new Error(`invalid batch size ${ids.length}: expected 1–100`);
  if (new Set(ids).size < ids.length) throw new Error('duplicate key in a batch');
  return ids.flatMap((id) => rows.get(id) ?? []).map((row) => z.parse(schema, row));
};

/** In two places in turn, as JSON. */
function stockCountsInMemory() {
  const slots = new Map<string, { readonly id: string; readonly json: string }>();
  const repository: CheckDeps['counts'] = {
    async save(count, id, before) {
      const slot = before?.slot === 'a' ? 'b' : 'a';
      slots.set(slot, { id, json: JSON.stringify(count) });
      return { slot, id, parts: 1 };
    },
    async read({ slot, id }) {
      const stored = slots.get(slot);
      return stored?.id === id ? JSON.parse(stored.json) : undefined;
    },
  };
  return { slots, repository };
}

/** Beyond every grace period. */
export const LONG_AFTER = new Date('2030-01-01T00:00:00.000Z');

/** The consistency check of a shop in memory; its time is unlimited unless a test limits it. */
export function checkOf(shop: ShopInMemory) {
  const findings = new Map<string, Finding>();
  const runs = new Map<string, Run>();
  const ledger = ledgerInMemory();
  const events = new Map<string, StoredEvent>();
  const failed = failedSettlementsInMemory(openGate);
  const executions = executionsInMemory(openGate);
  const errors: string[] = [];
  const stockCounts = stockCountsInMemory();
  let ulids = 0;
  const ordersRead: string[] = [];
  const open = (finding: Finding | undefined): finding is Finding => finding !== undefined && !finding.closed_at;

  const deps: Omit<CheckDeps, 'hasTime'> = {
    findings: {
      open: async (cursor = '', limit = 100, invariant) => {
        const after = [...findings.values()]
          .filter(({ id }) => id > cursor && id.startsWith(invariant ? `${INVARIANTS[invariant].number}:` : ''))
          .sort((a, b) => (a.id < b.id ? -1 : 1));
        const page = after.slice(0, limit);
        return { findings: page.filter(open), ...(after.length > limit && { cursor: page.at(-1)?.id ?? '' }) };
      },
      get: async (id) => findings.get(id),
      put: async (violation, at) => {
        const id = findingIdOf(violation);
        const existing = findings.get(id);
        const first_seen = open(existing) ? existing.first_seen : at.toISOString();
        findings.set(id, { ...violation, id, first_seen, last_seen: at.toISOString() });
      },
      close: async (id, at) => {
        const existing = findings.get(id);
        if (!open(existing)) return false;
        findings.set(id, { ...existing, closed_at: at.toISOString() });
        return true;
      },
    },
    ledger: ledger.repository,
    counts: stockCounts.repository,
    ulid: () => `count-${++ulids}`,
    runs: {
      begin: async (job, at) => {
        const run = { figures: {}, ...runs.get(job), started_at: at.toISOString() };
        runs.set(job, run);
        return run;
      },
      pause: async (job, cursor) => void runs.set(job, { ...(runs.get(job) as Run), cursor }),
      finish: async (job, { at, figures, cursor }) => {
        const { started_at } = runs.get(job) as Run;
        runs.set(job, { started_at, finished_at: at.toISOString(), figures, ...(cursor && { cursor }) });
      },
    },
    tables: {
      payments: {
        async *due() {
          for (const { payment_id, open } of shop.payments.rows.values())
            if (Object.keys(open).length > 0) yield payment_id;
        },
        ids: async (limit, after) =>
          idsOf(pageOf(shop.payments.rows, limit, after), (row: { payment_id: `pay_${string}` }) => row.payment_id),
        getAll: async (ids) => batchGet(shop.payments.rows, ids, paymentSchema),
      },
      sessions: {
        ids: async (limit, after) =>
          idsOf(
            pageOf(shop.sessions.rows, limit, after),
            (row: { checkout_session_id: `cs_${string}` }) => row.checkout_session_id,
          ),
        getAll: async (ids) => batchGet(shop.sessions.rows, ids, sessionSchema),
      },
      orders: {
        ids: async (limit, after) =>
          idsOf(pageOf(shop.orders.rows, limit, after), (row: { order_id: `ord_${string}` }) => row.order_id),
        getAll: async (ids) => batchGet(shop.orders.rows, ids, orderSchema),
      },
      stock: {
        reservationPage: async (limit, after) => {
          const { items, ...page } = pageOf(shop.stock.reservations, limit, after);
          const [readable, unreadable] = [true, false].map((isReadable) =>
            items.filter((item) => z.safeParse(reservationSchema, item).success === isReadable),
          );
          return {
            ...page,
            items: readable ?? [],
            unreadable: (unreadable ?? []).map(({ checkout_session_id }) => checkout_session_id),
          };
        },
        reservationsOf: async (ids) => batchGet(shop.stock.reservations, ids, reservationSchema),
        products: async () => [...shop.stock.products.values()],
      },
    },
    failed: failed.repository,
    events: {
      get: async (id) => events.get(id),
      async *unfinished(before) {
        for (const { event_id, received_at } of events.values()) if (received_at < before.toISOString()) yield event_id;
      },
    },
    workflow: executions.workflow,
    getOrder: async (id) => {
      ordersRead.push(id);
      return shop.paypal.client.getOrder(id);
    },
    onError: (part, error) => void errors.push(`${part}: ${error.message}`),
  };
  const contextAt = (now: Date) => ({ now, graceSeconds: 300 });

  return {
    deps,
    findings,
    ledger,
    stockCounts,
    runs,
    events,
    failed,
    executions,
    /** Ids of the orders read at PayPal. */
    ordersRead,
    errors,
    /** Runs the check; its time is up after `maxTimeChecks` calls of `hasTime`. */
    check: (now = LONG_AFTER, maxTimeChecks = Number.POSITIVE_INFINITY) => {
      let timeChecks = 0;
      return runCheck({ ...deps, hasTime: () => ++timeChecks <= maxTimeChecks }, contextAt(now));
    },
    recheck: (id: string, now = LONG_AFTER) => recheckFindingById(deps, id, contextAt(now)),
    /** Ids of the open findings. */
    open: () =>
      [...findings.values()]
        .filter(open)
        .map(({ id }) => id)
        .sort(),
  };
}
