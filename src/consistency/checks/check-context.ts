/** When a purchase is looked at, and for how long it may be in flight. */
export interface CheckContext {
  readonly now: Date;
  readonly graceSeconds: number;
}

/** Whether `seconds` have passed since a time in ISO 8601. */
export const isPast = (since: string, seconds: number, { now }: CheckContext): boolean =>
  Date.parse(since) + seconds * 1000 <= now.getTime();
