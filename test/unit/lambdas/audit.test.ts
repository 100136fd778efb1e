import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { handler } from '../../../lambdas/audit.ts';
import { logger } from '../../../src/shared/logger.ts';
import { invocation } from '../../support/builders/invocation.ts';

const entry = {
  kind: 'audit',
  id: '01JZ8Q4W3V5Y7X9R2T6N8M0KBC',
  who: 'ada',
  what: 'refund',
  details: { amount: 'all' },
};
const recordOf = (eventName: 'INSERT' | 'MODIFY' | 'REMOVE', before?: object, after?: object) =>
  ({
    eventName,
    dynamodb: { ...(before && { OldImage: marshall(before) }), ...(after && { NewImage: marshall(after) }) },
  }) as DynamoDBRecord;

describe('audit function', () => {
  afterEach(() => vi.restoreAllMocks());

  it('logs each new entry', async () => {
    const info = vi.spyOn(logger, 'info').mockReturnValue();

    await handler(
      { Records: [recordOf('INSERT', undefined, entry), recordOf('INSERT', undefined, entry)] },
      invocation(),
    );

    expect(info.mock.calls).toEqual([
      ['AUDIT_ENTRY', { entry }],
      ['AUDIT_ENTRY', { entry }],
    ]);
  });

  it.each([
    ['changed', recordOf('MODIFY', entry, { ...entry, who: 'mallory' }), { ...entry, who: 'mallory' }],
    ['removed', recordOf('REMOVE', entry), undefined],
  ])('logs an error with the former entry when one is %s', async (_, record, after) => {
    const error = vi.spyOn(logger, 'error').mockReturnValue();

    await handler({ Records: [record] }, invocation());

    expect(error.mock.calls).toEqual([['AUDIT_ENTRY_CHANGED', { entry: after, before: entry }]]);
  });
});
