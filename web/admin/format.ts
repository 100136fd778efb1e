/*
 * How times and spans are written, in the reader's own way. Locale and time zone can be given, for tests.
 */

/** `24 Nov, 08:13:04`: the reader's time; with its year, if that is another than now's. */
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

/** By default the machine's: now, and its reader's habits. */
interface LocalTimeOptions {
  readonly now?: Date;
  readonly locale?: string;
  readonly timeZone?: string;
}

/** `2026-11-24 08:13:04.567 UTC`: what logs say. */
export const utcTime = (iso: string): string => `${new Date(iso).toISOString().slice(0, -1).replace('T', ' ')} UTC`;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** A span of milliseconds in two figures at most: `340 ms`, `1.2 s`, `3 min 5 s`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const first = UNITS.findIndex(([, length]) => ms >= length);
  const words: string[] = [];
  let rest = ms;
  for (const [name, length] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    if (count > 0) words.push(`${count} ${name}`);
    rest -= count * length;
  }
  return words.join(' ');
}

/** A share of a whole in percent: `99.9 %`. Only all of it is `100 %`, however near the rest comes. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  if (part === whole) return '100 %';
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`;
}

/** A time as `<input type="datetime-local">` takes it: the reader's own, to the minute; empty for none. */
export function localInput(iso: string | undefined): string {
  if (!iso) return '';
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
