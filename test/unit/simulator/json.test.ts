import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberSource, parseJson } from '../../../simulator/state/json.ts';

describe('memberSource', () => {
  it('returns a member verbatim among any other members', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.jsonValue(),
        fc.constantFrom('', ' ', '\n\t'),
        (before, value, after, space) => {
          const text = JSON.stringify(value, null, 1);
          const event = `"event"${space}:${space}${text}${space}`;
          const json = `{${space}"a":${JSON.stringify(before)},${event},"z":${JSON.stringify(after)}}`;

          expect(memberSource(json, 'event')).toBe(text);
        },
      ),
    );
  });

  it.each([
    ['{"a":"event","event":1}', '1'],
    ['{"a":{"event":1},"event":2}', '2'],
    ['{"a":["event",{"event":1}],"event":3}', '3'],
    ['{"event":"a,}\\"b"}', '"a,}\\"b"'],
    ['{"event":1.0}', '1.0'],
    ['{"ev\\u0065nt":{}}', '{}'],
    ['{"a":{"event":1}}', undefined],
    ['{"a":"event"}', undefined],
    ['{}', undefined],
  ])('reads only the top level of %s', (json, text) => {
    expect(memberSource(json, 'event')).toBe(text);
  });
});

describe('parseJson', () => {
  it('returns undefined for malformed text', () => {
    expect(parseJson('{')).toBeUndefined();
    expect(parseJson('null')).toBeNull();
  });
});
