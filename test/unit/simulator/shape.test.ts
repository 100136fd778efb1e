import { describe, expect, it } from 'vitest';
import { reshaped } from '../../../simulator/state/shape.ts';

const value = { a: [{ b: 1, c: 2 }, { b: 3 }], d: 'text' };

describe('reshaped', () => {
  it.each([
    ['d', 'omit', { a: value.a }],
    ['d', 'null', { ...value, d: null }],
    ['a.0.b', 'omit', { ...value, a: [{ c: 2 }, { b: 3 }] }],
    ['a.*.b', 'null', { ...value, a: [{ b: null, c: 2 }, { b: null }] }],
    ['a.1', 'omit', { ...value, a: [{ b: 1, c: 2 }] }],
    ['a.0', 'null', { ...value, a: [null, { b: 3 }] }],
    ['*', 'null', { a: null, d: null }],
  ] as const)('changes %s as %s', (path, as, expected) => {
    expect(reshaped(value, path.split('.'), as)).toEqual(expected);
  });

  it.each(['x', 'd.length', 'a.7', 'a.0.x.y'])('leaves the value as it is when %s does not exist', (path) => {
    expect(reshaped(value, path.split('.'), 'null')).toEqual(value);
  });
});
