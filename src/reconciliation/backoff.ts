/** How soon the shop looks after what it heard nothing more of. */
export interface Intervals {
  readonly dueAfterSeconds: number;
  readonly now: () => Date;
}

/** Whatever is open is looked after this often at least. */
const MAX_DELAY_SECONDS = 3600;

/** The longer nothing has happened (since `quietSince`, ISO 8601), the longer nothing will: the wait doubles, up to an hour. */
export function nextCheckAt(quietSince: string, { dueAfterSeconds, now }: Intervals): Date {
  const at = now().getTime();
  const quiet = (at - Date.parse(quietSince)) / 1000;
  return new Date(at + Math.min(Math.max(quiet, dueAfterSeconds), MAX_DELAY_SECONDS) * 1000);
}
