import { expect, it } from 'vitest';
import { compareRefunds } from '../../../src/consistency/compare-refunds.ts';
import { paymentIdOf, sessionId } from '../../../src/shared/ids.ts';

it('reads 1,000 payments at most, and goes on from there, where none may have refunds', async () => {
  const pages: unknown[] = [];
  const payments = {
    ids: async (limit: number, after?: Record<string, string>) => {
      pages.push(after?.page);
      const ids = Array.from({ length: limit }, (_, i) =>
        paymentIdOf(sessionId(`01ARZ3NDEKTSV4RR${String(pages.length * limit + i).padStart(10, '0')}`)),
      );
      return { items: ids, next: { page: String(pages.length) } };
    },
    getAll: async () => [],
  };

  const { after, checked } = await compareRefunds(
    { payments, getOrder: async () => expect.fail('no payment to compare'), hasTime: () => true },
    undefined,
    { now: new Date(), graceSeconds: 300 },
  );

  expect(pages).toHaveLength(20);
  expect({ after, checked }).toEqual({ after: { page: '20' }, checked: 0 });
});
