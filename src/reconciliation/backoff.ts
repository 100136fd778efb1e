/** Check intervals of open payments and reservations. */
export interface Intervals {
  readonly dueAfterSeconds: number;
  readonly now: () => Date;
}

const MAX_DELAY_SECONDS = 3600;

/**
 * Exponential backoff: the delay is the time since the last change, so it doubles with each check, up to an hour.
 * @param quietSince ISO 8601
 */
export function nextCheckAt(quietSince: string, { dueAfterSeconds, now }: Intervals): Date {
  const at = now().getTime();
  const quietSeconds = (at - Date.parse(quietSince)) / 1000;
  return new Date(at + Math.min(Math.max(quietSeconds, dueAfterSeconds), MAX_DELAY_SECONDS) * 1000);
}
