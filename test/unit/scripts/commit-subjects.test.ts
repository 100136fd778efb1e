import { describe, expect, it } from 'vitest';
import { subjectErrors } from '../../../scripts/commit-subjects.ts';

describe('subjectErrors', () => {
  it.each([
    'Add markdownlint-cli2',
    'Process events in batches',
    'Embed the version',
    'Re-run the check',
    `A${'a'.repeat(71)}`,
    "Merge branch 'main' into topic",
    'Revert "adds a column."',
  ])('accepts %s', (subject) => {
    expect(subjectErrors(subject)).toEqual([]);
  });

  it.each([
    [`A${'a'.repeat(72)}`, 'has 73 characters: expected at most 72'],
    ['add a test', 'does not start with a capital letter'],
    ['Add a test.', 'ends with a full stop'],
    ['Adds a test', '"adds" is not imperative'],
    ['Added a test', '"added" is not imperative'],
    ['Adding a test', '"adding" is not imperative'],
    ['', 'does not start with a capital letter'],
  ])('rejects %j: %s', (subject, error) => {
    expect(subjectErrors(subject)).toEqual([error]);
  });

  it('returns every error of a subject', () => {
    expect(subjectErrors('fixes it.')).toEqual([
      'does not start with a capital letter',
      'ends with a full stop',
      '"fixes" is not imperative',
    ]);
  });
});
