import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { decodeCursor, encodeCursor } from '../../../src/admin-api/queries.ts';

const schema = z.strictObject({ id: z.string() });

describe('encodeCursor', () => {
  it('is URL-safe and round-trips', () => {
    const text = encodeCursor({ id: 'WH-1 & more/…' }) ?? '';

    expect(encodeURIComponent(text)).toBe(text);
    expect(decodeCursor(schema, text)).toEqual({ id: 'WH-1 & more/…' });
  });

  it('is null after the last page', () => {
    expect(encodeCursor(undefined)).toBeNull();
  });
});

it.each(['', 'bm90IEpTT04', 'eyJwYXJrZWQiOjF9', '%%%', 'bnVsbA'])('decodeCursor rejects %o', (text) => {
  expect(() => decodeCursor(schema, text)).toThrow('cursor: must be the next_cursor of a page of this list');
});
