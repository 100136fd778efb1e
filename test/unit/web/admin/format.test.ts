import { expect, it } from 'vitest';
import { formatDuration, formatShare, localTime, utcTime } from '../../../../web/admin/format.ts';

it('writes a time in the reader’s zone, and for the hover in UTC with its milliseconds', () => {
  const berlin = { now: new Date('2026-12-31T23:30:00Z'), locale: 'en-GB', timeZone: 'Europe/Berlin' };

  expect(localTime('2027-01-24T23:13:04.567Z', berlin)).toBe('25 Jan, 00:13:04');
  expect(utcTime('2026-11-24T23:13:04.567Z')).toBe('2026-11-24 23:13:04.567 UTC');
});

it('writes the year of a time that is not of this year, as the reader’s calendar has it', () => {
  const berlin = { now: new Date('2026-12-31T23:30:00Z'), locale: 'en-GB', timeZone: 'Europe/Berlin' };

  expect(localTime('2026-12-31T22:59:59Z', berlin)).toBe('31 Dec 2026, 23:59:59');
});

it.each([
  [0, '0 ms'],
  [340.4, '340 ms'],
  [1234, '1.2 s'],
  [9999, '9.9 s'],
  [42_000, '42 s'],
  [185_000, '3 min 5 s'],
  [7_200_000, '2 h'],
  [187_200_000, '2 d 4 h'],
])('writes %d ms as %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

it.each([
  [0, 0, '–'],
  [0, 3, '0.0 %'],
  [2, 3, '66.6 %'],
  [99_999, 100_000, '99.9 %'],
  [3, 3, '100 %'],
])('calls %d of %d %s', (part, whole, words) => {
  expect(formatShare(part, whole)).toBe(words);
});
