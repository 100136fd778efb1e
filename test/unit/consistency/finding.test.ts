import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingIdOf } from '../../../src/consistency/finding.ts';

const subjects = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[~%27EF/]{0,6}$/));

describe('the id of a finding', () => {
  it('is readable where its subject is', () => {
    expect(findingIdOf({ invariant: 1, subject: 'pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC' })).toBe(
      '1:pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC',
    );
    expect(findingIdOf({ invariant: 4, subject: 'MUG/BLUE' })).toBe('4:MUG~2FBLUE');
  });

  it('stays what it is in a path, however often the path is decoded', () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        const id = findingIdOf({ invariant: 4, subject });
        expect(decodeURIComponent(id)).toBe(id);
        expect(new URL(`http://shop/findings/${id}/repair`).pathname).toBe(`/findings/${id}/repair`);
      }),
    );
  });

  it('belongs to one subject', () => {
    fc.assert(
      fc.property(subjects, subjects, (one, other) => {
        expect(findingIdOf({ invariant: 4, subject: one }) === findingIdOf({ invariant: 4, subject: other })).toBe(
          one === other,
        );
      }),
    );
  });
});
