import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { encodeTime } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { type AuditEntry, type AuditQuery, auditRepository } from '../../src/admin-api/audit-repository.ts';
import { dynamo } from '../support/stack/aws.ts';
import { emptyTables } from '../support/stack/empty-tables.ts';

const { tables } = inject('aws');
const audit = auditRepository(dynamo, tables);
const time = (second: number) => new Date(Date.UTC(2026, 5, 1, 12, 0, second)).toISOString();

// Other files write actions too.
await emptyTables();

const entryOf = (second: number): AuditEntry => ({
  id: `${encodeTime(Date.parse(time(second)))}${'A'.repeat(16)}`,
  at: time(second),
  who: second % 2 === 0 ? 'ada' : 'grace',
  why: `action ${second}`,
  what: second === 9 ? 'read-buyer' : 'refund',
  target: second < 5 ? 'pay_1' : 'pay_2',
  details: {},
});

/** Ten actions by ada and grace in turn, one per second. The first four lie where version 0.1 wrote them. */
for (let second = 0; second < 10; second++) {
  if (second >= 4) await audit.write(entryOf(second));
  else await dynamo.send(new PutCommand({ TableName: tables.operations, Item: { kind: 'audit', ...entryOf(second) } }));
}

/** All pages of a list, each as the numbers of its actions. */
async function pagesOf(query: Omit<AuditQuery, 'after'>): Promise<number[][]> {
  const pages: number[][] = [];
  let after: string | undefined;
  do {
    const { entries, last } = await audit.list({ ...query, after });
    pages.push(entries.map(({ why }) => Number(why.replace('action ', ''))));
    after = last;
  } while (after);
  return pages;
}

describe('auditRepository', () => {
  it('lists every action once, newest first, across pages', async () => {
    expect((await pagesOf({ limit: 4 })).flat()).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect((await pagesOf({ limit: 4 }))[0]).toEqual([9, 8, 7, 6]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 9, 10])('lists every action once in pages of %d', async (limit) => {
    expect((await pagesOf({ limit })).flat()).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect((await pagesOf({ limit, who: 'ada' })).flat()).toEqual([8, 6, 4, 2, 0]);
  });

  it('changes no entry', async () => {
    await expect(audit.write({ ...entryOf(5), who: 'mallory' })).rejects.toThrow('exists already');

    expect((await pagesOf({ limit: 10, who: 'mallory' })).flat()).toEqual([]);
  });

  it('is idempotent for the same entry, which the SDK may send twice', async () => {
    await audit.write(entryOf(5));

    expect((await pagesOf({ limit: 10 })).flat()).toHaveLength(10);
  });

  it('leaves out an action', async () => {
    expect((await pagesOf({ limit: 10, except: 'read-buyer' })).flat()).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('lists the actions of one operator across pages', async () => {
    expect((await pagesOf({ limit: 2, who: 'grace' })).flat()).toEqual([9, 7, 5, 3, 1]);
  });

  it('filters by target and operator', async () => {
    expect((await pagesOf({ limit: 10, targets: ['pay_1'], who: 'ada' })).flat()).toEqual([4, 2, 0]);
  });

  it('includes both ends of a time range', async () => {
    expect((await pagesOf({ limit: 10, from: time(3), to: time(6) })).flat()).toEqual([6, 5, 4, 3]);
  });

  it('starts with the first entry when the range begins before it', async () => {
    expect((await pagesOf({ limit: 10, from: '0336-06-11T17:25:03.000Z', to: time(2) })).flat()).toEqual([2, 1, 0]);
    expect((await pagesOf({ limit: 10, to: '0336-06-11T17:25:03.000Z' })).flat()).toEqual([]);
  });
});
