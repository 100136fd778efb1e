/** Sessions, reservations and payments that end without money are deleted so many days after their end. */
export const UNPAID_DAYS = 30;

/** The TTL attribute `delete_at`: Unix time in seconds. */
export const deleteAtOf = (end: Date): number => Math.floor(end.getTime() / 1000) + UNPAID_DAYS * 24 * 3600;
