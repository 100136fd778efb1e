import { expect, it } from 'vitest';
import { requestSchema } from '../../lambdas/consistency/request.ts';

const isTaken = (event: unknown) => requestSchema.safeParse(event).success;

it.each([
  ['a check as of now', {}],
  ['a check as of another time', { as_of: '2026-06-01T12:00:00Z' }],
  ['a repair', { repair: { finding_id: '1:pay_1', dry_run: false, by: 'operator ada' } }],
])('the function is asked for %s', (_, event) => {
  expect(isTaken(event)).toBe(true);
});

it.each([
  ['a time that is none', { as_of: 'yesterday' }],
  ['a repair that does not say whether it is meant', { repair: { finding_id: '1:pay_1', by: 'operator ada' } }],
  ['a misspelt repair, which is no check', { repairs: { finding_id: '1:pay_1', dry_run: true, by: 'ada' } }],
])('the function is not asked for %s', (_, event) => {
  expect(isTaken(event)).toBe(false);
});
