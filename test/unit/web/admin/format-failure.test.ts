import { expect, it } from 'vitest';
import { formatFailure } from '../../../../web/admin/format-failure.ts';

it('says where a settlement failed, and what was said there', () => {
  expect(
    formatFailure({
      failed_steps: ['CommitStock', 'CreateOrder'],
      error: 'ResourceNotFoundException',
      cause: '{"errorType":"ResourceNotFoundException","errorMessage":"no such table","trace":["…"]}',
    }),
  ).toEqual({ where: 'CommitStock, CreateOrder', why: 'ResourceNotFoundException: no such table' });
});

it.each(['{"errorMessage":"cut off', 'a mistake of mine', '{"errorMessage":{}}', 'null'])(
  'leaves a cause that is no such JSON as it is: %s',
  (cause) => {
    expect(formatFailure({ failed_steps: [], error: null, cause })).toEqual({ where: 'not known', why: cause });
  },
);

it('says so when nothing is known', () => {
  expect(formatFailure({ failed_steps: [], error: null, cause: null })).toEqual({
    where: 'not known',
    why: 'not known',
  });
});
