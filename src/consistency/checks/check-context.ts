/** The time of a check, and the grace period: data younger than it is in flight and not checked. */
export interface CheckContext {
  readonly now: Date;
  readonly graceSeconds: number;
}

/** Whether `seconds` have passed since an ISO 8601 time. */
export const isPast = (since: string, seconds: number, { now }: CheckContext): boolean =>
  Date.parse(since) + seconds * 1000 <= now.getTime();
