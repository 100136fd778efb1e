import { expect, it } from 'vitest';
import { eventCursorText } from '../../lambdas/paypal-webhook/stored-event.ts';

it('a cursor survives its way through an address', () => {
  const cursor = { parked: { event_id: 'WH-1', received_at: '2026-06-01T12:00:00.000Z' } };
  const text = eventCursorText.write(cursor);

  expect(encodeURIComponent(text)).toBe(text);
  expect(eventCursorText.read(text)).toEqual(cursor);
});

it.each(['', 'bm90IEpTT04', 'eyJwYXJrZWQiOjF9', '%%%'])('what was never a cursor is none: %o', (text) => {
  expect(eventCursorText.read(text)).toBeUndefined();
});
