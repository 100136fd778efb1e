import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { INVARIANT_KEYS, INVARIANT_NUMBERS } from '../../../src/consistency/checks/violation.ts';
import {
  type Finding,
  findingIdOf,
  findingSchema,
  isFindingId,
  toStoredFinding,
} from '../../../src/consistency/finding.ts';

const subjects = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[~%27EF/]{0,6}$/));

describe('findingIdOf', () => {
  it('joins the number and the subject, with reserved characters escaped', () => {
    expect(findingIdOf({ invariant: 'order_or_refund', subject: 'pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC' })).toBe(
      '1:pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC',
    );
    expect(findingIdOf({ invariant: 'stock_counters', subject: 'MUG/BLUE' })).toBe('4:MUG~2FBLUE');
  });

  it('is unchanged in a path, however often the path is decoded', () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        const id = findingIdOf({ invariant: 'stock_counters', subject });
        expect(isFindingId(id)).toBe(subject !== '');
        expect(decodeURIComponent(id)).toBe(id);
        expect(new URL(`http://shop/findings/${id}/repair`).pathname).toBe(`/findings/${id}/repair`);
      }),
    );
  });

  it('is unique to its subject', () => {
    fc.assert(
      fc.property(subjects, subjects, (a, b) => {
        expect(
          findingIdOf({ invariant: 'stock_counters', subject: a }) ===
            findingIdOf({ invariant: 'stock_counters', subject: b }),
        ).toBe(a === b);
      }),
    );
  });
});

describe('toStoredFinding', () => {
  it.each(INVARIANT_KEYS.map((key, i) => [key, i + 1] as const))('stores %s as %d', (invariant, number) => {
    const at = '2026-06-01T12:00:00.000Z';
    const finding: Finding = {
      id: 'x',
      invariant,
      subject: 'x',
      what: 'x',
      repair: null,
      first_seen: at,
      last_seen: at,
    };

    const stored = toStoredFinding(finding);

    expect(stored).toEqual({ ...finding, invariant: number });
    expect(z.parse(findingSchema, stored)).toEqual(finding);
  });
});

it('numbers the invariants from 1 to 11', () => {
  expect(INVARIANT_NUMBERS).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});
