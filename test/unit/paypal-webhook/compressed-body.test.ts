import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bodyOf, compressed } from '../../../src/paypal-webhook/compressed-body.ts';

it.each(['', '{}', '{"name":"Zoë 🛒"}'])('restores the body %j', (body) => {
  expect(bodyOf(Uint8Array.from(compressed(body)))).toBe(body);
});

it('returns a body that was stored as text', () => {
  expect(bodyOf('{"id":"WH-1"}')).toBe('{"id":"WH-1"}');
});

it('fails for a body that is neither', () => {
  expect(() => bodyOf(new Uint8Array([1, 2, 3]))).toThrow();
});

it('makes PayPal’s own events fit in half the size', () => {
  const bodies = globSync('test/fixtures/paypal/**/*.json').map((file) => readFileSync(file, 'utf8'));
  const events = bodies.filter((body) => body.includes('"event_type"') && body.length > 2000 && body.length < 20_000);

  expect(events.length).toBeGreaterThan(0);
  for (const event of events) expect(compressed(event).length).toBeLessThan(event.length / 2);
});
