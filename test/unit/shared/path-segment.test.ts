import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pathSegmentOf, textOfSegment } from '../../../src/shared/path-segment.ts';

it.each([
  ['WH-58D329510W468432D-8HN650336L201105X', 'WH-58D329510W468432D-8HN650336L201105X'],
  ['WH_1', 'WH_1'],
  ['MUG/BLUE', 'MUG~2FBLUE'],
  ['50%~', '50~25~7E'],
  ['..', '~2E~2E'],
  ['.', '~2E'],
  ['a.b', 'a.b'],
])('pathSegmentOf escapes %s as %s', (text, segment) => {
  expect(pathSegmentOf(text)).toBe(segment);
});

it('pathSegmentOf returns one segment of a path, which textOfSegment reverses', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      const segment = pathSegmentOf(text);
      const { pathname } = new URL(`/events/${segment}`, 'https://shop.example');

      expect(decodeURIComponent(pathname)).toBe(`/events/${segment}`);
      expect(pathname.split('/')).toHaveLength(3);
      expect(textOfSegment(segment)).toBe(text);
    }),
  );
});

it.each(['~', '~2', '~zz', '~ff', '%'])('textOfSegment returns undefined for %s', (segment) => {
  expect(textOfSegment(segment)).toBeUndefined();
});
