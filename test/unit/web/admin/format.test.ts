import { describe, expect, it } from 'vitest';
import {
  formatCode,
  formatCount,
  formatDuration,
  formatShare,
  formatTimes,
  localTime,
  utcTime,
} from '../../../../web/admin/format.ts';

const berlin = { now: new Date('2026-12-31T23:30:00Z'), locale: 'en-GB', timeZone: 'Europe/Berlin' };

describe('localTime', () => {
  it('formats a time in the reader’s time zone', () => {
    expect(localTime('2027-01-24T23:13:04.567Z', berlin)).toBe('25 Jan, 00:13:04');
  });

  it('adds the year when it is not the current one in that time zone', () => {
    expect(localTime('2026-12-31T22:59:59Z', berlin)).toBe('31 Dec 2026, 23:59:59');
  });
});

describe('utcTime', () => {
  it('formats a time in UTC with milliseconds', () => {
    expect(utcTime('2026-11-24T23:13:04.567Z')).toBe('2026-11-24 23:13:04.567 UTC');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [340.4, '340 ms'],
    [1234, '1.2 s'],
    [9999, '9.9 s'],
    [42_000, '42 s'],
    [185_000, '3 min 5 s'],
    [7_200_000, '2 h'],
    [187_200_000, '2 d 4 h'],
  ])('formats %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatShare', () => {
  it.each([
    [0, 0, '–'],
    [0, 3, '0.0%'],
    [2, 3, '66.6%'],
    [99_999, 100_000, '99.9%'],
    [3, 3, '100%'],
  ])('formats %d of %d as %s', (part, whole, text) => {
    expect(formatShare(part, whole)).toBe(text);
  });
});

describe('formatCode', () => {
  it.each([
    ['partially_refunded', 'partially refunded'],
    ['TIMED_OUT', 'timed out'],
  ])('formats %s as “%s”', (code, text) => {
    expect(formatCode(code)).toBe(text);
  });
});

describe('formatCount and formatTimes', () => {
  it('uses the singular for 1 only', () => {
    expect([0, 1, 2].map((count) => formatCount(count, 'event'))).toEqual(['0 events', '1 event', '2 events']);
    expect([1, 2].map(formatTimes)).toEqual(['once', '2 times']);
  });
});
