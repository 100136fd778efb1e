import * as z from 'zod/mini';
import type { Reservation } from '../inventory/reservation.ts';
import type { Page, ScanKey } from '../shared/dynamo.ts';
import { paymentIdOf, paymentIdOfOrder, type SessionId, sessionIdOf } from '../shared/ids.ts';
import type { CheckContext } from './checks/check-context.ts';
import { type Purchase, purchaseViolations } from './checks/purchase.ts';
import { addReservations, startTallies, talliesSchema } from './checks/stock.ts';
import type { Violation } from './finding.ts';
import { isolateUnreadable } from './isolate-unreadable.ts';
import { type PurchaseTables, readPurchases } from './read-purchases.ts';

/** The tables in the order in which they are walked through; the pieces of the reservations are counted on the way. */
const TABLES = ['payments', 'sessions', 'orders', 'reservations'] as const;
type Table = (typeof TABLES)[number];

/** How far a walk through the books has come. */
export const scanSchema = z.object({
  /** Absent once all have been walked through. */
  table: z.optional(z.enum(TABLES)),
  /** Where the table's next page begins; absent at its beginning. */
  after: z.optional(z.record(z.string(), z.string())),
  /** How many purchases were looked at. */
  checked: z.int(),
  /** How many payments there were of each status. */
  payments: z.record(z.string(), z.int()),
  /** What has been counted of the reservations; absent before that begins. */
  shelves: z.optional(talliesSchema),
  /** True once a reservation could not be read: then the count says nothing. */
  miscounted: z.optional(z.boolean()),
});
/** How far a walk through the books has come. */
export type Scan = z.infer<typeof scanSchema>;

/** As many purchases as one BatchGetItem reads. */
const PAGE_SIZE = 100;

/** The beginning of a scan. */
export const NEW_SCAN: Scan = {
  table: TABLES[0],
  checked: 0,
  payments: {},
};

/**
 * Looks at the next page of the books. A purchase is looked at where its payment lies; one without, where its session, its order or
 * its reservation lies: so none is missed, whatever of it is lost.
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
      ...(tallies && { shelves: addReservations(tallies, reservations) }),
      ...(unreadable.length > 0 && { miscounted: true }),
    },
    violations: purchases.flatMap((purchase) => purchaseViolations(purchase, context)),
  };
}

interface Read {
  readonly sessions: readonly SessionId[];
  readonly reservations: readonly Reservation[];
  /** Those whose reservation is there and cannot be read, where that is what is read. */
  readonly unreadable: readonly SessionId[];
  readonly next?: ScanKey;
}

async function read(tables: PurchaseTables, table: Table, after: ScanKey | undefined): Promise<Read> {
  const named = <Id>({ items, ...page }: Page<Id>, sessionOf: (id: Id) => SessionId): Read => ({
    ...page,
    sessions: items.map(sessionOf),
    reservations: [],
    unreadable: [],
  });
  switch (table) {
    case 'payments':
      return named(await tables.payments.ids(PAGE_SIZE, after), sessionIdOf);
    case 'sessions':
      return named(await tables.sessions.ids(PAGE_SIZE, after), (id) => id);
    case 'orders':
      return named(await tables.orders.ids(PAGE_SIZE, after), (id) => sessionIdOf(paymentIdOfOrder(id)));
    case 'reservations': {
      const { items, unreadable, ...page } = await tables.stock.reservationPage(PAGE_SIZE, after);
      const sessions = [...items.map((one) => one.checkout_session_id), ...unreadable];
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
