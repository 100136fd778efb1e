import { expect, it } from 'vitest';
import { requestSchema } from '../../../src/consistency/request.ts';

const isTaken = (event: unknown) => requestSchema.safeParse(event).success;

it.each([
  ['a check as of now', {}],
  ['a check as of another time', { as_of: '2026-06-01T12:00:00Z' }],
  ['another look at a finding', { recheck: '1:pay_1' }],
])('the function is asked for %s', (_, event) => {
  expect(isTaken(event)).toBe(true);
});

it.each([
  ['a time that is none', { as_of: 'yesterday' }],
  ['something else, which is no check', { repair: '1:pay_1' }],
])('the function is not asked for %s', (_, event) => {
  expect(isTaken(event)).toBe(false);
});
