import { describe, expect, it } from 'vitest';
import { requestSchema } from '../../../src/consistency/request.ts';

const isValid = (event: unknown) => requestSchema.safeParse(event).success;

describe('requestSchema', () => {
  it.each([
    ['a check as of now', {}],
    ['a check as of another time', { as_of: '2026-06-01T12:00:00Z' }],
    ['a recheck of a finding', { look_again: '1:pay_1' }],
  ])('accepts %s', (_, event) => {
    expect(isValid(event)).toBe(true);
  });

  it.each([
    ['an invalid time', { as_of: 'yesterday' }],
    ['an unknown action', { repair: '1:pay_1' }],
  ])('rejects %s', (_, event) => {
    expect(isValid(event)).toBe(false);
  });
});
