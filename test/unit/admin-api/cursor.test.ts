import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { decodeCursor, encodeCursor } from '../../../src/admin-api/cursor.ts';

const place = z.strictObject({ id: z.string() });

it('a cursor survives its way through an address', () => {
  const text = encodeCursor({ id: 'WH-1 & more/…' }) ?? '';

  expect(encodeURIComponent(text)).toBe(text);
  expect(decodeCursor(place, text)).toEqual({ id: 'WH-1 & more/…' });
});

it('there is none where the list ends', () => {
  expect(encodeCursor(undefined)).toBeNull();
});

it.each(['', 'bm90IEpTT04', 'eyJwYXJrZWQiOjF9', '%%%', 'bnVsbA'])('what was never a cursor is none: %o', (text) => {
  expect(() => decodeCursor(place, text)).toThrow('cursor: must be the next_cursor of a page of this list');
});
