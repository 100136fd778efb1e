const DAY_MS = 24 * 3_600_000;

/** How far the clocks of PayPal and the shop may differ. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/** The UTC day of a time, such as `2026-11-29`. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

export const startOfDay = (day: string): Date => new Date(`${day}T00:00:00.000Z`);

/** Exclusive. */
export const endOfDay = (day: string): Date => new Date(startOfDay(day).getTime() + DAY_MS);

export const nextDay = (day: string): string => dayOf(endOfDay(day));

export const daysBefore = (at: Date, days: number): string => dayOf(new Date(at.getTime() - days * DAY_MS));

/** The day by whose end PayPal's ledger has a change of that time. */
export const ledgerDayOf = (at: Date): string => dayOf(new Date(at.getTime() + CLOCK_SKEW_MS));
