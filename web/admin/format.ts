/** `24 Nov, 08:13:04` in the reader's locale and time zone, with the year unless it is the current one. */
export function localTime(iso: string, { now = new Date(), locale, timeZone }: LocalTimeOptions = {}): string {
  const time = new Date(iso);
  const zone = timeZone && { timeZone };
  const yearOf = (date: Date) => date.toLocaleDateString('en', { year: 'numeric', ...zone });
  return new Intl.DateTimeFormat(locale, {
    ...(yearOf(time) !== yearOf(now) && { year: 'numeric' }),
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...zone,
  }).format(time);
}

/** Defaults to the browser's; set by tests. */
interface LocalTimeOptions {
  readonly now?: Date;
  readonly locale?: string;
  readonly timeZone?: string;
}

/** `2026-11-24 08:13:04.567 UTC`, as in logs. */
export const utcTime = (iso: string): string => `${new Date(iso).toISOString().slice(0, -1).replace('T', ' ')} UTC`;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `340 ms`, `1.2 s`, `3 min 5 s`, `2 d 4 h`: at most two units, rounded down. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const first = UNITS.findIndex(([, length]) => ms >= length);
  const parts: string[] = [];
  let rest = ms;
  for (const [name, length] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    if (count > 0) parts.push(`${count} ${name}`);
    rest -= count * length;
  }
  return parts.join(' ');
}

/** `99.9%`, rounded down: only the whole is `100%`. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  if (part === whole) return '100%';
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)}%`;
}

/** The value of an `<input type="datetime-local">`: local time to the minute. */
export function localInput(iso: string | undefined): string {
  if (!iso) return '';
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** A wire value such as `partially_refunded` or `TIMED_OUT` as text. */
export const formatCode = (code: string): string => code.toLowerCase().replaceAll('_', ' ');

/** `once`, `3 times`. */
export const formatTimes = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** `1 event`, `2 events`. */
export const formatCount = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
