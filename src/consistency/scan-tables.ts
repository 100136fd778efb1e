import * as z from 'zod/mini';
import type { Reservation } from '../inventory/reservation.ts';
import { MAX_BATCH_GET, type Page, type ScanKey } from '../shared/dynamo.ts';
import { paymentIdOf, paymentIdOfOrder, type SessionId, sessionIdOf } from '../shared/ids.ts';
import type { CheckContext } from './checks/check-context.ts';
import { isolateUnreadable } from './checks/isolate-unreadable.ts';
import { type Purchase, purchaseViolations } from './checks/purchase.ts';
import { addReservations, startTallies, talliesSchema } from './checks/stock.ts';
import type { Violation } from './checks/violation.ts';
import { type PurchaseTables, readPurchases } from './read-purchases.ts';

/** In scan order; reservations are tallied during their scan. */
const TABLES = ['payments', 'sessions', 'orders', 'reservations'] as const;
type Table = (typeof TABLES)[number];

/** The position of a scan. Field names are stored in the run's cursor. */
export const scanSchema = z.object({
  /** Absent once all tables are done. */
  table: z.optional(z.enum(TABLES)),
  /** Start key of the table's next page; absent for the first. */
  after: z.optional(z.record(z.string(), z.string())),
  /** Purchases checked. */
  checked: z.int(),
  /** Payments by status. */
  payments: z.record(z.string(), z.int()),
  /** Absent before the reservations are scanned. */
  shelves: z.optional(talliesSchema),
  /** True once a reservation was unreadable: the tallies are void then. */
  miscounted: z.optional(z.boolean()),
});
export type Scan = z.infer<typeof scanSchema>;

export const NEW_SCAN: Scan = {
  table: TABLES[0],
  checked: 0,
  payments: {},
};

/**
 * Checks the next page of a table. A purchase is checked when its payment is scanned, or without a payment when its
 * session, order or reservation is scanned: whichever row is lost, no purchase is missed.
 */
export async function scanPage(
  tables: PurchaseTables,
  scan: Scan,
  table: Table,
  context: CheckContext,
): Promise<{ readonly scan: Scan; readonly violations: readonly Violation[] }> {
  const tallies =
    table === 'reservations'
      ? (scan.shelves ?? startTallies(await tables.stock.products({ consistent: true })))
      : undefined;
  const { sessions, reservations, unreadable, next } = await read(tables, table, scan.after);
  const purchases = await readPurchases(
    tables,
    table === 'payments' ? sessions : await withoutPayment(tables, sessions),
  );
  const { after: _, table: __, ...rest } = scan;
  return {
    scan: {
      ...rest,
      ...(next ? { table, after: next } : { table: TABLES[TABLES.indexOf(table) + 1] }),
      checked: scan.checked + purchases.length,
      ...(table === 'payments' && { payments: countStatuses(scan.payments, purchases) }),
      ...(tallies && { shelves: addReservations(tallies, reservations, context) }),
      ...(unreadable.length > 0 && { miscounted: true }),
    },
    violations: purchases.flatMap((purchase) => purchaseViolations(purchase, context)),
  };
}

interface Read {
  readonly sessions: readonly SessionId[];
  readonly reservations: readonly Reservation[];
  /** Sessions whose reservation does not match its schema. */
  readonly unreadable: readonly SessionId[];
  readonly next?: ScanKey;
}

async function read(tables: PurchaseTables, table: Table, after: ScanKey | undefined): Promise<Read> {
  const pageOf = <Id>({ items, ...page }: Page<Id>, sessionOf: (id: Id) => SessionId): Read => ({
    ...page,
    sessions: items.map(sessionOf),
    reservations: [],
    unreadable: [],
  });
  switch (table) {
    case 'payments':
      return pageOf(await tables.payments.ids(MAX_BATCH_GET, after), sessionIdOf);
    case 'sessions':
      return pageOf(await tables.sessions.ids(MAX_BATCH_GET, after), (id) => id);
    case 'orders':
      return pageOf(await tables.orders.ids(MAX_BATCH_GET, after), (id) => sessionIdOf(paymentIdOfOrder(id)));
    case 'reservations': {
      const { items, unreadable, ...page } = await tables.stock.reservationPage(MAX_BATCH_GET, after);
      const sessions = [...items.map(({ checkout_session_id }) => checkout_session_id), ...unreadable];
      return { ...page, sessions, reservations: items, unreadable };
    }
  }
}

async function withoutPayment({ payments }: PurchaseTables, sessions: readonly SessionId[]): Promise<SessionId[]> {
  const { rows, unreadable } = await isolateUnreadable(payments.getAll, sessions.map(paymentIdOf));
  const found = new Set([...rows.map(({ payment_id }) => payment_id), ...unreadable.keys()]);
  return sessions.filter((id) => !found.has(paymentIdOf(id)));
}

function countStatuses(before: Scan['payments'], purchases: readonly Purchase[]): Scan['payments'] {
  const counted = { ...before };
  for (const { payment } of purchases) if (payment) counted[payment.status] = (counted[payment.status] ?? 0) + 1;
  return counted;
}
