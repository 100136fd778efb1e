import { describe, expect, it } from 'vitest';
import { formatFailure } from '../../../../web/admin/format-failure.ts';

describe('formatFailure', () => {
  it('returns the failed steps, and the error with its message', () => {
    expect(
      formatFailure({
        failed_steps: ['CommitStock', 'CreateOrder'],
        error: 'ResourceNotFoundException',
        cause: '{"errorType":"ResourceNotFoundException","errorMessage":"no such table","trace":["…"]}',
      }),
    ).toEqual({ steps: 'CommitStock, CreateOrder', cause: 'ResourceNotFoundException: no such table' });
  });

  it.each(['{"errorMessage":"cut off', 'plain text', '{"errorMessage":{}}', 'null'])(
    'returns the cause unchanged when it has no error message: %s',
    (cause) => {
      expect(formatFailure({ failed_steps: [], error: null, cause })).toEqual({ steps: 'Unknown', cause });
    },
  );

  it('returns “Unknown” when there are no details', () => {
    expect(formatFailure({ failed_steps: [], error: null, cause: null })).toEqual({
      steps: 'Unknown',
      cause: 'Unknown',
    });
  });
});
